"""The vault with real files and real processes. Every person and number here is made up."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from service.privacy.errors import (
    AccessRefused,
    KeyProblem,
    UnknownTicket,
    VaultClosed,
    VaultProblem,
    VaultTampered,
)
from service.privacy.keys import KeyRing
from service.privacy.roles import Role, find_role, load_roles, shorten
from service.privacy.vault import Vault, open_vault
from triage.values import PiiKind

ROOT = Path(__file__).resolve().parents[2]
TEXT = "我叫王小红，电话13800138000，住锦绣花园3栋2单元501室，身份证430102199001011234"
SECRETS = ("王小红", "13800138000", "3栋2单元501室", "430102199001011234")
TODAY = date(2026, 11, 23)
ALL = {"role": "权利受理员", "purpose": "权利申请", "who": "测试员"}


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return KeyRing.create(tmp_path / "elsewhere" / "keys", TODAY).path


@pytest.fixture
def vault(tmp_path: Path, key_file: Path) -> Vault:
    return open_vault(tmp_path, key_file)


def put(vault: Vault, ticket: str = "T1", text: str = TEXT, *, confidential: bool = False) -> str:
    return vault.seal(ticket, text, who="测试员", keep_days=30, confidential=confidential)


def tamper(vault: Vault, sql: str, *values: object) -> None:
    """What somebody with the file, but without the key, can do."""
    with sqlite3.connect(vault.path) as connection:
        connection.execute("DROP TRIGGER IF EXISTS access_is_append_only_u")
        connection.execute("DROP TRIGGER IF EXISTS access_is_append_only_d")
        connection.execute(sql, values)
    connection.close()


def test_nothing_is_kept_where_no_vault_is_configured(tmp_path: Path) -> None:
    with pytest.raises(VaultClosed, match="程序不保存任何原文"):
        open_vault(tmp_path / "home", None)
    assert not (tmp_path / "home").exists()


def test_a_sealed_text_comes_back_whole_for_the_one_who_may(vault: Vault) -> None:
    sealed = put(vault)
    assert not any(secret in sealed for secret in SECRETS)
    assert vault.reveal("T1", **ALL).texts == (TEXT,)


def test_the_file_holds_no_secret_in_the_clear(vault: Vault) -> None:
    put(vault)
    raw = b"".join(path.read_bytes() for path in vault.path.parent.glob("vault*"))
    assert not any(secret.encode() in raw for secret in (*SECRETS, "锦绣花园"))
    assert vault.path.stat().st_mode & 0o077 == 0


def test_each_role_sees_its_minimum(vault: Vault) -> None:
    put(vault)
    operator = vault.reveal("T1", role="话务员", purpose="联系回访", who="甲").texts[0]
    assert "13800138000" in operator
    assert "430***********1234" in operator
    auditor = vault.reveal("T1", role="督办", purpose="督办核查", who="乙").texts[0]
    assert auditor == "我叫王**，电话138****8000，住锦绣花园〔详细地址〕，身份证〔身份证号〕"


def test_confidentiality_hides_the_reporter_from_the_handling_unit(vault: Vault) -> None:
    put(vault)
    assert "13800138000" in vault.reveal("T1", role="承办单位", purpose="现场办理", who="甲").texts[0]
    put(vault, text="请保密", confidential=True)
    put(vault, text="再补充一句")
    seen = vault.reveal("T1", role="承办单位", purpose="现场办理", who="甲")
    assert not any(secret in "".join(seen.texts) for secret in SECRETS)
    assert seen.opened == ()


@pytest.mark.parametrize("purpose", ["联系回访", "权利申请", "督办核查", ""])
def test_the_accused_unit_never_sees_the_reporter(vault: Vault, purpose: str) -> None:
    put(vault)
    with pytest.raises((AccessRefused, VaultProblem)):
        vault.reveal("T1", role="被投诉单位", purpose=purpose, who="丙")
    with pytest.raises(AccessRefused, match="第三十条"):
        vault.reveal("T1", role="被投诉单位", purpose="联系回访", who="丙")


def test_a_wrong_purpose_is_refused_and_logged(vault: Vault) -> None:
    put(vault)
    with pytest.raises(AccessRefused, match="督办不能为此目的查看；应为：督办核查；实际：好奇"):
        vault.reveal("T1", role="督办", purpose="好奇", who="乙")
    last = vault.entries()[-1]
    assert (last.outcome, last.who, last.purpose, last.kinds) == ("拒绝", "乙", "好奇", "")


def test_every_view_is_logged_without_the_values(vault: Vault) -> None:
    put(vault)
    vault.reveal("T1", role="话务员", purpose="联系回访", who="甲")
    last = vault.entries()[-1]
    assert (last.outcome, last.role, last.ticket) == ("查看", "话务员", "T1")
    assert last.kinds == "姓名×1、手机号×1、详细地址×1、身份证号×1"
    assert not any(secret in str(vault.entries()) for secret in SECRETS)


def test_an_unknown_ticket_is_an_error_and_logged(vault: Vault) -> None:
    with pytest.raises(UnknownTicket, match="没有这个工单"):
        vault.reveal("T9", **ALL)
    assert vault.entries()[-1].outcome == "拒绝"


def test_a_token_written_by_a_citizen_opens_nothing(vault: Vault) -> None:
    token = put(vault).split("手机号#")[1][:10]
    put(vault, "T2", f"请看〔手机号#{token}〕和 〔姓名#AAAAAAAAAA〕")
    assert vault.reveal("T2", **ALL).texts == ("请看〔手机号〕和 〔姓名〕",)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE sealed SET kind = '姓名' WHERE kind = '手机号'",
        "UPDATE sealed SET ticket = 'T2' WHERE kind = '手机号'",
        "UPDATE sealed SET place = 4 - place WHERE ticket = 'T1'",
        "UPDATE sealed SET locked = zeroblob(length(locked)) WHERE kind = '手机号'",
        "UPDATE sealed SET token = 'AAAAAAAAAA' WHERE kind = '手机号' AND ticket = 'T1'",
        "DELETE FROM sealed WHERE kind = '正文'",
        "DELETE FROM sealed WHERE kind = '手机号'",
        "UPDATE ticket SET confidential = 1 - confidential",
        "UPDATE ticket SET expires = '2099-01-01'",
        "UPDATE ticket SET pieces = pieces - 1",
        "UPDATE ticket SET wrapped = (SELECT wrapped FROM ticket WHERE id = 'T2')",
    ],
)
def test_a_changed_row_is_caught(vault: Vault, sql: str) -> None:
    put(vault)
    put(vault, "T2")
    tamper(vault, sql)
    with pytest.raises(VaultTampered):
        vault.reveal("T1", **ALL)


def test_two_values_of_one_kind_cannot_be_swapped(vault: Vault) -> None:
    put(vault, text="打13800138000或13900139000")
    with sqlite3.connect(vault.path) as connection:
        (a, x), (b, y) = connection.execute(
            "SELECT token, locked FROM sealed WHERE kind = '手机号'"
        ).fetchall()
    connection.close()
    tamper(vault, "UPDATE sealed SET locked = ? WHERE token = ?", y, a)
    tamper(vault, "UPDATE sealed SET locked = ? WHERE token = ?", x, b)
    with pytest.raises(VaultTampered):
        vault.reveal("T1", **ALL)


def test_the_log_cannot_be_changed_in_place(vault: Vault) -> None:
    put(vault)
    with (
        sqlite3.connect(vault.path) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute("UPDATE access SET who = '别人'")
    connection.close()


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE access SET who = '别人' WHERE seq = 2", "第 2 条"),
        ("DELETE FROM access WHERE seq = 2", "第 2 条"),
        ("DELETE FROM access WHERE seq = 3", "末尾被截断"),
        ("DELETE FROM access", "日志被清空"),
        ("UPDATE access SET purpose = '核实诉求', outcome = '封存' WHERE seq = 3", "第 3 条"),
    ],
)
def test_a_log_that_was_touched_does_not_verify(vault: Vault, sql: str, found: str) -> None:
    put(vault)
    for _ in range(2):
        vault.reveal("T1", **ALL)
    assert vault.verify_log().startswith("3:")
    tamper(vault, sql)
    with pytest.raises(VaultTampered, match=found):
        vault.verify_log()


def test_an_older_copy_of_the_whole_file_is_caught_by_the_anchor(vault: Vault, key_file: Path) -> None:
    put(vault)
    old = vault.path.read_bytes()
    vault.reveal("T1", **ALL)
    anchor = vault.verify_log()
    assert vault.verify_log(anchor) == anchor
    vault.close()
    vault.path.write_bytes(old)
    restored = Vault(vault.path, KeyRing.load(key_file))
    restored.verify_log()
    with pytest.raises(VaultTampered, match="没有所给的锚点"):
        restored.verify_log(anchor)


def test_another_key_does_not_open_the_vault(vault: Vault, tmp_path: Path) -> None:
    put(vault)
    other = KeyRing.create(tmp_path / "other", TODAY)
    with pytest.raises(KeyProblem, match="没有打开这条记录所需的密钥"):
        Vault(vault.path, other)
    disguised = (tmp_path / "other").read_text("ascii").split("\n")
    disguised[1] = next(iter(vault.keys_in_use())) + disguised[1][8:]
    (tmp_path / "other").write_text("\n".join(disguised), "ascii")
    with pytest.raises(VaultTampered, match="密钥不对"):
        Vault(vault.path, KeyRing.load(tmp_path / "other"))


def test_the_key_file_must_be_private_whole_and_is_never_overwritten(key_file: Path) -> None:
    assert key_file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyProblem, match="已存在，不会覆盖"):
        KeyRing.create(key_file, TODAY)
    key_file.chmod(0o644)
    with pytest.raises(KeyProblem, match="权限 600；实际：644；请：chmod 600"):
        KeyRing.load(key_file)
    key_file.chmod(0o600)
    whole = key_file.read_text("ascii")
    key_file.write_text(whole[:-10], "ascii")
    with pytest.raises(KeyProblem, match="第 2 行无效") as caught:
        KeyRing.load(key_file)
    assert whole.split()[-1][:10] not in str(caught.value)
    key_file.write_text("hello", "ascii")
    with pytest.raises(KeyProblem, match="不是智理的密钥文件"):
        KeyRing.load(key_file)
    key_file.unlink()
    with pytest.raises(KeyProblem, match="找不到密钥文件"):
        KeyRing.load(key_file)


def test_no_repr_shows_a_secret(vault: Vault, key_file: Path) -> None:
    put(vault)
    ring = KeyRing.load(key_file)
    assert repr(ring.primary.secret) not in repr(ring)
    assert "13800138000" not in repr(vault.reveal("T1", **ALL))


def test_rotation_keeps_everything_and_the_old_key_may_go(vault: Vault, key_file: Path) -> None:
    put(vault)
    old = KeyRing.load(key_file).primary.id
    with pytest.raises(KeyProblem, match="还在使用"):
        vault.drop_key(old, who="管")
    running = Vault(vault.path, KeyRing.load(key_file))  # A server that read the key file before.
    assert vault.rotate(who="管", today=TODAY) == 1
    vault.drop_key(old, who="管")
    put(running, "T2")
    assert [key.id for key in KeyRing.load(key_file).keys] == [KeyRing.load(key_file).primary.id]
    fresh = Vault(vault.path, KeyRing.load(key_file))
    assert fresh.reveal("T1", **ALL).texts == fresh.reveal("T2", **ALL).texts == (TEXT,)
    assert fresh.verify_log()
    with pytest.raises(KeyProblem, match="还在使用"):
        fresh.drop_key(KeyRing.load(key_file).primary.id, who="管")


def test_after_the_old_key_is_gone_an_old_backup_is_unreadable(vault: Vault, key_file: Path) -> None:
    put(vault)
    backup = vault.path.read_bytes()
    old = KeyRing.load(key_file).primary.id
    vault.rotate(who="管", today=TODAY)
    vault.drop_key(old, who="管")
    (vault.path.parent / "backup").write_bytes(backup)
    with pytest.raises(KeyProblem):
        Vault(vault.path.parent / "backup", KeyRing.load(key_file))


def test_destroying_leaves_no_trace_of_key_or_ciphertext(vault: Vault) -> None:
    put(vault)
    put(vault, "T2")
    with sqlite3.connect(vault.path) as connection:
        blobs = [row[0] for row in connection.execute("SELECT locked FROM sealed WHERE ticket = 'T1'")]
        blobs += [row[0] for row in connection.execute("SELECT wrapped FROM ticket WHERE id = 'T1'")]
    connection.close()
    assert all(blob in vault.path.read_bytes() for blob in blobs)
    assert vault.destroy(["T1", "T9"], who="管", purpose="期满") == 1
    assert not any(blob in vault.path.read_bytes() for blob in blobs)
    with pytest.raises(UnknownTicket):
        vault.reveal("T1", **ALL)
    assert vault.reveal("T2", **ALL).texts == (TEXT,)
    assert vault.verify_log()


def test_a_file_that_is_no_vault_is_refused(tmp_path: Path, key_file: Path) -> None:
    (tmp_path / "vault.sqlite3").write_bytes(b"not a database at all, " * 50)
    with pytest.raises(VaultProblem, match="已损坏或不是保险库"):
        open_vault(tmp_path, key_file)
    sqlite3.connect(tmp_path / "newer").execute("PRAGMA user_version = 7").connection.close()
    with pytest.raises(VaultProblem, match="格式不认识；应为：1；实际：7"):
        Vault(tmp_path / "newer", KeyRing.load(key_file))


@pytest.mark.parametrize("ticket", ["", "x" * 201, "a\nb", "\ud800"])
def test_odd_ticket_names_are_refused(vault: Vault, ticket: str) -> None:
    with pytest.raises(VaultProblem, match="工单编号无效"):
        put(vault, ticket)


@pytest.mark.parametrize("text", ["", "\ud800", "\x00", "〔", "电话13800138000" * 2000])
def test_any_text_can_be_sealed(vault: Vault, text: str) -> None:
    put(vault, text=text)
    assert vault.reveal("T1", **ALL).texts == (text,)


def child(code: str, path: Path, key_file: Path, *more: str) -> subprocess.Popen[str]:
    script = (
        "import sys\nfrom pathlib import Path\nfrom service.privacy.keys import KeyRing\n"
        "from service.privacy.vault import Vault\n" + code
    )
    return subprocess.Popen(
        [sys.executable, "-c", script, str(path), str(key_file), *more],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )


OPEN = "vault = Vault(Path(sys.argv[1]), KeyRing.load(Path(sys.argv[2])))\n"


def test_four_writers_at_once_lose_nothing(tmp_path: Path, key_file: Path) -> None:
    path = tmp_path / "vault.sqlite3"  # Not made yet: they race for the making as well.
    code = OPEN + (
        "for n in range(8):\n"
        "    vault.seal('shared', f'电话1380013{sys.argv[3]}{n:03d}', who=sys.argv[3], keep_days=9)\n"
        "    vault.seal(f'own-{sys.argv[3]}-{n}', '电话13800138000', who=sys.argv[3], keep_days=9)\n"
    )

    writers = [child(code, path, key_file, str(n)) for n in range(4)]
    for writer in writers:
        assert writer.communicate(timeout=120)[1] == ""
    vault = Vault(path, KeyRing.load(key_file))
    assert len(vault.drawers()) == 33
    expected = {f"电话1380013{who}{n:03d}" for who in range(4) for n in range(8)}
    assert set(vault.reveal("shared", **ALL).texts) == expected
    assert vault.verify_log().startswith("65:")


def test_a_killed_writer_leaves_whole_tickets(vault: Vault, key_file: Path) -> None:
    code = OPEN + (
        "for n in range(100000):\n"
        "    vault.seal(f'K{n}', f'电话13800{n:06d}', who='k', keep_days=9)\n"
        "    print(n, flush=True)\n"
    )
    for _ in range(2):
        writer = child(
            code.replace("f'K{n}'", "f'K{n}-{sys.argv[3]}'"), vault.path, key_file, str(time.time())
        )
        assert writer.stdout is not None
        for _ in range(12):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        assert writer.stderr is not None
        writer.stderr.close()
    fresh = Vault(vault.path, KeyRing.load(key_file))
    drawers = fresh.drawers()
    assert len(drawers) >= 24
    for drawer in drawers:
        number = int(drawer.id[1:].split("-")[0])
        assert fresh.reveal(drawer.id, **ALL).texts == (f"电话13800{number:06d}",)
    assert fresh.verify_log()


def test_a_full_disk_is_said_and_nothing_half_written(vault: Vault, key_file: Path) -> None:
    put(vault)
    size = vault.path.stat().st_size
    code = (
        "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        + OPEN
        + f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size + 4096}, {size + 4096}))\n"
        "from service.privacy.errors import VaultProblem\n"
        "try:\n    vault.seal('T2', '人行道坏了。' * 4000, who='x', keep_days=1)\n"
        "except VaultProblem as error:\n    print(error)\n"
    )
    output, errors = child(code, vault.path, key_file).communicate(timeout=60)
    assert errors == ""
    assert "磁盘已满或写入出错，本次没有写入任何内容" in output
    assert [drawer.id for drawer in vault.drawers()] == ["T1"]
    assert vault.reveal("T1", **ALL).texts == (TEXT,)
    assert vault.verify_log()


def test_rotation_killed_after_the_key_file_was_written(vault: Vault, key_file: Path) -> None:
    put(vault)
    KeyRing.load(key_file).rotated(TODAY)  # The file has a new key, the vault does not know of it.
    again = Vault(vault.path, KeyRing.load(key_file))
    put(again, "T2")
    assert again.reveal("T2", **ALL).texts == (TEXT,)
    assert again.rotate(who="管", today=TODAY) == 2
    assert len(again.keys_in_use()) == 1


def test_the_shipped_roles_divide_as_the_law_demands() -> None:
    roles = load_roles()
    assert not roles["被投诉单位"].purposes
    assert not roles["数据管理员"].purposes
    for name, role in roles.items():
        assert role.basis, name
        assert not role.full & role.partial, name
        if name != "权利受理员":
            assert role.confidential_full <= role.full
            assert PiiKind.ID_NUMBER not in role.full, name


def test_a_kind_that_a_role_is_not_given_stays_hidden(tmp_path: Path) -> None:
    nobody = frozenset[PiiKind]()
    role = Role("甲", "", ("看",), nobody, nobody, nobody, nobody, ())
    assert [role.shown(kind, "值", confidential=False) for kind in PiiKind] == [None] * len(PiiKind)
    (tmp_path / "roles.toml").write_text('[[role]]\nid = "甲"\nfull = ["血型"]\n', "utf-8")
    with pytest.raises(Exception, match="角色表"):
        find_role("甲", "看", tmp_path / "roles.toml")


@pytest.mark.parametrize(
    ("kind", "value", "short"),
    [
        (PiiKind.NAME, "王小红", "王**"),
        (PiiKind.MOBILE, "13800138000", "138****8000"),
        (PiiKind.ADDRESS, "3栋2单元501室", "3栋*******"),
        (PiiKind.QQ, "12345", "1****"),
        (PiiKind.NAME, "王", "王*"),
    ],
)
def test_shortening(kind: PiiKind, value: str, short: str) -> None:
    assert shorten(kind, value) == short
