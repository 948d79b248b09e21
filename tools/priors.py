"""Learn the reference classes that ship with Backcast from the registers in ``examples/histories``.

``python tools/priors.py`` writes ``src/backcast/planbook/published_classes.csv``. Which register tells of which kind of
project, what is left out and why: docs/explanation/reference-classes.md. Each register is learned up to its last day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

import backcast as bc
from backcast.planbook import history as histories
from backcast.planbook.learning import Learned, fit_spells, last_day
from backcast.planbook.priors import ROOT as EVERY
from backcast.planbook.schema import QUANTILES
from blocks import ROOT

PLACE = ROOT / "src" / "backcast" / "planbook" / "published_classes.csv"
LEAST_CASES = 10
"""Finishes without which a class is left to the one above it."""
RATIOS = [f"p{percent:02}" for percent in QUANTILES]
COLUMNS = ("class", "interval", *RATIOS, "cancelled", "n", "status", "source", "url", "note")


@dataclass(frozen=True, slots=True)
class Register:
    """A history, and what its classes are in a plan.

    Attributes
    ----------
    kinds
        From the first part of a class's path in the register to a path in a plan; others are left out.
    unmoved
        Classes whose stated finishes stay what they are, so that nothing can be learned from them.
    stated
        Whether the finish stated last stands for the finish, and each project's first statement is followed to it.
    """

    file: str
    kinds: dict[str, str]
    unmoved: tuple[str, ...] = ()
    stated: bool = False

    def spells(self) -> tuple[pl.DataFrame, date]:
        """Return the spells of what is mapped, with classes of a plan, and the last day."""
        frame = histories.complete(bc.read_history(ROOT / "examples" / "histories" / self.file))
        if self.stated:
            said = pl.col("planned_start")
            frame = histories.statements(frame).filter(said == said.min().over("project"))
        day, path = last_day(frame), pl.col("class").str.split("/")
        top, rest = path.list.first(), path.list.slice(1)
        mine = histories.spells(frame, day).filter(top.is_in(list(self.kinds)), ~pl.col("class").is_in(self.unmoved))
        kind = top.replace_strict(self.kinds, default=None)
        below = pl.when((rest.list.len() > 0) & (top == kind)).then(pl.concat_list(kind, rest).list.join("/"))
        return mine.with_columns(
            pl.coalesce(below, kind).alias("class"), pl.format("{} {}", pl.lit(self.file), "id")
        ), day


UNITED_KINGDOM = Register(
    "uk-gmpp.csv",
    {"building": "building", "transport": "transport", "energy": "energy", "digital": "digital", "defence": EVERY,
     "service": EVERY},
)  # fmt: skip
WORLD_BANK = Register("worldbank.parquet", {"world bank": EVERY})
NEW_YORK = Register(
    "nyc-capital.csv",
    {kind: kind for kind in ("building", "transport", "water", "industry", "park", "digital")},
    unmoved=("building/school",),
    stated=True,
)
SCHOOL_DESIGN = Register("nyc-schools.parquet", {"Design": EVERY})


@dataclass(frozen=True, slots=True)
class Lesson:
    """Classes learned together from some registers.

    Attributes
    ----------
    interval
        What they tell of in a plan; empty: every interval.
    inside
        Paths of classes that are taken from it.
    """

    registers: tuple[Register, ...]
    interval: str
    inside: tuple[str, ...]
    source: str
    note: str
    url: str | None = None

    def learned(self, prior: pl.DataFrame) -> Learned:
        """Learn them, leaning on the root of other classes."""
        found = [register.spells() for register in self.registers]
        day = max(last for _, last in found)
        moved = [spells.with_columns(pl.col("start", "entered", "left") + (day - last)) for spells, last in found]
        watched = pl.concat(moved).with_columns(interval=pl.lit(self.interval))
        return fit_spells(watched, day, from_observation=True, prior=prior, source=self.source)

    def rows(self, learned: Learned) -> pl.DataFrame:
        """Return those that are taken, as they ship."""
        top = pl.col("class").str.split("/").list.first()
        asked = pl.col("interval").fill_null("") == self.interval
        told = learned.to_frame().filter(asked, top.is_in(self.inside), pl.col("n") >= LEAST_CASES)
        return told.with_columns(
            pl.col(RATIOS).round(3),
            cancelled=pl.lit(None, pl.Float64),
            url=pl.lit(self.url, pl.String),
            note=pl.lit(self.note),
        ).select(COLUMNS)


WHOLE = Lesson(
    (UNITED_KINGDOM, WORLD_BANK),
    "",
    (EVERY, "digital"),
    "UK Government Major Projects Portfolio 2013–2023; World Bank, projects 2022–2025",
    "Whole projects, against the end planned at each observation. The UK tells approved ends, not actual ones.",
)
WORKS = Lesson(
    (NEW_YORK,),
    "construction",
    (EVERY, "building", "transport", "water", "industry", "park"),
    "City of New York, capital projects over $25 million, 2013–2019",
    "From each project's first stated completion to its last: finishes are not in the register, and work stated last "
    "may end later still.",
    "https://data.cityofnewyork.us/d/n7gv-k5yt",
)
DESIGN = Lesson(
    (SCHOOL_DESIGN,),
    "preparation",
    (EVERY,),
    "New York City School Construction Authority, design phases, 2024-09-30 to 2025-06-30",
    "Design phases of schools. Of 256 running in 2024, 94 left the register before 2025; they are not counted.",
)


def main() -> None:
    """Write the file."""
    PLACE.write_text(text(), encoding="utf-8")


def text() -> str:
    """Return the reference classes that ship, as the file has them."""
    whole = WHOLE.learned(pl.DataFrame())
    root = whole.to_frame()
    told = [WHOLE.rows(whole), *(lesson.rows(lesson.learned(root)) for lesson in (WORKS, DESIGN))]
    return pl.concat(told).sort("interval", "class", nulls_last=False).write_csv()


if __name__ == "__main__":
    main()
