"""The real `zhili serve` in a real browser: type, click, read; and nothing leaves this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlparse

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# Written for this test; nobody's complaint.
COMPLAINT = "小区楼下烧烤店半夜还在营业，油烟和噪音让人没法睡，联系电话13912345678"
QUESTION = "物业费没交，物业可以停我家的水电吗？"
HOSTILE = "<script>window.hit=1</script><img src=x onerror=window.hit=1>${window.hit=1}{{value}}油烟"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page's address, as `zhili serve` prints it once it is ready."""
    home = tmp_path_factory.mktemp("browser-home")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZHILI_")}
    environment |= {"ZHILI_HOME": str(home / "zhili"), "OMP_NUM_THREADS": "1", "TMPDIR": str(home)}
    command = [sys.executable, "-u", "-m", "app", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = None
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                break
        assert found, f"zhili serve ended with {process.wait()} before it was ready"
        yield found.group()
        process.terminate()
        rest = process.stdout.read()
    assert "13912345678" not in rest
    left = [path for path in home.rglob("*") if path.is_file()]
    assert not [path for path in left if b"13912345678" in path.read_bytes()]
    assert not (home / "zhili").exists(), "triage alone writes nothing"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no Chromium installed: apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """The page opened; fails afterwards if anything left this machine or broke in the page."""
    width, height = request.param
    opened = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
    asked: list[str] = []
    broken: list[str] = []
    opened.on("request", lambda found: asked.append(found.url))
    opened.on("pageerror", lambda error: broken.append(str(error)))
    opened.goto(address)
    opened.wait_for_selector("#complaint textarea")
    yield opened
    outside = [url for url in asked if urlparse(url).hostname not in ("127.0.0.1", None)]
    opened.close()
    assert not outside
    assert not broken


def test_an_operator_types_clicks_and_reads(page: Page) -> None:
    page.fill("#complaint textarea", COMPLAINT)
    page.click("button#triage")
    page.wait_for_selector("#answer .zl-banner")
    text = page.inner_text("#answer")
    assert "〔手机号〕" in text
    assert "13912345678" not in text
    assert page.locator("#answer .zl-departments li").count() == 3
    assert re.search(r"\d%", page.inner_text("#answer .zl-departments li"))
    for part in ("事项", "诉求类型", "紧急程度", "理由", "不是法律意见"):
        assert part in text
    law = page.locator("#answer details.zl-law").first
    assert not law.locator(".zl-quote").is_visible()
    law.locator("summary").click()
    assert len(law.locator(".zl-quote").inner_text()) > 10
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "scrolls sideways"


def test_an_operator_sees_the_glance_and_copies_the_draft(page: Page) -> None:
    page.fill("#complaint textarea", COMPLAINT)
    page.click("button#triage")
    page.wait_for_selector("#answer .zl-glance")
    glance = page.inner_text("#answer .zl-glance")
    assert "城市管理综合执法局" in glance
    assert re.search(r"\d%", glance)
    assert re.search(r"《.+》第.+条", glance)
    fold = page.locator("#answer details.zl-fold", has=page.get_by_text("答复口径", exact=True))
    assert not fold.locator(".zl-draft").is_visible()
    fold.locator("> summary").click()
    assert "〔待承办单位填写" in fold.locator(".zl-draft").inner_text()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    fold.locator("button.zl-copy").click()
    page.get_by_text("已复制").wait_for()
    reference = fold.locator("a.zl-ref").first
    reference.click()
    assert fold.locator("details.zl-law[open]").count() == 1
    page.evaluate("document.querySelectorAll('#answer details').forEach((part) => { part.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "scrolls sideways"


def test_a_resident_switches_the_level_of_language(page: Page) -> None:
    page.get_by_role("tab", name="居民问法").click()
    page.fill("#question textarea", QUESTION)
    page.click("button#ask")
    page.wait_for_selector("#legal-answer .zl-door")
    easy, full = "这不是法律意见。最后由人决定。", "以上由程序给出，供参考，不是法律意见"
    answer = page.locator("#legal-answer")
    assert answer.get_by_text(easy).is_visible()
    assert not answer.get_by_text(full).is_visible()
    page.get_by_label("完整").click()
    answer.get_by_text(full).wait_for(state="visible")
    assert not answer.get_by_text(easy).is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "scrolls sideways"


def test_a_resident_asks_by_keyboard(page: Page) -> None:
    page.get_by_role("tab", name="居民问法").click()
    page.focus("#question textarea")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector("#legal-answer .zl-door")
    text = page.inner_text("#legal-answer")
    assert "第" in text
    assert "条" in text
    assert "该找谁" in text
    assert page.locator("#legal-answer .zl-badge").count() >= 1


def test_an_example_is_answered_with_one_click(page: Page) -> None:
    page.get_by_role("button", name="示例：闻到燃气味").click()
    page.wait_for_selector('#answer [data-action="emergency"]')
    assert "119" in page.inner_text("#answer")
    assert "燃气" in page.input_value("#complaint textarea")


def test_a_citizens_markup_stays_text(page: Page) -> None:
    page.fill("#complaint textarea", HOSTILE)
    page.click("button#triage")
    page.wait_for_selector("#answer .zl-text")
    assert page.evaluate("window.hit") is None
    assert page.locator("#answer :is(img, script)").count() == 0
    assert "油烟" in page.inner_text("#answer .zl-text")


def test_a_fault_is_a_sentence(page: Page) -> None:
    page.click("button#triage")
    page.wait_for_selector("#answer .zl-problem")
    assert "诉求内容为空" in page.inner_text("#answer")
    page.fill("#complaint textarea", "路灯坏了")
    page.fill("#received_at input, #received_at textarea", "昨天")
    page.click("button#triage")
    page.get_by_text("无法识别").wait_for()
    page.fill("#received_at input, #received_at textarea", "")
    page.fill("#complaint textarea", "")
    page.focus("#complaint textarea")
    page.keyboard.insert_text("字" * 200_000)
    page.click("button#triage")
    page.get_by_text("太长").wait_for()
