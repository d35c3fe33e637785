"""Files of the shapes that the national database gives (all words are ours): what Word and pages really hold.

Seen in public readers of these files: a contents field with page numbers, headings as styles, one word in
several runs, text boxes kept twice, tables in tables, decrees and notices before the title, the history over
several paragraphs, annexes named on one line or two; and file names `标题_YYYYMMDD.docx`.
"""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from legal_corpus.drafts import Defect, LawDraft
from legal_corpus.national import read_file

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def run(text: str) -> str:
    return f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(*runs: str, style: str = "", align: str = "") -> str:
    """A paragraph of several runs, as Word splits words."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties += f'<w:jc w:val="{align}"/>' if align else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(map(run, runs))}</w:p>"


def contents(*entries: str) -> str:
    """A contents field in a content control: a field code, links, a tab and a page number each."""
    lines = "".join(
        '<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr><w:hyperlink w:anchor="_Toc1">'
        f'{run(entry)}<w:r><w:tab/></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        "<w:r><w:instrText> PAGEREF _Toc1 </w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{run(str(number))}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:hyperlink></w:p>'
        for number, entry in enumerate(entries, 1)
    )
    return f"<w:sdt><w:sdtContent>{p('目　　录', align='center')}{lines}</w:sdtContent></w:sdt>"


def text_box(text: str) -> str:
    """A text box, which Word keeps twice: for new readers and for old ones."""
    box = f"<w:txbxContent>{p(text)}</w:txbxContent>"
    return (
        f'<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )


def table(*rows: list[str]) -> str:
    cells = "".join("<w:tr>" + "".join(f"<w:tc>{p(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in rows)
    return f"<w:tbl>{cells}</w:tbl>"


def law(path: Path, *blocks: str) -> tuple[LawDraft, list[str]]:
    """The law of a .docx of these blocks, and what was found wrong with it."""
    body = f"<w:body>{''.join(blocks)}<w:sectPr/></w:body>"
    xml = f'<w:document xmlns:w="{W}" xmlns:mc="{MC}">{body}</w:document>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", xml)
        archive.writestr("word/footer1.xml", f'<w:ftr xmlns:w="{W}">{p("— 1 —")}</w:ftr>')
    return taken(path)


def taken(path: Path) -> tuple[LawDraft, list[str]]:
    found = list(read_file(path))
    (draft,) = [one for one in found if isinstance(one, LawDraft)]
    return draft, [one.what for one in found if isinstance(one, Defect)]


HISTORY = (
    "（2009年3月1日样本全国人民代表大会常务委员会第三次会议通过　根据2014年5月6日样本全国人民代表大会"
    "常务委员会第八次会议《关于修改〈样本巷道法〉的决定》修正）"
)
BODY = [
    p("第一编　", "总　　则", style="Heading1", align="center"),
    p("第一章　一般规定", style="Heading2", align="center"),
    p("　　", "第一条", "　样本巷道由街坊照看。"),
    p("　　第二条　下列东西不放在巷道里：", style="Normal"),
    p("　　（一）旧桌子；"),
    p("　　（二）旧椅子。"),
    p("第二编　分　　则", style="Heading1", align="center"),
    p("　　第三条　本法自2014年6月1日起施行。"),
]


def test_a_law_with_styles_contents_and_split_runs(tmp_path: Path) -> None:
    draft, wrong = law(
        tmp_path / "中华人民共和国样本巷道法_20140506.docx",
        p("中华人民共和国", align="center"),
        p("样本", "巷道法", align="center"),
        p(HISTORY, align="center"),
        contents("第一编　总则", "第一章　一般规定", "第二编　分则"),
        *BODY,
    )
    assert (draft.full_title, draft.title) == ("中华人民共和国样本巷道法", "样本巷道法")
    assert draft.version_date == date(2014, 5, 6) and len(draft.notes) == 2
    assert draft.valid_from == date(2014, 6, 1)
    assert [one.label for one in draft.articles] == ["第一条", "第二条", "第三条"]
    assert draft.articles[0].chapter == "第一编 总 则 / 第一章 一般规定"
    assert draft.articles[2].chapter == "第二编 分 则", "the chapter of the part before has ended"
    assert draft.articles[1].text.split("\n")[1:] == ["（一）旧桌子；", "（二）旧椅子。"]
    assert not wrong


def test_a_history_over_several_paragraphs(tmp_path: Path) -> None:
    first, second = HISTORY.split("　")
    draft, wrong = law(tmp_path / "a.docx", p("中华人民共和国样本巷道法"), p(first), p(second), *BODY)
    assert [note[:9] for note in draft.notes] == ["2009年3月1日", "2014年5月6日"]
    assert not wrong


def test_a_decree_before_the_title(tmp_path: Path) -> None:
    draft, _ = law(
        tmp_path / "a.docx",
        p("中华人民共和国国务院令", align="center"),
        p("第9999号", align="center"),
        p("《样本水井条例》已经2011年1月1日国务院开会通过，现予公布。"),
        p("总理　某某", align="right"),
        p("2011年1月5日", align="right"),
        p("样本水井条例", align="center"),
        p("第一章　总　则", align="center"),
        p("第一条　样本水井要加盖。"),
        p("第二条　本条例自2011年3月1日起施行。"),
    )
    assert draft.full_title == "样本水井条例"
    assert [one.label for one in draft.articles] == ["第一条", "第二条"]
    assert draft.level == "行政法规"
    assert draft.valid_from == date(2011, 3, 1)


def test_a_court_interpretation_with_its_notice(tmp_path: Path) -> None:
    draft, wrong = law(
        tmp_path / "a.docx",
        p("中华人民共和国最高人民法院", align="center"),
        p("公　　告", align="center"),
        p("《最高人民法院关于样本巷道纠纷的解释》已于2012年2月2日由最高人民法院审判委员会通过，现予公布。"),
        p("最高人民法院", align="right"),
        p("2012年2月3日", align="right"),
        p("法释〔2012〕999号", align="center"),
        p("最高人民法院", align="center"),
        p("关于样本巷道纠纷的解释", align="center"),
        p("（2012年2月2日最高人民法院审判委员会第9次会议通过，自2012年4月1日起施行）"),
        p("为正确审理样本巷道纠纷，制定本解释。"),
        p("第一条　街坊起诉的，法院受理。"),
    )
    assert draft.full_title == "最高人民法院关于样本巷道纠纷的解释"
    assert (draft.level, draft.region) == ("司法解释", "全国")
    assert draft.version_date == date(2012, 2, 2) and draft.valid_from == date(2012, 4, 1)
    assert [one.label for one in draft.articles] == ["序言", "第一条"]
    assert not wrong


def test_a_text_box_is_read_once(tmp_path: Path) -> None:
    draft, _ = law(
        tmp_path / "a.docx", p("样本巷道法"), p(HISTORY), *BODY[:3], text_box("街坊每月开一次会。"), *BODY[3:]
    )
    assert draft.articles[0].text == "样本巷道由街坊照看。\n街坊每月开一次会。"


@pytest.mark.parametrize(
    "named",
    [
        ["附件一　样本罚款表"],
        ["附件一：样本罚款表"],
        ["附件1", "样本罚款表"],
        ["附：", "样本罚款表"],
        ["附表　样本罚款表"],
    ],
    ids=" / ".join,
)
def test_an_annex_is_no_part_of_the_last_article(tmp_path: Path, named: list[str]) -> None:
    draft, _ = law(
        tmp_path / "a.docx",
        p("样本巷道法"),
        p(HISTORY),
        *BODY,
        *map(p, named),
        table(["情形", "罚款"], ["旧桌子", "十元"]),
    )
    assert draft.articles[-2].text == "本法自2014年6月1日起施行。"
    assert draft.articles[-1].kind == "annex"
    assert draft.articles[-1].text.endswith("情形 | 罚款\n旧桌子 | 十元")


def test_a_nested_table_is_read_once(tmp_path: Path) -> None:
    inner = f"<w:tbl><w:tr><w:tc>{p('内格')}</w:tc></w:tr></w:tbl>"
    outer = (
        f"<w:tbl><w:tr><w:tc>{p('外格')}{inner}{p('外格之后')}</w:tc><w:tc>{p('右格')}</w:tc></w:tr></w:tbl>"
    )
    draft, _ = law(tmp_path / "a.docx", p("样本巷道法"), p(HISTORY), *BODY, p("附件："), outer)
    assert draft.articles[-1].text.count("内格") == 1
    assert "右格" in draft.articles[-1].text


def test_a_text_box_in_a_cell_is_read_once(tmp_path: Path) -> None:
    outer = f"<w:tbl><w:tr><w:tc>{p('格中')}{text_box('框内')}</w:tc><w:tc>{p('右格')}</w:tc></w:tr></w:tbl>"
    draft, _ = law(tmp_path / "a.docx", p("样本巷道法"), p(HISTORY), *BODY, p("附件："), outer)
    assert draft.articles[-1].text.count("框内") == 1


def test_rows_and_cells_in_content_controls_are_read(tmp_path: Path) -> None:
    """Word wraps repeated rows and filled-in cells; without them a table of fines would lose its lines."""

    def control(inner: str) -> str:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{inner}</w:sdtContent></w:sdt>"

    fine = control(f"<w:tc>{p('十元')}</w:tc>")
    row = f"<w:tr><w:tc>{p('旧桌子')}</w:tc>{fine}</w:tr>"
    outer = f"<w:tbl>{control(row)}<w:tr><w:tc>{control(p('旧椅子'))}</w:tc></w:tr></w:tbl>"
    draft, _ = law(tmp_path / "a.docx", p("样本巷道法"), p(HISTORY), *BODY, p("附件："), outer)
    assert draft.articles[-1].text == "旧桌子 | 十元\n旧椅子"


def test_deleted_words_are_not_read_and_inserted_ones_are(tmp_path: Path) -> None:
    changed = (
        "<w:p><w:r><w:t>第四条　街坊</w:t></w:r><w:del><w:r><w:delText>不必</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>可以</w:t></w:r></w:ins><w:r><w:t>种花。</w:t></w:r></w:p>"
    )
    draft, _ = law(tmp_path / "a.docx", p("样本巷道法"), p(HISTORY), *BODY, changed)
    assert draft.articles[-1].text == "街坊可以种花。"


PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>样本巷道法</title></head><body>
<div class="header">国家法律法规数据库 <a href="#">首页</a></div>
<div class="law-content" style="text-align: justify">
<p align="center"><b><span style="font-size:22pt">中华人民共和国样本<span>巷道法</span></span></b></p>
<p align="center"><span>{history}</span></p>
<p align="center">目&nbsp;&nbsp;&nbsp;&nbsp;录</p>
<p>第一编&nbsp;总则</p><p>&emsp;第一章&emsp;一般规定</p><p>第二编&nbsp;分则</p>
<p align="center"><b>第一编&nbsp;&nbsp;总&nbsp;&nbsp;则</b></p>
<p align="center"><b>第一章&nbsp;一般规定</b></p>
<p><span>&emsp;&emsp;<b>第一条</b>&emsp;样本巷道由街坊照看。</span></p>
<p>&emsp;&emsp;<b>第二条</b>&nbsp;下列东西不放在巷道里：<br/>&emsp;&emsp;（一）旧桌子；<br/>&emsp;&emsp;（二）旧椅子。</p>
<p align="center"><b>第二编&nbsp;分&nbsp;则</b></p>
<p>&emsp;&emsp;<b>第三条</b>&ensp;本法自2014年6月1日起施行。</p>
</div><div class="footer">京备案 <button>下载</button></div></body></html>"""


