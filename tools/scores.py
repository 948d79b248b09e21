"""Score what Backcast says of the real Shanxi plan against what came, and write it where it is told.

Both READMEs and ``docs/explanation/track-record.md`` hold what this prints between ``<!-- scores -->`` marks, so
that no number in them is typed by hand. Draws and seed are the defaults of ``backcast run``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

import backcast as bc
from backcast.planbook.evidence import comparable_observations
from backcast.planbook.hindsight import past_forecasts
from backcast.planbook.names import Names
from backcast.planbook.results import PastForecast, Verdict
from backcast.planbook.sentences import figure, percent
from blocks import ROOT, filled, write_changed

DATA_DATES = (date(2021, 5, 31), date(2023, 8, 31), date(2025, 5, 31))
STATIONS, PROVINCE, GOAL = "5g_base_stations", "140000", date(2025, 12, 31)
NEAR_DATE, NEAR_GOAL = date(2023, 11, 30), date(2023, 12, 31)
MINES, MINES_SEEN = "smart_coal_mines", (date(2022, 12, 31), date(2023, 8, 10), date(2023, 12, 31))
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Scored:
    """A past forecast, with what a straight line through the same figures would have said."""

    past: PastForecast
    line: float | None

    @property
    def loss(self) -> float:
        """Twice the mean pinball loss at P10, P50 and P90; the absolute error for a forecast without spread."""
        p, losses = self.past, []
        for level, said in ((0.1, p.p10), (0.5, p.p50), (0.9, p.p90)):
            above = p.observed - said
            losses.append(2.0 * max(level * above, (level - 1.0) * above))
        return sum(losses) / len(losses)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that the tables are made of."""

    names: Names
    observed: dict[tuple[str, str, date], float]
    verdicts: dict[date, dict[tuple[str, str, date], Verdict]]
    scored: tuple[Scored, ...]
    came: int

    def about(self, verdict_date: date, when: date) -> Verdict | None:
        """Return the verdict on 5G stations in the province by ``verdict_date``, as said at ``when``."""
        return self.verdicts[when].get((STATIONS, PROVINCE, verdict_date))


def main() -> None:
    """Write the sections of every page that has them."""
    write_changed(pages())


def pages() -> dict[Path, str]:
    """Return the pages with today's scores in them."""
    found = evidence()
    sections = {
        ROOT / "README.md": "\n".join(summary(found, "en")),
        ROOT / "README.zh-CN.md": "\n".join(summary(found, "zh_Hans")),
        ROOT / "docs" / "explanation" / "track-record.md": "\n".join(every_figure(found)),
    }
    return {page: filled(page.read_text(encoding="utf-8"), "scores", text) for page, text in sections.items()}


@cache
def evidence() -> Evidence:
    """Run the plan at each data date and score it by every figure that came later."""
    book = bc.read_planbook(ROOT / "examples" / "shanxi")
    observations = book["observations"]
    last = max(d for name in ("date", "known_from") for d in observations[name].drop_nulls())
    figures = comparable_observations(book.known_at(last), last)
    verdicts = {}
    for when in DATA_DATES:
        found = bc.run(book, data_date=when, threads=2)
        verdicts[when] = {(v.indicator, v.region, v.date): v for v in found.verdicts}
    past = past_forecasts(book, last, DATA_DATES, threads=2)
    came = sum(figures.filter(pl.col("date") > when).height for when in DATA_DATES)
    observed = {(i, r, d): v for i, r, d, v in figures.select("indicator", "region", "date", "value").iter_rows()}
    return Evidence(Names(book), observed, verdicts, tuple(_with_line(book, past)), came)


def _with_line(book: bc.Planbook, past: Iterable[PastForecast]) -> Iterator[Scored]:
    known = {when: comparable_observations(book.known_at(when), when) for when in DATA_DATES}
    for forecast in past:
        mine = known[forecast.data_date].filter(
            (pl.col("indicator") == forecast.indicator) & (pl.col("region") == forecast.region)
        )
        yield Scored(forecast, straight_line(mine["date"].to_list(), mine["value"].to_list(), forecast.date))


