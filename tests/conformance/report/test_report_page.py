# SPDX-License-Identifier: GPL-2.0-only
"""The page, in a real browser: what a reader sees first, and that filter and conversations work."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from althea_spec.conformance.report.document import build_document
from althea_spec.conformance.report.page import conversation_json, render_page
from althea_spec.conformance.verdict import ConversationRow, Finding, TraceResult, Verdict

from .browser import Browser
from .sample import (
    NASTY,
    SETTINGS,
    STARTED,
    make_document,
    make_requirements,
    make_result,
    make_trace,
    make_traces,
    records_of,
)

VISIBLE = "[...document.querySelectorAll('.entry.requirement')].filter(e => !e.hidden).map(e => e.id)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as started:
        yield started


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "index.html"
    talk = {one.id: conversation_json(make_result(one).conversation) for one in make_traces()}
    path.write_text(render_page(make_document(), talk), encoding="utf-8")
    return path


def test_the_page_is_one_file(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    loaded = re.findall(r"""(?:src|srcset|action)\s*=|url\(|@import|<link(?! rel="icon" href="data:)""", text)
    assert not loaded
    assert "default-src 'none'" in text


def test_what_is_broken_comes_first_and_is_open(browser: Browser, page: Path) -> None:
    browser.open(page, width=1280)
    assert browser.evaluate(VISIBLE)[:2] == ["RTG-FEAS-01", "RTG-HELLO-01"]
    opened = "[...document.querySelectorAll('.entry[open]')].map(e => e.id)"
    assert browser.evaluate(opened) == ["RTG-FEAS-01", "RTG-HELLO-01"]
    story = browser.evaluate("document.getElementById('RTG-FEAS-01').innerText")
    for part in ("A router does what RTG-FEAS-01", "n1 sends an Update", "an Acknowledgment within 2 s"):
        assert part in story
    assert "althea-spec conformance --target babeld -k feasibility/equal-distance" in story
    first = browser.evaluate("document.getElementById('RTG-FEAS-01').getBoundingClientRect().top")
    assert first < 900, "the first failure is not on the first screen"


def test_what_a_device_says_is_text(browser: Browser, page: Path) -> None:
    browser.open(page, width=1280)
    shown = NASTY.replace("\x1b", "\\x1b").replace("\x00", "\\x00").replace("\u202e", "\\u202e")
    came = "document.querySelector('#RTG-FEAS-01 dd.came').textContent"
    assert browser.evaluate(came) == shown
    assert "hi" not in browser.evaluate("[...document.querySelectorAll('b')].map(e => e.textContent)")


def test_the_filter_by_words_verdict_and_level(browser: Browser, page: Path) -> None:
    browser.open(page, width=1280)
    assert len(browser.evaluate(VISIBLE)) == 9
    browser.evaluate("filter.q.value = 'feas newer'; filter.dispatchEvent(new Event('input'))")
    assert browser.evaluate(VISIBLE) == ["RTG-FEAS-01", "RTG-FEAS-03"]
    assert browser.evaluate("shown.textContent") == "2 of 9 requirements"
    assert browser.evaluate("location.hash") == "#q=feas+newer"
    browser.evaluate("document.querySelector('[data-verdict=KNOWN]').click()")
    assert browser.evaluate(VISIBLE) == ["RTG-FEAS-03"]
    browser.evaluate("document.querySelector('button[type=reset]').click()")
    assert len(browser.evaluate(VISIBLE)) == 9
    browser.evaluate("filter.level.value = 'SHOULD'; filter.dispatchEvent(new Event('input'))")
    assert browser.evaluate(VISIBLE) == ["RTG-COST-01", "RTG-HELLO-02"]
    browser.evaluate("filter.q.value = 'nothing'; filter.dispatchEvent(new Event('input'))")
    assert browser.evaluate("document.getElementById('none').hidden") is False


def test_a_link_carries_the_filter(browser: Browser, page: Path) -> None:
    browser.open(page, width=1280, fragment="#verdict=INCONCLUSIVE+UNSUPPORTED")
    assert browser.evaluate(VISIBLE) == ["RTG-FEAS-02", "RTG-HELLO-03", "RTG-UPD-02", "RTG-COST-01"]
    pressed = "[...document.querySelectorAll('[aria-pressed=true]')].map(e => e.dataset.verdict)"
    assert browser.evaluate(pressed) == ["INCONCLUSIVE", "UNSUPPORTED"]


def test_a_trace_opens_with_its_conversation(browser: Browser, page: Path) -> None:
    browser.open(page, width=1280, fragment="#trace-feasibility/equal-distance")
    rows = "[...document.querySelectorAll('[open] table.talk tbody tr')]"
    assert browser.evaluate(f"{rows}.filter(e => !e.hidden).length") == 3
    browser.evaluate("document.querySelector('.talkbar input').click()")
    assert browser.evaluate(f"{rows}.filter(e => !e.hidden).length") == 4
    text = browser.evaluate("document.querySelector('[open] table.talk').innerText")
    for part in ("→ device", "← device", "hello (", "1.500", "RTG-FEAS-01", "expect, step 2", "</script>"):
        assert part in text
    links = "[...document.querySelectorAll('[open] table.talk a')].map(e => e.getAttribute('href'))"
    assert browser.evaluate(links) == ["#RTG-FEAS-01", "#RTG-FEAS-02"]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_it_is_readable_on_phone_and_desk(browser: Browser, page: Path, width: int, dark: bool) -> None:
    browser.open(page, width=width, fragment="#trace-feasibility/equal-distance", dark=dark)
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    browser.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; })")
    cut = """[...document.querySelectorAll('main *, header *')].filter(e => {
        const box = e.getBoundingClientRect();
        return box.width && !e.closest('.skip, thead') && (box.right > innerWidth + 1 || box.left < -1);
    }).map(e => e.outerHTML.slice(0, 120))"""
    assert browser.evaluate(cut) == []
    assert browser.evaluate(CONTRAST) == []


