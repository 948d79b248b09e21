"""The page of a backtest: what it answers, draws and owns up to, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from math import nan
from pathlib import Path

import polars as pl
import pytest
from reading import Element, read
from roads import CUTOFF, made_up

from backcast.planbook.backtest import Backtest, backtest
from backcast.planbook.scoring import Estimate
from backcast.report.backtest_page import render_backtest, write_backtest
from backcast.report.charts.histogram import Histogram
from backcast.report.charts.ranges import Range
from backcast.report.charts.skills import Compared, Skills
from backcast.report.views.backtested import class_rows, said_and_came, verdicts
from backcast.report.views.scored import answer, comparisons, interval, share

HOSTILE = "<script>alert('x')</script>"


@pytest.fixture(scope="module")
def found() -> Backtest:
    return backtest(made_up(), CUTOFF)


@pytest.fixture(scope="module")
def page(found: Backtest) -> str:
    return render_backtest(found, source=f"roads.csv {HOSTILE}", first_language="en")


@pytest.fixture(scope="module")
def tree(page: str) -> Element:
    return read(page)


def edition(tree: Element, tag: str) -> Element:
    (article,) = tree.all("article", lang=tag, id=tag)
    return article


def skilled(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high)


def test_the_title_is_the_answer(found: Backtest, tree: Element):
    (heading,) = edition(tree, "en").all("h1")
    assert heading.text.replace(" ,", ",") == str(answer(found.overall).read("en"))
    finished = found.overall.n_scored - found.overall.n_censored
    assert f"Of {finished} that finished" in heading.text
    assert tree.all("title")[0].text.startswith("Of ")


def test_the_page_needs_nothing_but_itself(page: str, tree: Element):
    assert not [name for name in ("script", "link", "img") if tree.all(name)]
    assert "url(" not in page
    assert "@import" not in page
    assert HOSTILE not in page
    assert tree.text.count(HOSTILE) >= 4


def test_ids_are_unique_and_every_link_leads_to_one(tree: Element):
    ids = [element.attributes["id"] for element in tree.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    pointed = {(a.attributes["href"] or "")[1:] for a in tree.all("a")}
    assert pointed
    assert pointed <= set(ids)


def test_the_same_backtest_gives_the_same_bytes(found: Backtest, page: str):
    again = backtest(made_up(), CUTOFF)
    assert render_backtest(again, source=f"roads.csv {HOSTILE}", first_language="en") == page
    assert render_backtest(found, source="x", first_language="zh_Hans") != page


def test_the_chosen_language_comes_first(found: Backtest):
    tree = read(render_backtest(found, source="x", first_language="zh_Hans"))
    assert tree.all("html")[0].attributes["lang"] == "zh-Hans"
    (checked,) = [radio for radio in tree.all("input") if "checked" in radio.attributes]
    assert checked.attributes["id"] == "language-zh-Hans"


def test_both_editions_tell_the_same_figures(tree: Element):
    cells = [[cell.text for cell in edition(tree, tag).all("td")] for tag in ("zh-Hans", "en")]
    assert cells[0] == cells[1]
    assert len(cells[0]) > 30


def test_every_chart_says_what_it_shows(tree: Element):
    charts = edition(tree, "en").all("svg", role="img")
    assert len(charts) >= 5
    assert all(chart.attributes["aria-label"] for chart in charts)


def test_every_class_is_told_with_its_own_figures(found: Backtest, tree: Element):
    (table,) = [t for t in edition(tree, "en").all("table") if "scores" in (t.attributes["class"] or "")]
    rows = {row.all("th")[0].text: [cell.text for cell in row.all("td")] for row in table.all("tr")[1:]}
    assert set(rows) == {"All", "bridges", "transport"}
    for score in found.by_class:
        assert rows[score.name][:2] == [str(score.n_scored), str(score.n_scored - score.n_censored)]


def test_bins_of_probability_hold_every_scored_case_once(found: Backtest):
    bins = said_and_came(found)
    assert sum(n for *_, n, _ in bins) == found.overall.n_scored
    assert sum(came * n for _, came, n, _ in bins) == pytest.approx(found.overall.n_scored - found.overall.n_censored)
    assert sum(said * n for said, _, n, _ in bins) == pytest.approx(found.overall.expected)
    assert all(tenth / 10 <= said <= (tenth + 1) / 10 for said, _, _, tenth in bins)


def test_classes_without_cases_of_their_own_are_not_listed(found: Backtest):
    listed = [(str(row.name), str(row.interval)) for row in class_rows(found.learned[-1])]
    frame = found.learned[-1].to_frame().filter(pl.col("n") > 0)
    assert {("All", ""), ("bridges", "construction"), ("transport/roads", "construction")} <= set(listed)
    assert len(listed) == frame.height


def test_what_was_left_out_is_told():
    history = made_up()
    running = history.filter(pl.col("actual_start") <= CUTOFF).with_columns(observed_at=pl.lit(CUTOFF))
    gone = running["id"].to_list()[::10]
    panel = pl.concat(
        [
            running.with_columns(
                actual_finish=pl.when(pl.col("actual_finish") <= CUTOFF).then("actual_finish"),
            ),
            history.filter(~pl.col("id").is_in(gone)),
        ]
    )
    found = backtest(panel, CUTOFF)
    assert found.lost > 0
    told = edition(read(render_backtest(found, first_language="en")), "en").text
    assert f"{found.lost} that were running at the cut-off and are not seen later" in told


def test_a_class_named_like_markup_is_text():
    history = made_up(40).with_columns(pl.lit("<b>roads</b>").alias("class"))
    page = render_backtest(backtest(history, CUTOFF), first_language="en")
    assert "<b>roads" not in page
    assert "&lt;b&gt;roads" in page


def test_a_page_of_several_cutoffs_names_the_first_and_the_last():
    found = backtest(made_up(), ["2019-12-31", CUTOFF])
    text = edition(read(render_backtest(found, first_language="en")), "en").text
    assert "Learned anew at 2 cut-offs from 31 December 2019 to 31 December 2020" in text


def test_where_nothing_finished_the_page_says_so():
    history = made_up(30).with_columns(actual_finish=pl.lit(None, pl.Date))
    found = backtest(history, CUTOFF)
    assert str(answer(found.overall).read("en")).startswith("None of ")
    text = edition(read(render_backtest(found, first_language="en")), "en").text
    assert "Nothing finished." in text
    assert "nan" not in text.lower().split()


def test_a_page_is_written_whole(found: Backtest, tmp_path: Path):
    write_backtest(found, tmp_path / "page.html", source="roads.csv")
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(OSError, match="nowhere"):
        write_backtest(found, tmp_path / "nowhere" / "page.html")


# ---- What the sentences own up to.


@pytest.mark.parametrize(
    ("skill", "told"),
    [
        (skilled(0.11, 0.05, 0.17), "the forecasts are 11% better than Kaplan–Meier alone."),
        (skilled(-0.2, -0.3, -0.1), "the forecasts are 20% worse than Kaplan–Meier alone."),
        (skilled(-3.0, -9.0, -0.4), "the forecasts are >100% worse than Kaplan–Meier alone."),
        (skilled(0.11, -0.05, 0.17), "the forecasts are neither clearly better nor worse than Kaplan–Meier alone."),
    ],
)
def test_the_answer_tells_skill_only_where_it_is_no_chance(found: Backtest, skill: Estimate, told: str):
    score = replace(found.overall, crps_skill=replace(found.overall.crps_skill, kaplan_meier=skill))
    assert answer(score).read("en").split("; ")[1] == told


def test_a_worse_score_is_called_worse(found: Backtest):
    worse = replace(found.overall.crps_skill, planned=skilled(-0.25, -0.4, -0.1))
    told = next(comparisons(replace(found.overall, crps_skill=worse)))
    assert told.read("en").startswith("Against the planned date: 25% worse (−40% to −10%)")


def test_forecasts_without_own_pace_are_not_compared_with_themselves(found: Backtest):
    same = replace(found.overall, class_only=found.overall.crps)
    assert "Own pace was not used" in " ".join(line.read("en") for line in comparisons(same))
    other = replace(found.overall, class_only=found.overall.crps + 1.0)
    assert "Against the class without own pace" in " ".join(line.read("en") for line in comparisons(other))


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (skilled(0.78, 0.7, 0.85), "The bands hold"),
        (skilled(0.5, 0.4, 0.6), "Fewer finishes than the 80%"),
        (skilled(0.97, 0.9, 1.0), "More finishes than the 80%"),
        (skilled(nan, nan, nan), "Too few had finished"),
    ],
)
def test_bands_are_judged_by_the_interval_of_their_coverage(found: Backtest, held: Estimate, told: str):
    first, *_ = verdicts(replace(found.overall, coverage_80=held))
    assert first.read("en").startswith(told)


def test_too_many_and_too_few_finishes_are_called_late_and_early(found: Backtest):
    finished = found.overall.n_scored - found.overall.n_censored
    late = " ".join(line.read("en") for line in verdicts(replace(found.overall, expected=finished / 4)))
    early = " ".join(line.read("en") for line in verdicts(replace(found.overall, expected=finished * 4.0)))
    assert "too late" in late
    assert "too early" in early


@pytest.mark.parametrize(
    ("value", "told"), [(nan, "–"), (0.744, "74%"), (-0.2, "−20%"), (-7.0, "<−100%"), (-0.001, "0%")]
)
def test_shares_are_written_for_people(value: float, told: str):
    assert share(value) == told


def test_an_interval_below_zero_has_no_dash_beside_its_minus():
    assert interval(skilled(0.1, 0.05, 0.2)) == "(5–20)"
    assert interval(skilled(0.1, -0.05, 0.2)) == "(−5…20)"
    assert interval(skilled(0.1, -0.001, 0.2)) == "(0–20)"
    assert interval(skilled(nan, nan, nan)) == ""


# ---- Charts.


def _widths(drawn: str, name: str) -> list[float]:
    return [float(width) for width in re.findall(rf'<rect[^>]*width="([\d.]+)"[^>]*class="{name}"', drawn)]


def test_a_skill_bar_is_as_long_as_its_skill(found: Backtest):
    title = answer(found.overall)
    rows = [Compared(title, title, skilled(value, value - 0.01, value + 0.01)) for value in (0.8, 0.4)]
    long, short = _widths(Skills(title, rows).draw("en"), "better")
    assert long == pytest.approx(2 * short, abs=0.2)


def test_a_skill_that_may_be_chance_and_one_below_zero_look_different(found: Backtest):
    title = answer(found.overall)
    rows = [Compared(title, title, skilled(0.1, -0.1, 0.3)), Compared(title, title, skilled(-0.3, -0.4, -0.2))]
    drawn = Skills(title, rows).draw("en")
    assert len(_widths(drawn, "chance")) == len(_widths(drawn, "worse")) == 1
    assert "−50%" in drawn


def test_columns_of_the_histogram_are_as_high_as_their_shares(found: Backtest):
    title = answer(found.overall)
    drawn = Histogram(title, (0.2, 0.1, *([0.0] * 8)), title, title).draw("en")
    heights = [float(height) for height in re.findall(r'<rect[^>]*height="([\d.]+)"', drawn)]
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.2)
    assert heights[2] == 0


def test_a_range_far_beyond_the_scale_ends_at_its_edge(found: Backtest):
    drawn = Range(answer(found.overall), 0.5, 1.0, 5000.0).draw("en")
    (width,) = _widths(drawn, "band")
    assert 0 < width < 170