def straight_line(dates: list[date], values: list[float], when: date) -> float | None:
    """Carry the line from the first to the last of some figures on to a date; None from fewer than two."""
    if len(dates) < 2:
        return None
    pace = (values[-1] - values[0]) / (dates[-1] - dates[0]).days
    return values[-1] + pace * (when - dates[-1]).days


# ---- Tables.


def summary(found: Evidence, language: str) -> Iterator[str]:
    """Tell the 5G stations, the scores of every series, and every miss."""
    say = _Words(found, language)
    yield from say.stations()
    yield ""
    yield from say.series()
    yield ""
    yield from say.misses()


def every_figure(found: Evidence) -> Iterator[str]:
    """Tell every figure that came, beside what was said of it."""
    yield "| data date | series | figure of | P10 – P50 – P90 | straight line | came | within P10–P90 |"
    yield "|---|---|---|---:|---:|---:|---|"
    for scored in found.scored:
        p = scored.past
        series = _series(found.names, p, "en")
        band, line = _band(p), figure(scored.line)
        held = "yes" if p.held else "**no**"
        yield f"| {p.data_date} | {series} | {p.date} | {band} | {line} | {figure(p.observed)} | {held} |"


class _Words:
    """The same tables in one of two languages."""

    def __init__(self, found: Evidence, language: str) -> None:
        self.found, self.language = found, language

    def both(self, en: str, zh: str) -> str:
        return en if self.language == "en" else zh

    def stations(self) -> Iterator[str]:
        goal = self.found.about(GOAL, DATA_DATES[0])
        assert goal is not None
        target = figure(goal.target)
        yield self.both(
            f"| data date | last figure | chance of {target} by {GOAL} | P10 – P50 – P90 at that date |",
            f"| 数据截止时点 | 最近一次数据 | {GOAL}达到{target}的把握 | 该日期的P10 – P50 – P90 |",
        )
        yield "|---|---|---:|---:|"
        for when in DATA_DATES:
            verdict = self.found.about(GOAL, when)
            assert verdict is not None
            assert verdict.value is not None
            last = f"{figure(verdict.last_value)} ({verdict.last_date})"
            yield f"| {when} | {last} | **{percent(verdict.probability or 0)}** | {_band(verdict.value)} |"
        yield ""
        yield self.near()

    def near(self) -> str:
        """Tell what was said in 2023 of three months later, of the target of that year, and of the last figure."""
        said = {s.past.date: s.past for s in self.found.scored if s.past.data_date == DATA_DATES[1] and _stations(s)}
        soon, last = said[NEAR_DATE], said[max(said)]
        promised, met = self.found.about(NEAR_GOAL, DATA_DATES[1]), self.found.about(NEAR_GOAL, DATA_DATES[2])
        assert promised is not None
        assert met is not None
        chance, target = percent(promised.probability or 0), figure(promised.target)
        return self.both(
            f"What came: {figure(soon.observed)} at {soon.date} (said on {soon.data_date}: {_range(soon)}), so the "
            f"year's target of {target} by {NEAR_GOAL}, given {chance}, was met. Then the campaign ended: "
            f"{figure(last.observed)} at {last.date}, inside {_range(last)} but far below the median of "
            f"{figure(last.p50)}. **Nobody has published a figure for {GOAL}**, so the last column of the table "
            "cannot be scored yet.",
            f"实际结果：{soon.date}为{figure(soon.observed)}（{soon.data_date}研判{_range(soon)}），"
            f"{NEAR_GOAL}达到{target}的当年目标（研判把握{chance}）如期完成。此后集中建设结束，{last.date}为"
            f"{figure(last.observed)}，虽在{_range(last)}之内，但远低于中位数{figure(last.p50)}。"
            f"**{GOAL}的数据至今未见公布**，因此表中最后一列尚无法评判。",
        )

    def series(self) -> Iterator[str]:
        yield self.both(
            "| data date | series | figures that came | within P10–P90 | loss ÷ straight line |",
            "| 数据截止时点 | 序列 | 其后公布的数据 | 落在P10–P90内 | 损失 ÷ 直线外推 |",
        )
        yield "|---|---|---:|---:|---:|"
        for (when, *_), group in _grouped(self.found.scored).items():
            held = sum(s.past.held for s in group)
            name = _series(self.found.names, group[0].past, self.language)
            yield f"| {when} | {name} | {len(group)} | {held} | {_ratio(group)} |"
        every = self.found.scored
        total = self.both("all", "合计")
        held = sum(s.past.held for s in every)
        yield f"| {total} | | **{len(every)}** | **{held}** | |"
        yield ""
        unscored = self.found.came - len(every)
        yield self.both(
            f"Another {unscored} figures (counted once for each data date before them) belong to series that had no "
            "forecast then, for want of figures or after a change of definition: they cannot be scored.",
            f"另有{unscored}个数据（按其之前的每个数据截止时点各计一次）所属序列当时数据不足或口径已变，未作研判，无从评判。",
        )

    def misses(self) -> Iterator[str]:
        yield self.both("What fell outside P10–P90:", "落在P10–P90之外的：")
        yield ""
        for scored in self.found.scored:
            if not scored.past.held:
                p = scored.past
                name = _series(self.found.names, p, self.language)
                yield self.both(
                    f"- {name}, {p.date}: said on {p.data_date} {_range(p)}; **{figure(p.observed)}** came.",
                    f"- {name}，{p.date}：{p.data_date}研判{_range(p)}，实际**{figure(p.observed)}**。",
                )
        yield ""
        yield self.widths()

    def widths(self) -> str:
        """Tell how wide the first bands were, and when the mines of one year were counted."""
        ratios = [s.past.p90 / s.past.p10 for s in self.found.scored if s.past.data_date == DATA_DATES[0]]
        low, high = f"{min(ratios):.1f}", f"{max(ratios):.0f}"
        before, august, end = (self.found.observed[MINES, PROVINCE, day] for day in MINES_SEEN)
        added, early = figure(end - before), figure(august - before)
        return self.both(
            f"The bands of {DATA_DATES[0]} are wide: their P90 is {low} to {high} times their P10. Of the {added} coal "
            f"mines added in {MINES_SEEN[2].year}, {early} had been counted by {MINES_SEEN[1]}.",
            f"{DATA_DATES[0]}的区间很宽，P90是P10的{low}至{high}倍。{MINES_SEEN[2].year}年新增的{added}座智能化煤矿中，"
            f"截至{MINES_SEEN[1]}只统计到{early}座。",
        )