def test_a_page_of_the_database(tmp_path: Path) -> None:
    path = tmp_path / "detail.html"
    path.write_text(PAGE.format(history=HISTORY), "utf-8")
    draft, wrong = taken(path)
    assert draft.full_title == "中华人民共和国样本巷道法"
    assert [one.label for one in draft.articles] == ["第一条", "第二条", "第三条"]
    assert draft.articles[0].text == "样本巷道由街坊照看。"
    assert draft.articles[1].text.split("\n") == [
        "下列东西不放在巷道里：",
        "（一）旧桌子；",
        "（二）旧椅子。",
    ]
    assert draft.articles[2].text == "本法自2014年6月1日起施行。", "the foot of the page is no law"
    assert draft.valid_from == date(2014, 6, 1)
    assert not wrong


@pytest.mark.parametrize("named", ["article-header", "content-sidebar-wrap", "page-header"])
def test_a_block_around_the_title_is_no_menu(tmp_path: Path, named: str) -> None:
    path = tmp_path / "detail.html"
    title = '<p align="center"><b>'
    page = PAGE.format(history=HISTORY).replace(title, f'<div class="{named}">{title}', 1)
    path.write_text(page.replace("</b></p>", "</b></p></div>", 1), "utf-8")
    assert taken(path)[0].full_title == "中华人民共和国样本巷道法"


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ("<tr><td>甲</td><td>乙<table><tr><td>内</td></tr></table>丙</td></tr>", "甲 | 乙\n内\n丙"),
        ("<tr><td>甲</td><td>乙</td><tr><td>丙</td><td>丁</td>", "甲 | 乙\n丙 | 丁"),
        ("<tr><td>甲<td>乙</tr>", "甲 | 乙"),
    ],
    ids=["nested", "rows not closed", "cells not closed"],
)
def test_no_cell_of_a_page_is_lost(tmp_path: Path, rows: str, lines: str) -> None:
    path = tmp_path / "detail.html"
    found = f'</p><p>附件：</p><table>{rows}</table></div><div class="footer">'
    path.write_text(PAGE.format(history=HISTORY).replace('</p>\n</div><div class="footer">', found), "utf-8")
    draft, _ = taken(path)
    assert draft.articles[-1].text == lines


def test_the_day_in_a_file_name_that_the_text_denies_is_reported(tmp_path: Path) -> None:
    blocks = (p("中华人民共和国样本巷道法"), p(HISTORY), *BODY)
    _, right = law(tmp_path / "中华人民共和国样本巷道法_20140506.docx", *blocks)
    _, wrong = law(tmp_path / "中华人民共和国样本巷道法_20190101.docx", *blocks)
    assert not right
    assert wrong == ["文件名的日期 2019-01-01 与题注最后的日期 2014-05-06 不同"]
