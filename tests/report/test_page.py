from __future__ import annotations

import re
from pathlib import Path

import pytest
from reading import Element, read
from small import DATA_DATE, HOSTILE, small_planbook

from backcast.planbook.results import PastForecast
from backcast.planbook.run import Run, run
from backcast.report.page import render, write_report

LEFT_ENGLISH = {"Backcast", "backcast", "check", "docs", "explanation", "script", "alert"}


@pytest.fixture(scope="module")
def tree(page: str) -> Element:
    return read(page)


def edition(tree: Element, tag: str) -> Element:
    (found,) = tree.all("article", lang=tag, id=tag)
    return found


def test_page_is_well_formed_and_its_ids_are_unique(tree: Element):
    ids = [element.attributes["id"] for element in tree.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids)) > 20


def test_every_link_and_label_within_the_page_leads_somewhere(tree: Element):
    ids = {element.attributes.get("id") for element in tree.all()}
    inner = [element.attributes["href"] or "" for element in tree.all() if "href" in element.attributes]
    pointed = [href[1:] for href in inner if href.startswith("#")]
    labelled = [
        element.attributes[key]
        for element in tree.all()
        for key in ("for", "aria-labelledby")
        if key in element.attributes
    ]
    assert len(pointed) > 20
    assert set(pointed) | set(labelled) <= ids


def test_page_needs_nothing_but_itself(page: str, tree: Element):
    assert not tree.all("script")
    assert not tree.all("link")
    assert not tree.all("img")
    assert not [element for element in tree.all() if "src" in element.attributes]
    assert "url(" not in page
    assert "@import" not in page


def test_only_sources_with_a_web_address_link_outside(tree: Element):
    outside = {a.attributes["href"] for a in tree.all("a") if not (a.attributes["href"] or "").startswith("#")}
    assert outside == {"https://example.org/plan"}


def test_a_strict_policy_stands_in_the_page_and_no_handler_breaks_it(tree: Element):
    (policy,) = [meta for meta in tree.all("meta") if meta.attributes.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in (policy.attributes["content"] or "")
    assert "script-src" not in (policy.attributes["content"] or "")
    assert not [element for element in tree.all() for key in element.attributes if key.startswith("on")]


def test_a_hostile_name_is_text_everywhere(page: str, tree: Element):
    assert HOSTILE not in page
    assert tree.text.count(HOSTILE) >= 4


def test_default_language_is_checked_and_said_by_the_root(found: Run, page: str):
    for text, tag in ((page, "zh-Hans"), (render(found, first_language="en"), "en")):
        tree = read(text)
        (root,) = tree.all("html")
        (checked,) = [radio for radio in tree.all("input") if "checked" in radio.attributes]
        assert root.attributes["lang"] == tag
        assert checked.attributes["id"] == f"language-{tag}"


def test_language_of_the_process_is_the_default(found: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BACKCAST_LANGUAGE", "zh_CN.UTF-8")
    assert read(render(found)).all("html")[0].attributes["lang"] == "zh-Hans"


def test_chinese_edition_holds_no_english_sentence(tree: Element):
    words = re.findall(r"[A-Za-z]{3,}", edition(tree, "zh-Hans").spoken)
    assert set(words) <= LEFT_ENGLISH


def test_headings_of_the_english_edition_are_english(tree: Element):
    headings = [heading.text for heading in edition(tree, "en").all("h2")]
    assert len(headings) >= 9
    assert not re.search(r"[\u4e00-\u9fff]", " ".join(headings))


def test_both_editions_tell_the_same_figures(tree: Element):
    counts = [len(edition(tree, tag).all("tr")) for tag in ("zh-Hans", "en")]
    dates = [[time.text for time in edition(tree, tag).all("time")] for tag in ("zh-Hans", "en")]
    assert counts[0] == counts[1] > 30
    assert dates[0] == dates[1]


def test_every_chart_says_what_it_shows_and_stands_beside_its_figures(tree: Element):
    fans = tree.all("figure")
    assert len(fans) == 2 * 7
    for fan in fans:
        assert all(chart.attributes["aria-label"] for chart in fan.all("svg", role="img"))
        assert len(fan.all("table")) == 1


def test_a_light_is_never_colour_alone(tree: Element):
    signed = [element for element in tree.all() if any(_is_sign(child) for child in element.children)]
    assert len(signed) > 20
    for element in signed:
        assert element.text
        assert all((use.attributes["href"] or "").startswith("#mark-") for use in element.all("use"))


def _is_sign(child: Element | str) -> bool:
    return isinstance(child, Element) and "sign" in (child.attributes.get("class") or "").split()


def test_same_run_gives_the_same_bytes(found: Run, page: str, past: list[PastForecast]):
    again = run(small_planbook(), data_date=DATA_DATE, draws=400, seed=1)
    assert render(again, past=past, first_language="zh_Hans") == page


def test_simulated_is_said_in_title_banner_print_and_every_chart(simulated_page: str, page: str):
    tree = read(simulated_page)
    assert tree.all("title")[0].text.startswith("[simulated]")
    assert len(tree.all("aside", class_="banner")) == 2
    charts = [svg for svg in tree.all("svg", role="img") if "strip" not in (svg.attributes["class"] or "")]
    assert charts
    assert all(chart.all("text", class_="stamp") for chart in charts)
    assert "模拟 · simulated" in simulated_page
    assert "模拟 · simulated" not in page
    assert 'class="stamp"' not in page


def test_no_past_leaves_its_section_out(found: Run):
    assert not read(render(found, first_language="en")).all("section", id="en-past")


def test_a_plan_without_its_own_row_still_makes_a_page():
    book = small_planbook()
    nameless = run(book.replace(plan=book["plan"].clear()), data_date=DATA_DATE, draws=20)
    assert "A plan without a name" in read(render(nameless, first_language="en")).all("title")[0].text


def test_report_is_written_whole(found: Run, past: list[PastForecast], tmp_path: Path):
    target = tmp_path / "report.html"
    write_report(found, target, past)
    assert target.read_text(encoding="utf-8") == render(found, past=past)
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_report_that_cannot_be_made_leaves_the_old_one(found: Run, tmp_path: Path):
    target = tmp_path / "report.html"
    target.write_text("old")
    with pytest.raises(AttributeError):
        write_report(found, target, past=["not a forecast"])  # type: ignore[list-item]
    assert target.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_folder_that_is_absent_is_an_error_of_the_system(found: Run, tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        write_report(found, tmp_path / "nowhere" / "report.html")