CONTRAST = """(() => {
  const parse = text => {
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const linear = part => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const luminance = rgb => 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const one of document.querySelectorAll('main *, header *')) {
    const own = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || !one.getClientRects().length || one.closest('button:disabled, .skip')) continue;
    const [a, b] = [luminance(parse(getComputedStyle(one).color)), luminance(behind(one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${one.className} ${one.textContent.slice(0, 30)}`);
  }
  return low;
})()"""
"""Text with less contrast to what is behind it than WCAG 2.2 (1.4.3) asks of normal text."""


def test_everything_to_press_has_a_name(browser: Browser, page: Path) -> None:
    browser.open(page, width=1280)
    nameless = """[...document.querySelectorAll('a, button, input, select')].filter(
        e => !(e.textContent.trim() || e.getAttribute('aria-label'))).map(e => e.outerHTML)"""
    assert browser.evaluate(nameless) == []
    broken = """[...document.querySelectorAll('a[href^="#"]')].map(e => decodeURIComponent(e.hash.slice(1)))
        .filter(id => !document.getElementById(id))"""
    assert browser.evaluate(broken) == []
    assert browser.evaluate("document.querySelectorAll('h1').length") == 1


def test_nothing_was_complained_about_or_fetched(browser: Browser, page: Path) -> None:
    """Last, so that it hears what all the others did."""
    browser.open(page, width=1280)
    assert browser.complaints() == []
    assert browser.requests() <= {"file", "about", "data"}


def test_the_browser_would_hear_a_complaint(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text("<script>console.error('heard'); missing()</script>", encoding="utf-8")
    browser.open(path, width=1280)
    assert {one["method"] for one in browser.complaints()} >= {
        "Runtime.consoleAPICalled",
        "Runtime.exceptionThrown",
    }


def test_what_every_trace_repeats_is_told_once(browser: Browser, tmp_path: Path) -> None:
    traces = [make_trace(f"hello/t{number}", ["RTG-HELLO-01"]) for number in range(40)]
    results = [
        TraceResult(
            trace.id,
            (
                Finding("RTG-HELLO-01", trace.id, Verdict.FAIL, step=2, came="this"),
                Finding("RTG-HELLO-02", trace.id, Verdict.PASS),
                Finding("RTG-HELLO-03", trace.id, Verdict.PASS),
            ),
            0.1,
            0.1,
        )
        for trace in traces
    ]
    document = build_document(
        results, records_of(results), traces, make_requirements(), SETTINGS, STARTED, 1.0
    )
    path = tmp_path / "index.html"
    path.write_text(render_page(document, {}), encoding="utf-8")
    browser.open(path, width=1280)
    assert browser.evaluate("document.querySelectorAll('#RTG-HELLO-01 .finding').length") == 4
    assert "and in 24 more traces" in browser.evaluate("document.getElementById('RTG-HELLO-01').innerText")
    assert "and in 28 more traces" in browser.evaluate("document.getElementById('RTG-HELLO-02').textContent")
    trace = browser.evaluate("document.getElementById('trace-hello/t7').textContent")
    assert "2 rules that watch every packet were kept" in trace


def test_a_long_conversation_is_cut_to_what_tells_most() -> None:
    rows = [
        ConversationRow(number, "received", "a", "Hello", requirements=("R",) if number % 1000 == 0 else ())
        for number in range(20_000)
    ]
    cut = conversation_json(rows)
    assert len(cut["rows"]) == 600
    assert cut["left_out"] == 19_400
    assert [row[0] for row in cut["rows"] if row[6]] == list(range(0, 20_000, 1000))
    assert [row[0] for row in cut["rows"]] == sorted(row[0] for row in cut["rows"])
