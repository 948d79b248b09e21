"""A planbook of Parquet files is read part by part, and says what is wrong with a part as with the whole."""

import pickle
from pathlib import Path

import polars as pl
import pytest

import backcast as bc
from backcast.interchange.source import ParquetSource
from backcast.planbook.parts import BY_PROJECT, components, part_of
from backcast.planbook.sources import InMemory
from backcast.planbook.timeline import extent_of


@pytest.fixture(scope="module")
def province():
    return bc.practice(bc.read_planbook(Path(__file__).parents[2] / "examples" / "shanxi"), projects=80, seed=2)


@pytest.fixture
def written(province, tmp_path):
    """Write the province with some tables replaced; a table of None gets no file."""

    def write(**tables):
        bc.write_planbook(province, tmp_path / "p", parquet=True)
        for name, frame in tables.items():
            frame.write_parquet(tmp_path / "p" / f"{name}.parquet")
        return tmp_path / "p"

    return write


def test_parquet_files_are_a_source_that_holds_no_project(written):
    source = bc.open_planbook(written())
    assert isinstance(source, ParquetSource)
    assert all(source.plan[name].is_empty() for name in BY_PROJECT)
    assert source.plan["targets"].height > 0


def test_any_other_planbook_is_read_into_memory(province, written, tmp_path):
    bc.write_planbook(province, tmp_path / "csv")
    renamed = written(outputs=province["outputs"].rename({"project": "项目"}))
    as_text = written(projects=province["projects"].with_columns(pl.col("planned_start").cast(pl.String)))
    for path in (tmp_path / "csv", renamed, as_text):
        source = bc.open_planbook(path)
        assert isinstance(source, InMemory)
        assert source.planbook == province


def test_the_source_knows_who_waits_for_whom_and_how_far_dates_reach(province, written):
    source, when = bc.open_planbook(written()), province["plan"]["data_date"].item()
    assert list(source.components()) == list(components(province))
    assert source.extent(when) == extent_of(province.tables, when)


def test_a_part_that_was_sent_elsewhere_holds_its_projects_and_no_other(province, written):
    some = [project for together in list(components(province))[:5] for project in together]
    part = pickle.loads(pickle.dumps(bc.open_planbook(written()).pack(some)))()
    assert part == part_of(province, some)


@pytest.mark.parametrize("table", ["activities", "outputs", "relationships"])
def test_what_is_said_of_no_project_is_told(province, written, table):
    column = BY_PROJECT[table][-1]
    frame = province[table].with_columns(
        pl.when(pl.int_range(pl.len()) == 3).then(pl.lit("X")).otherwise(column).alias(column)
    )
    with pytest.raises(bc.PlanbookError, match=r"There is no “X” in the table “projects”\."):
        list(bc.open_planbook(written(**{table: frame})).components())


def test_an_error_of_the_plan_is_told_when_it_is_opened(province, written):
    targets = province["targets"].with_columns(region=pl.lit("nowhere"))
    with pytest.raises(bc.PlanbookError, match="There is no “nowhere” in the table “regions”"):
        bc.open_planbook(written(targets=targets))


def test_an_error_of_a_project_is_told_with_the_row_of_its_file(province, written):
    wrong = province["outputs"].with_columns(
        indicator=pl.when(pl.int_range(pl.len()) == 7).then(pl.lit("none_such")).otherwise("indicator")
    )
    path = written(outputs=wrong)
    source = bc.open_planbook(path)
    with pytest.raises(bc.PlanbookError) as of_the_part:
        source.pack([wrong["project"][7]])()
    with pytest.raises(bc.PlanbookError) as of_the_whole:
        bc.read_planbook(path)
    (found,), (expected,) = of_the_part.value.problems, of_the_whole.value.problems
    assert (found.table, found.row, found.column, found.value) == ("outputs", 9, "indicator", "none_such")
    assert found == expected


def test_outputs_too_large_together_are_refused_as_by_a_run(province):
    outputs = province["outputs"].with_columns(amount=pl.lit(4e11))
    with pytest.raises(bc.PlanbookError, match="more than can be counted with") as by_a_run:
        bc.run(province.replace(outputs=outputs), draws=2)
    with pytest.raises(bc.PlanbookError, match="more than can be counted with") as in_parts:
        bc.verdicts(province.replace(outputs=outputs), draws=2, least=10)
    assert in_parts.value.problems == by_a_run.value.problems
