from datetime import date
from itertools import pairwise

import polars as pl
import pytest

from backcast.planbook.book import Planbook
from backcast.planbook.check import check


def planbook(links, codes=("A10", "A20", "A30"), **tables):
    """Return two projects with the same activities, "a" and "b", and one without any, "c"."""
    rows = [end.split("/") for link in links for end in link]
    ends = ("predecessor_project", "predecessor", "successor_project", "successor")
    cells = [[*before, *after] for before, after in zip(rows[::2], rows[1::2], strict=True)]
    return Planbook.of(
        {
            "plan": pl.DataFrame({"code": "p", "name": "x", "starts": date(2021, 1, 1), "ends": date(2025, 12, 31)}),
            "regions": pl.DataFrame({"code": "14", "name": "x", "level": "province"}),
            "projects": pl.DataFrame({"code": ["a", "b", "c"]}).with_columns(
                name=pl.col("code"), kind=pl.lit("construction"), lead_region=pl.lit("14"), stage=pl.lit("reserve")
            ),
            "activities": pl.DataFrame(
                {"project": "a" if i % 2 else "b", "code": code} for code in codes for i in (0, 1)
            ).with_columns(duration=1),
            "relationships": pl.DataFrame(cells, schema=dict.fromkeys(ends, pl.String), orient="row"),
            **tables,
        }
    )


def problems(*links, **more):
    return sorted((p.table, p.row, p.message.read("en")) for p in check(planbook(links, **more)))


def test_relationships_without_a_loop_are_no_problem():
    assert problems(("a/A10", "a/A20"), ("a/A20", "a/A30"), ("a/A10", "a/A30"), ("a/A30", "b/A10")) == []


def test_a_loop_is_named_with_the_row_of_its_first_relationship():
    assert problems(
        ("a/A30", "a/A30x"), ("a/A10", "a/A20"), ("a/A20", "a/A10"), codes=("A10", "A20", "A30", "A30x")
    ) == [
        (
            "relationships",
            3,
            "Activities wait for each other: A10 → A20 → A10. Remove one of these relationships.",
        )
    ]


def test_an_activity_that_waits_for_itself_is_a_loop():
    assert problems(("a/A10", "a/A10"))[0][2].startswith("Activities wait for each other: A10 → A10.")


def test_a_loop_across_projects_names_them():
    (problem,) = problems(("a/A10", "b/A20"), ("b/A20", "b/A30"), ("b/A30", "a/A10"))
    assert "wait for each other: a/A10 → b/A20 → b/A30 → a/A10." in problem[2]


def test_every_loop_is_found_and_what_comes_before_behind_or_between_is_not_part_of_it():
    found = problems(
        *[("a/A10", "a/A20"), ("a/A20", "a/A10"), ("b/A10", "a/A10"), ("a/A20", "a/A30"), ("a/A30", "b/A20")],
        *[("b/A20", "b/A30"), ("b/A30", "b/A20"), ("b/A30", "c/ramp")],
    )
    assert [(row, sentence.split(":")[1].split(".")[0]) for _, row, sentence in found] == [
        (2, " A10 → A20 → A10"),
        (7, " A20 → A30 → A20"),
    ]


def test_the_steps_of_a_template_wait_for_each_other_too():
    (problem,) = problems(("c/construction", "a/A10"), ("a/A10", "c/preparation"))
    assert "a/A10 → c/preparation → c/construction → a/A10" in problem[2]
    assert problem[1] == 2


def test_a_loop_too_long_to_read_is_shortened():
    codes = tuple(f"A{number:02}" for number in range(40))
    links = [(f"a/{one}", f"a/{other}") for one, other in zip(codes, (*codes[1:], codes[0]), strict=True)]
    (problem,) = problems(*links, codes=codes)
    assert problem[2].startswith("Activities wait for each other: A00 → A01 → A02")
    assert "→ … →" in problem[2]
    assert problem[2].count("→") < 20


def test_a_long_chain_is_walked_without_recursion():
    codes = tuple(f"A{number:05}" for number in range(5000))
    links = [(f"a/{one}", f"a/{other}") for one, other in pairwise(codes)]
    assert problems(*links, codes=codes) == []
    assert len(problems(*links, ("a/A04999", "a/A00000"), codes=codes)) == 1


@pytest.mark.parametrize(
    ("table", "column", "more"),
    [
        ("tasks", "parent", {"name": "x"}),
        ("regions", "parent", {"name": "x", "level": "area"}),
        ("indicators", "numerator", {"name": "x", "unit": "x", "kind": "ratio", "direction": "higher"}),
    ],
)
def test_a_tree_that_bites_its_tail_is_an_error(table, column, more):
    rows = [{"code": "x", column: "z", **more}, {"code": "y", column: "x", **more}, {"code": "z", column: "y", **more}]
    frame = pl.DataFrame([{"code": "14", column: None, **more}, *rows])
    found = [p for p in check(planbook([], **{table: frame})) if "circle" in p.message.template]
    assert [(p.table, p.row, p.column) for p in found] == [(table, 3, column)]
    assert found[0].message.read("en").startswith("These stand one below the other in a circle: x → y → z → x.")


def test_a_project_that_is_its_own_parent_is_an_error():
    book = planbook([])
    projects = book["projects"].with_columns(parent=pl.when(pl.col("code") == "b").then(pl.lit("b")))
    assert [(p.table, p.row, p.column) for p in check(book.replace(projects=projects))] == [("projects", 3, "parent")]