def _grouped(scored: Iterable[Scored]) -> dict[tuple[date, str, str], list[Scored]]:
    groups: dict[tuple[date, str, str], list[Scored]] = {}
    for s in scored:
        groups.setdefault((s.past.data_date, s.past.indicator, s.past.region), []).append(s)
    return groups


def _ratio(group: list[Scored]) -> str:
    """Summed loss over the summed absolute error of the straight line, where there is one."""
    errors = [abs(s.line - s.past.observed) for s in group if s.line is not None]
    return f"{sum(s.loss for s in group) / sum(errors):.2f}" if errors and sum(errors) > 0 else "–"


def _stations(scored: Scored) -> bool:
    return (scored.past.indicator, scored.past.region) == (STATIONS, PROVINCE)


def _series(names: Names, past: PastForecast, language: str) -> str:
    indicator, region = names("indicators", past.indicator), names("regions", past.region)
    if past.region == PROVINCE:
        return indicator.read(language)
    separator = ", " if language == "en" else "，"
    return separator.join(name.read(language) for name in (indicator, region))


def _band(values: object) -> str:
    return " – ".join(figure(getattr(values, name)) for name in ("p10", "p50", "p90"))


def _range(past: PastForecast) -> str:
    return f"{figure(past.p10)}–{figure(past.p90)}"


if __name__ == "__main__":
    main()
