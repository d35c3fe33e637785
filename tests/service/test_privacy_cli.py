"""`zhili privacy` end to end in one process, the retention clock, the notices. Everything here is made up."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from foundation.errors import FileProblem
from legal_corpus.clock import today
from service.cli.main import build
from service.privacy import retention
from service.privacy.errors import UnknownTicket
from service.privacy.keys import KeyRing
from service.privacy.notices import load_notices
from service.privacy.roles import load_roles
from service.privacy.vault import Vault, open_vault

TEXT = "我叫王小红，电话13800138000"


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "safe" / "keys"
    monkeypatch.setenv("ZHILI_VAULT_KEY_FILE", str(path))
    return path


def zhili(*words: str, text: str = "") -> str:
    done = CliRunner().invoke(build({}), ["privacy", *words], input=text)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_ticket_from_sealing_to_its_end(keys: Path, own_home: Path, tmp_path: Path) -> None:
    assert "已新建密钥" in zhili("key", "new", str(keys))
    sealed = zhili("seal", "--ticket", "T1", text=TEXT)
    assert "13800138000" not in sealed
    assert "〔手机号#" in sealed
    shown = zhili("unmask", "T1", "--role", "话务员", "--purpose", "联系回访", "--who", "甲")
    assert shown.splitlines()[0] == TEXT
    assert "\t查看\t甲\t话务员\t联系回访\tT1\t姓名×1、手机号×1" in zhili("log", "--ticket", "T1")
    assert "日志完整，共 2 条" in zhili("log", "--verify")
    assert "1 件改用新密钥" in zhili("key", "rotate")
    assert "未用，可删除" in zhili("key", "status")
    assert "试算，没有改动" in zhili("purge", "--before", "2199-01-01")
    out = tmp_path / "anonymous.jsonl"
    assert "已清除 1 件" in zhili("purge", "--before", "2199-01-01", "--apply", "--anonymous", str(out))
    row = json.loads(out.read_text("utf-8"))
    assert row == {"month": today().isoformat()[:7], "text": "我叫〔姓名〕，电话〔手机号〕"}
    assert "应清除 0 件" in zhili("purge")
    assert (own_home / "vault.sqlite3").is_file()


def test_a_citizens_text_does_not_steer_the_terminal(keys: Path) -> None:
    zhili("key", "new", str(keys))
    zhili("seal", "--ticket", "T1", text="路灯\x1b[2J坏了\u202e\r\n换行")
    shown = zhili("unmask", "T1", "--role", "话务员", "--purpose", "联系回访")
    assert shown == "路灯[2J坏了\n换行\n"


def test_roles_and_notices_can_be_read(keys: Path) -> None:
    assert "被投诉单位" in zhili("roles")
    assert "《个人信息保护法》第二十四条" in zhili("notice")
    assert not keys.exists()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return open_vault(tmp_path, KeyRing.create(tmp_path / "k" / "keys", date(2026, 11, 23)).path)


def test_a_ticket_is_over_on_its_day_and_not_before(vault: Vault) -> None:
    for ticket, days in (("T1", 0), ("T2", 1), ("T3", 400)):
        vault.seal(ticket, TEXT, who="x", keep_days=days)
    assert retention.plan_purge(vault, None, today()).tickets == ("T1",)
    assert retention.plan_purge(vault, today(), today()).tickets == ()


def test_one_ticket_can_be_deleted_at_the_persons_request(vault: Vault) -> None:
    for ticket in ("T1", "T2"):
        vault.seal(ticket, TEXT, who="x", keep_days=400)
    plan = retention.plan_ticket(vault, "T1", today())
    assert (plan.tickets, plan.kept) == (("T1",), 1)
    assert retention.purge(vault, plan, who="x") == 1
    assert [drawer.id for drawer in vault.drawers()] == ["T2"]
    assert "申请删除" in vault.entries()[-1].purpose
    with pytest.raises(UnknownTicket, match="没有这个工单；实际：T1"):
        retention.plan_ticket(vault, "T1", today())


def test_without_the_anonymous_file_nothing_is_destroyed(vault: Vault, tmp_path: Path) -> None:
    vault.seal("T1", TEXT, who="x", keep_days=0)
    plan = retention.plan_purge(vault, None, today())
    (tmp_path / "there").write_text("x")
    for path in (tmp_path / "there", tmp_path / "no" / "folder"):
        with pytest.raises(FileProblem):
            retention.purge(vault, plan, who="x", anonymous=path)
    assert len(vault.drawers()) == 1


def test_every_citation_of_notices_and_roles_is_an_article() -> None:
    from legal_corpus.citation import parse
    from legal_corpus.values import Citation

    cited = [str(basis) for notice in load_notices().values() for basis in notice.basis]
    cited += [basis for role in load_roles().values() for basis in role.basis]
    assert len(cited) > 15
    for text in cited:
        assert isinstance(parse(text), Citation), text


@pytest.mark.data
def test_every_citation_is_law_in_force(data_dir: Path) -> None:
    import lzma

    wanted = {(b.law, b.article) for notice in load_notices().values() for b in notice.basis}
    for role in load_roles().values():
        for basis in role.basis:
            law, article = basis.removeprefix("《").split("》", 1)
            wanted.add((law, article))
    with lzma.open(data_dir / "law" / "articles.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["current"]:
                wanted.discard((row["law"], row["article_no"]))
    assert not wanted
