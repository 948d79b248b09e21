"""A planbook in parts: what waits for each other stays together, and draws are those of the whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from backcast import interchange
from backcast.planbook.assembly import assemble
from backcast.planbook.parts import components, part_of, parts
from backcast.planbook.practice import practice
from backcast.planbook.timeline import extent_of

DRAWS = 20


@pytest.fixture(scope="module")
def province():
    plan = interchange.read(Path(__file__).parents[2] / "examples" / "shanxi").planbook
    return practice(plan, projects=150, seed=1)


def _finishes(planbook, extent):
    assembly = assemble(planbook, extent=extent)
    watched = assembly.contributions.watched
    drawn = assembly.simulation(draws=DRAWS, seed=4).finishes(watched)
    codes = assembly.library.network.codes
    return {codes[j]: row.tolist() for j, row in zip(watched, drawn, strict=True)}


@pytest.mark.parametrize("least", [20, 1000])
def test_parts_draw_what_the_whole_draws_to_the_same_day(province, least):
    when = province["plan"]["data_date"].item()
    extent = extent_of(province.tables, when)
    drawn = {}
    for projects in parts(province, least):
        drawn |= _finishes(part_of(province, projects), extent)
    assert drawn == _finishes(province, None)


def test_projects_that_wait_for_each_other_stay_together(province):
    found = list(components(province))
    assert (
        sorted(project for together in found for project in together) == province["projects"]["code"].sort().to_list()
    )
    where = {project: k for k, together in enumerate(found) for project in together}
    links = province["relationships"].filter(pl.col("predecessor_project") != pl.col("successor_project"))
    assert links.height > 0
    for one, other in links.select("predecessor_project", "successor_project").iter_rows():
        assert where[one] == where[other]


def test_a_part_is_as_large_as_asked_and_not_much_larger(province):
    largest = max(len(together) for together in components(province))
    sizes = [len(projects) for projects in parts(province, 10)]
    assert all(10 <= size < 10 + largest for size in sizes[:-1])
    assert sum(sizes) == province["projects"].height


def test_the_extent_holds_every_date_and_the_data_date(province):
    first, last = extent_of(province.tables, date(1990, 1, 1))
    assert first == date(1990, 1, 1)
    assert last == max(
        province[table][column].max()
        for table, column in (("activities", "planned_finish"), ("projects", "planned_finish"), ("targets", "date"))
    )
