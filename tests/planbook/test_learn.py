"""Classes learned from histories, as a new user has them: of any depth and size, with odd and missing values."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_truth import register, world

import backcast as bc
from backcast.planbook.check import check
from backcast.planbook.learning import Tree
from backcast.planbook.problem import PlanbookError
from backcast.planbook.schema import HISTORY, QUANTILES

ALONE = pl.DataFrame()
CUTOFF = "2019-01-01"
LEVELS = [f"p{percent:02}" for percent in QUANTILES]
COLUMNS = {"id": pl.String, "class": pl.String, "interval": pl.String, "status": pl.String,
           "percent_complete": pl.Float64, "baseline_cost": pl.Float64, "actual_cost": pl.Float64}  # fmt: skip


def _rows(n=60, seed=1):
    """Plain rows known on 2020-01-01, most of them finished."""
    rng, last, rows = np.random.default_rng(seed), date(2020, 1, 1), []
    for k in range(n):
        start, planned = date(2015, 1, 1) + timedelta(int(rng.integers(0, 1800))), int(rng.integers(50, 600))
        finish = start + timedelta(int(planned * np.exp(0.1 + 0.3 * rng.standard_normal())) + 1)
        done = finish <= last
        rows.append(
            {"id": f"P{k}", "planned_start": start, "planned_finish": start + timedelta(planned), "actual_start": start,
             "actual_finish": finish if done else None, "status": "finished" if done else "running",
             "observed_at": last}
        )  # fmt: skip
    return rows


def _frame(rows, **changes):
    """Rows as a table; a change is a value, or a function of number and row."""
    changed = [
        row | {name: change(k, row) if callable(change) else change for name, change in changes.items()}
        for k, row in enumerate(rows)
    ]
    schema = {name: COLUMNS.get(name, pl.Date) for name in changed[0]}
    return pl.DataFrame(changed, schema=schema)


CLASSES = ["a", "a/b", "a/b/c/d/e", "/x/", "*", None, "", "a//b", "x/y"]
ODD = {
    "plain": {},
    "all finished": {"actual_finish": lambda k, row: row["actual_start"] + timedelta(90 + k), "status": "finished"},
    "depth 5": {"class": "a/b/c/d/e", "interval": "construction"},
    "depths mixed": {"class": lambda k, _: CLASSES[k % 9], "interval": lambda k, _: [None, "preparation"][k % 2]},
    "no planned start": {"planned_start": None},
    "states not told": {"status": None},
    "planned for a day": {"planned_finish": lambda _, row: row["planned_start"] + timedelta(1)},
    "done on the day of the start": {"actual_finish": lambda _, row: row["actual_start"], "status": "finished"},
    "done on the planned day": {"actual_finish": lambda _, row: row["planned_finish"], "status": "finished",
                                "observed_at": date(2030, 1, 1)},
    "a thousand times as long": {"planned_finish": lambda _, row: row["planned_start"] + timedelta(2),
                                 "actual_finish": lambda k, row: row["actual_start"] + timedelta(2 + 33 * k),
                                 "status": "finished", "observed_at": date(2030, 1, 1)},
    "long ago and far ahead": {"planned_start": lambda k, _: date(1900 + 5 * k, 1, 1),
                               "planned_finish": lambda k, _: date(1903 + 5 * k, 1, 1),
                               "actual_start": lambda k, _: date(1900 + 5 * k, 1, 1),
                               "actual_finish": lambda k, _: date(1904 + 5 * k, 6, 1),
                               "status": "finished", "observed_at": date(2200, 1, 1)},
    "costs of nothing": {"baseline_cost": 0.0, "actual_cost": 0.0},
    "planned for thousands of years": {"planned_finish": date(9999, 12, 31), "actual_start": date(2018, 12, 30),
                                       "actual_finish": lambda k, _: date(2018, 12, 31) if k % 2 else date(2019, 1, 2),
                                       "planned_start": date(1, 1, 1), "status": "finished"},
    "costs that are none": {"baseline_cost": lambda k, _: [np.nan, np.inf, -1.0, 1e300, 1e-300, None][k % 6],
                            "actual_cost": lambda k, _: [1.0, np.nan, np.inf, 1e-300, 1e300, None][k % 6]},
    "per cent that are none": {"percent_complete": lambda k, _: [np.nan, np.inf, -1.0, 150.0, 50.0][k % 5]},
    "every row its own class": {"class": lambda k, _: f"c{k}"},
    "costs and per cent": {"baseline_cost": lambda k, _: k + 1.0, "actual_cost": lambda k, _: 2.0 * k + 1,
                           "percent_complete": lambda k, _: float(k)},
}  # fmt: skip
NOTHING_RAN = ["done on the day of the start"]
WITHOUT_FINISHES = {
    "all running": {"actual_finish": None, "status": "running"},
    "all given up": {"status": "cancelled"},
}


def _is_a_table_of_classes(learned):
    frame = learned.to_frame()
    problems = check(bc.Planbook.of({"classes": frame}))
    assert not [problem for problem in problems if problem.table == "classes"]
    for row in frame.filter(pl.col("class").is_not_null()).iter_rows(named=True):
        assert all(low <= high for low, high in pairwise(row[level] for level in LEVELS))
    assert frame["cancelled"].fill_null(0).is_between(0, 1).all()
    assert str(learned)


@pytest.mark.parametrize("prior", [None, ALONE], ids=["shipped", "alone"])
@pytest.mark.parametrize("odd", ODD)
def test_odd_tables_are_learned_from(odd, prior):
    _is_a_table_of_classes(bc.learn(_frame(_rows(), **ODD[odd]), prior=prior))


@pytest.mark.parametrize("odd", [odd for odd in ODD if odd not in NOTHING_RAN])
def test_odd_tables_are_tried_on_their_past(odd):
    found = bc.backtest(_frame(_rows(), **ODD[odd]), CUTOFF)
    assert np.isfinite(found.overall.crps)
    assert found.overall.n_scored > 0


@pytest.mark.parametrize("odd", NOTHING_RAN)
def test_where_nothing_ran_at_the_cutoff_there_is_nothing_to_try(odd):
    with pytest.raises(PlanbookError, match="Nothing was running on 2019-01-01"):
        bc.backtest(_frame(_rows(), **ODD[odd]), CUTOFF)


@pytest.mark.parametrize("odd", WITHOUT_FINISHES)
def test_without_a_finish_a_history_needs_a_prior(odd):
    frame = _frame(_rows(), **WITHOUT_FINISHES[odd])
    _is_a_table_of_classes(bc.learn(frame))
    with pytest.raises(PlanbookError, match="Nothing had finished by"):
        bc.learn(frame, prior=ALONE)


@pytest.mark.parametrize(("unit", "told"), [(1.0, 2750.0), (1e-4, 0.275)])
def test_a_typical_cost_is_told_in_any_unit(unit, told):
    learned = bc.learn(_frame(_rows(), baseline_cost=2749.6 * unit), prior=ALONE)
    assert learned.to_frame()["typical_cost"][0] == told


@pytest.mark.parametrize("n", [1, 2, 5, 20])
def test_a_few_rows_are_enough_with_a_prior(n):
    _is_a_table_of_classes(bc.learn(_frame(_rows(n))))


def test_a_few_rows_hardly_move_a_prior_and_many_do():
    prior = bc.learn(_frame(_rows(400, 9)), prior=ALONE).to_frame().with_columns(n=pl.lit(50))
    slow = [row | {"planned_finish": row["planned_start"] + timedelta(30)} for row in _rows(300, 3)]
    medians = [bc.learn(_frame(slow[:n]), prior=prior).to_frame()["p50"][0] for n in (1, 20, 300)]
    own = bc.learn(_frame(slow), prior=ALONE).to_frame()["p50"][0]
    assert prior["p50"][0] < medians[0] < own
    assert abs(np.log(medians[2] / own)) < 0.1 < abs(np.log(medians[0] / own))


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        (["planned_finish"], "No row tells both when an interval began and when it was planned to finish"),
        (["actual_start", "actual_finish", "observed_at"], "No row tells of a day"),
    ],
)
def test_without_the_columns_that_matter_an_error_says_so(missing, message):
    with pytest.raises(PlanbookError, match=message):
        bc.learn(_frame(_rows()).drop(missing))


@pytest.mark.parametrize("missing", [["status"], ["planned_start"], ["observed_at"], ["status", "observed_at"]])
def test_other_columns_may_be_missing(missing):
    whole, part = (
        bc.learn(frame, prior=ALONE).to_frame() for frame in (_frame(_rows()), _frame(_rows()).drop(missing))
    )
    assert part["p50"][0] == pytest.approx(whole["p50"][0], rel=0.02)


# ---- Any table.

LAST = date(2020, 1, 1)
DATES = [name for name in HISTORY.polars_schema if name.endswith(("_start", "_finish", "_at"))]
OPTIONAL = [name for name in HISTORY.polars_schema if name != "id"]
NUMBERS = st.sampled_from([None, 0.0, 1.0, 50.0, 99.0, 100.0, 150.0, -1.0, np.nan, np.inf, 1e300, 1e-300])
PROJECT = st.fixed_dictionaries(
    {"class": st.sampled_from(CLASSES), "interval": st.sampled_from([None, "", "construction", "preparation"]),
     "start": st.integers(0, 1500), "late": st.sampled_from([None, 0, 0, -30, 90]), "planned": st.integers(-2, 900),
     "takes": st.sampled_from([0.0, 0.5, 1.0, 1.0, 1.3, 4.0]), "restated": st.sampled_from([0, 0, 120]),
     "fate": st.sampled_from(["finished", "finished", "cancelled"]), "is told": st.booleans(),
     "untold": st.lists(st.sampled_from(DATES), max_size=1), "percent_complete": NUMBERS, "baseline_cost": NUMBERS,
     "actual_cost": NUMBERS, "owner": st.sampled_from([None, "A"])}
)  # fmt: skip


def _seen(number, project, observed):
    """One row: what was told of a project on a day."""
    start = LAST - timedelta(project["start"] + 7 * (number % 97))
    finish = start + timedelta(int(max(project["planned"], 1) * project["takes"]))
    begun, over = start <= observed, finish <= observed
    status = project["fate"] if over else "running" if begun else "not_started"
    plan = None if project["late"] is None else start - timedelta(project["late"])
    moved = timedelta(project["planned"] + project["restated"] * observed.month)
    dates = {"planned_start": plan, "planned_finish": start + moved, "actual_start": start if begun else None,
             "actual_finish": finish if over else None, "observed_at": observed}  # fmt: skip
    untold = dict.fromkeys(project["untold"])
    return (
        {"id": f"P{number}", "status": status if project["is told"] else None}
        | dates
        | untold
        | {name: project[name] for name in ("class", "interval", "owner", *COLUMNS) if name in project}
    )


@st.composite
def _tables(draw):
    """Registers of one to a few hundred rows, of one day or of several, without some of the columns."""
    projects = draw(st.lists(PROJECT, min_size=1, max_size=12)) * draw(st.sampled_from([1, 1, 8]))
    days = [date(2019, 6 * k + 1, 1) if k < 2 else LAST for k in range(draw(st.sampled_from([2, 0, 1])), 3)]
    rows = [_seen(number, project, day) for number, project in enumerate(projects) for day in days]
    columns = {name: COLUMNS.get(name, pl.Date) for name in rows[0]}
    frame = pl.DataFrame(rows, schema=columns | {"owner": pl.String})
    return frame.drop(draw(st.lists(st.sampled_from(OPTIONAL), max_size=2)), strict=False)


def _learned_or_refused(found, table, *given, **more):
    """What comes of a call; None where a sentence refuses the table."""
    try:
        return found(table, *given, **more)
    except PlanbookError as error:
        said = str(error)
    assert re.fullmatch(r"(history[^\n]*: [A-Z“][^\n]*\.\n?)+", said)
    return None


@settings(max_examples=60)
@given(_tables(), st.sampled_from([None, ALONE]))
def test_any_table_is_learned_from_or_refused_in_a_sentence(table, prior):
    if learned := _learned_or_refused(bc.learn, table, prior=prior):
        _is_a_table_of_classes(learned)


@settings(max_examples=60)
@given(_tables(), st.sampled_from([None, ALONE]), st.integers(0, 700), st.integers(1, 3), st.booleans())
def test_any_table_is_tried_on_its_past_or_refused_in_a_sentence(table, prior, ago, depth, stated):
    cutoff = LAST - timedelta(ago)
    if found := _learned_or_refused(bc.backtest, table, cutoff, prior=prior, depth=depth, stated=stated):
        assert found.cases.select(pl.col("probability", "ever", "pit").is_between(0, 1).all()).row(0) == (True,) * 3
        scores = found.cases.select("crps", "pinball", "class_only", "planned", "kaplan_meier").to_numpy()
        assert (np.isfinite(scores) & (scores >= 0)).all()
        assert str(found)


# ---- Laws.


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_means_nothing(random):
    rows = _rows(40)
    other = random.sample(rows, len(rows))
    one, another = (
        bc.learn(_frame(given, **{"class": lambda _, row: f"c/{int(row['id'][1:]) % 3}"}), prior=ALONE)
        for given in (rows, other)
    )
    np.testing.assert_allclose(one.model.log_ratio, another.model.log_ratio, atol=1e-9)


def test_what_a_prior_says_comes_back_where_nothing_was_seen():
    prior = bc.learn(register(world(800, 3), "2024-01-01"), prior=ALONE).to_frame()
    begun = _frame(_rows(5), actual_start=date(2020, 1, 1), actual_finish=None, status="running",
                   planned_start=date(2020, 1, 1), planned_finish=date(2021, 1, 1))  # fmt: skip
    again = bc.learn(begun, prior=prior).to_frame()
    np.testing.assert_allclose(again.select(LEVELS).row(0)[1:-1], prior.select(LEVELS).row(0)[1:-1], rtol=0.02)


def test_cases_add_up_along_the_tree():
    learned = bc.learn(register(world(600, 4), CUTOFF), prior=ALONE)
    rows = {row["class"]: row["n"] for row in learned.to_frame().iter_rows(named=True) if row["interval"] is None}
    assert rows["*"] == rows["building"] + rows["digital"] + rows["rail"]
    assert rows["building"] == rows["building/hospital"] + rows["building/school"]


def test_every_class_stands_after_the_one_above_it():
    tree = Tree.of(
        pl.DataFrame({"class": CLASSES, "interval": ["", "p"] * 4 + [""]}).with_columns(pl.col("class").fill_null("*"))
    )
    assert tree.parent[0] == -1
    assert (tree.parent[1:] < np.arange(1, tree.parent.size)).all()
    assert tree.index("", "a/b/c/d/e/f/g") == tree.nodes["", ("a", "b", "c", "d", "e")]
    assert tree.index("never seen", "a") == 0
    assert tree.index("p", "quite/new") == tree.nodes["p", ()]
