"""Laws as .docx and .html files: structure, dates, level, region, and what is wrong with them (invented)."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from legal_corpus.drafts import DefectKind, IngestReport
from legal_corpus.errors import SourceError
from legal_corpus.ingest import ingest
from legal_corpus.store import LawStore
from legal_corpus.values import Status

TODAY = date(2026, 11, 22)
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

LINES = [
    "中华人民共和国",
    "样本街道管理法",
    "（2011年3月1日第一届样本全国人民代表大会常务委员会第一次会议通过　根据2016年5月6日样本"
    "全国人民代表大会常务委员会《关于修改〈样本街道管理法〉的决定》修正　"
    "2023年4月7日第三届样本全国人民代表大会常务委员会第二次会议修订）",
    "目　　录",
    "第一章　总　　则",
    "第二章　罚　　则",
    "第一章　总　　则",
    "第一节　一般规定",
    "第一条　样本街道要保持整齐。",
    "中华人民共和国样本街道管理法",
    "第二条　样本街道不得有下列东西：",
    "（一）旧沙发；",
    "（二）旧冰箱。",
    "街道办每周看一次。",
    "第二条之一　样本小巷照此办理。",
    "第二章　罚　　则",
    "第三条　违反本法第二条第一款的，罚十元。",
    "第四条　本法自2023年6月1日起施行。",
    "附件：样本罚款表",
]
TABLE = [["情形", "罚款"], ["旧沙发", "十元"]]


def paragraph(text: str, properties: str = "") -> str:
    runs = "</w:t><w:br/><w:t>".join(escape(part) for part in text.split("\n"))
    return f"<w:p>{properties}<w:r><w:t>{runs}</w:t></w:r></w:p>"


def docx(path: Path, lines: list[str], table: list[list[str]] | None = None, extra: str = "") -> Path:
    rows = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>"
        for row in table or []
    )
    body = "".join(paragraph(line) for line in lines) + extra + (f"<w:tbl>{rows}</w:tbl>" if rows else "")
    xml = f'<w:document xmlns:w="{NAMESPACE}"><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", xml)
    return path


def page(lines: list[str], table: list[list[str]] | None = None, charset: str = "utf-8") -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td>\n{escape(cell)}</td>" for cell in row) + "</tr>" for row in table or []
    )
    body = "".join(f"<p>{escape(line).replace('　', '&nbsp;')}</p>\n" for line in lines)
    return (
        f'<html><head><meta charset="{charset}"><title>国家库</title>'
        '<script>var x = "第九条 假";</script></head><body><nav>首页 检索办法</nav>'
        f"<div>{body}<table>{rows}</table></div><footer>某网</footer></body></html>"
    )


def take(source: Path, tmp_path: Path) -> tuple[IngestReport, LawStore]:
    report = ingest(source, tmp_path / "c.sqlite3", today=TODAY)
    return report, LawStore.open(tmp_path / "c.sqlite3")


@pytest.fixture(params=["docx", "html"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "docx":
        return docx(tmp_path / "law.docx", LINES, TABLE)
    path = tmp_path / "law.html"
    path.write_text(page(LINES, TABLE), "utf-8")
    return path


def test_structure(source: Path, tmp_path: Path) -> None:
    report, store = take(source, tmp_path)
    (version,) = store.versions("样本街道管理法")
    assert version.full_title == "中华人民共和国样本街道管理法"
    assert (version.level, version.region) == ("法律", "全国")
    assert (version.version_date, version.valid_from) == (date(2023, 4, 7), date(2023, 6, 1))
    assert version.status is Status.IN_FORCE
    articles = store.articles_of(version.id)
    assert [one.label for one in articles] == ["第一条", "第二条", "第二条之一", "第三条", "第四条", "附件"]
    assert articles[0].text == "样本街道要保持整齐。", "a repeated page heading is no part of the law"
    assert articles[0].chapter.replace(" ", "").replace("　", "") == "第一章总则/第一节一般规定"
    assert articles[1].text.split("\n")[1:] == ["（一）旧沙发；", "（二）旧冰箱。", "街道办每周看一次。"]
    assert articles[-1].text == "情形 | 罚款\n旧沙发 | 十元"
    assert not report.defects


def test_history_is_kept(source: Path, tmp_path: Path) -> None:
    from legal_corpus.relations import history_lines

    _, store = take(source, tmp_path)
    lines = history_lines(store, store.versions("样本街道管理法")[0].id)
    assert [line[:9] for line in lines] == ["2011年3月1日", "2016年5月6日", "2023年4月7日"]


def test_local_law_knows_its_region(tmp_path: Path) -> None:
    lines = [
        "甲省样本养花条例",
        "（2019年1月1日甲省第十届人民代表大会常务委员会第一次会议通过）",
        "第一条样本花要浇水。",
        "第二条本条例自2019年3月1日起施行。",
    ]
    _, store = take(docx(tmp_path / "a.docx", lines), tmp_path)
    (version,) = store.versions("甲省样本养花条例")
    assert (version.level, version.region) == ("地方性法规", "甲省")
    assert [one.label for one in store.articles_of(version.id)] == ["第一条", "第二条"]
    assert not list(store.articles(as_of=TODAY, region="乙省"))
    assert len(list(store.articles(as_of=TODAY, region="甲省"))) == 2


def test_an_amending_act_is_no_law_by_itself(tmp_path: Path) -> None:
    lines = [
        "关于修改《样本街道管理法》的决定",
        "（2016年5月6日样本全国人民代表大会常务委员会通过）",
        "一、将第二条改为：“第二条　样本街道不得有旧沙发。”",
        "二、本决定自2016年6月1日起施行。",
    ]
    _, store = take(docx(tmp_path / "a.docx", lines), tmp_path)
    (version,) = store.versions("关于修改《样本街道管理法》的决定")
    assert version.status is Status.UNKNOWN


def test_gaps_and_a_cut_off_end_are_reported(tmp_path: Path) -> None:
    lines = [line for line in LINES[:-2] if not line.startswith(("第一条", "第二条之一"))]
    lines += [
        "第七条　样本街道的其他事情由",
    ]
    report, store = take(docx(tmp_path / "a.docx", lines), tmp_path)
    found = {defect.kind: defect.what for defect in report.defects}
    assert "缺 4 个条号：第一条、第四条至第六条" in found[DefectKind.GAP]
    assert "第七条末尾没有句号" in found[DefectKind.TRUNCATED]
    kept = {row[0] for row in store.query("SELECT kind FROM defects")}
    assert {"gap", "truncated"} <= kept


def test_repeated_articles_and_automatic_numbers(tmp_path: Path) -> None:
    lines = [*LINES[:10], "第一条　又一个第一条。", *LINES[10:17]]
    numbered = paragraph("自动编号的一项", '<w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr>')
    report, _ = take(docx(tmp_path / "a.docx", lines, extra=numbered), tmp_path)
    found = {defect.kind: defect.what for defect in report.defects}
    assert "第一条重复出现" in found[DefectKind.DUPLICATE]
    assert "自动编号" in found[DefectKind.GAP]


@pytest.mark.parametrize(("real", "declared"), [("gb18030", "utf-8"), ("utf-8", "gb2312")])
def test_a_page_in_another_encoding_than_it_says(tmp_path: Path, real: str, declared: str) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(page(LINES, charset=declared).encode(real))
    report, store = take(path, tmp_path)
    (defect,) = [one for one in report.defects if one.kind is DefectKind.ENCODING]
    assert f"网页自称 {declared}，实际是 {real}" in defect.what
    assert store.versions("样本街道管理法")


def test_garbled_words_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(page([*LINES[:17], "第四条　样本锟斤拷街道。"]), "utf-8")
    report, _ = take(path, tmp_path)
    assert any("第四条有乱码" in defect.what for defect in report.defects)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.docx", b"PK\x03\x04 cut off", r"无法读取.*完整的 \.docx"),
        ("a.docx", b"\xd0\xcf\x11\xe0 old word", r"旧的 \.doc 要先另存为 \.docx"),
        ("a.html", b"\xff\x00\x81\x00\x00", r"认不出文字编码.*UTF-8"),
        ("a.html", "<p>只有一句话</p>".encode(), r"没有法律文本.*没有标题"),
        ("a.html", "<h1>样本办法</h1><p>（2001年1月1日公布）</p>".encode(), "没有正文"),
    ],
)
def test_bad_files(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=message):
        ingest(tmp_path / name, tmp_path / "c.sqlite3", today=TODAY)
    assert not (tmp_path / "c.sqlite3").exists()


def test_a_docx_with_a_document_type_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(SourceError, match="文档类型声明"):
        ingest(path, tmp_path / "c.sqlite3", today=TODAY)


def test_a_folder_of_files(tmp_path: Path) -> None:
    folder = tmp_path / "laws"
    folder.mkdir()
    docx(folder / "a.docx", LINES)
    (folder / "b.html").write_text(page(["乙省样本办法", "（2001年1月1日公布）", "第一条　样本。"]), "utf-8")
    (folder / "c.docx").write_bytes(b"broken")
    report, store = take(folder, tmp_path)
    assert report.taken == 2
    assert [skipped.where for skipped in report.skipped] == ["c.docx"]
    assert store.titles() == ["乙省样本办法", "样本街道管理法"]


def test_two_sources_that_disagree_are_both_named(tmp_path: Path) -> None:
    from legal_corpus.relations import variants

    docx(tmp_path / "official.docx", LINES)
    other = [line.replace("要保持整齐", "应当干净") for line in LINES]
    markdown = tmp_path / "Laws" / "样本街道管理法(2023-04-07).md"
    markdown.parent.mkdir()
    notes = "2011年3月1日 通过\n\n2023年4月7日 修订\n\n<!-- INFO END -->\n\n"
    body = "\n\n".join(line for line in other[7:18] if not line.startswith("中华"))
    markdown.write_text("# 中华人民共和国样本街道管理法\n\n" + notes + body + "\n", "utf-8")
    ingest(tmp_path / "official.docx", tmp_path / "c.sqlite3", today=TODAY)
    report = ingest(markdown.parent, tmp_path / "c.sqlite3", today=TODAY)
    (conflict,) = [one for one in report.defects if one.kind is DefectKind.CONFLICT]
    assert "第一条文字不同" in conflict.what
    assert "采用 official.docx（国家法律法规数据库的文件优先）" in conflict.what
    with LawStore.open(tmp_path / "c.sqlite3") as store:
        first = store.articles_of(store.versions("样本街道管理法")[0].id)[0]
        assert first.text == "样本街道要保持整齐。"
        (variant,) = variants(store, first)
        assert variant.text == "样本街道应当干净。"
        assert variant.source.endswith(".md")
