"""What an import would do, and what it did."""

from datetime import date

import polars as pl
import pytest
from cast import DATONG, PROVINCE, actor_for, nobody

from backcast.planbook.problem import PlanbookError
from backcast.planbook.schema import PROJECTS
from backcast.web.audit.models import Event
from backcast.web.core.actor import Route
from backcast.web.core.refusals import Conflict, Invalid
from backcast.web.core.roles import Role
from backcast.web.directory.models import Region
from backcast.web.exchange.differences import changes, digests, identity
from backcast.web.exchange.reading import rows
from backcast.web.exchange.writing import apply, prepare
from backcast.web.projects.models import Project, Relationship

pytestmark = pytest.mark.django_db
OFFICER = actor_for(Role.PROJECT_OFFICER, DATONG, route=Route.IMPORT)


def frame(**columns):
    """Some columns of the table projects."""
    return pl.DataFrame(columns, schema={name: PROJECTS[name].polars_type for name in columns})


def sentences(found):
    return [f"{problem.row} {problem.column}: {problem.message.read('en')}" for problem in found.problems]


def test_what_was_exported_changes_nothing(plan, operator):
    found = changes("projects", rows("projects", operator, plan), operator, plan)
    assert (found.created.height, found.changed, found.unchanged, found.problems) == (0, (), 3, ())


def test_only_differing_columns_are_told_with_old_and_new(plan, operator):
    exported = rows("projects", operator, plan)
    edited = exported.with_columns(
        stage=pl.when(pl.col("code") == "P2").then(pl.lit("started")).otherwise("stage"),
        actual_start=pl.when(pl.col("code") == "P2").then(pl.lit(date(2023, 3, 1))),
    )
    found = changes("projects", edited, operator, plan)
    assert found.unchanged == 2
    (change,) = found.changed
    assert (change.row, change.identity, change.version) == (3, "P2", 1)
    assert change.before == {"stage": "preparation", "actual_start": None}
    assert change.after == {"stage": "started", "actual_start": date(2023, 3, 1)}


def test_columns_that_a_file_leaves_out_stay_as_they_are(plan, operator):
    found = changes("projects", frame(code=["P1"], owner=["某公司"]), operator, plan)
    assert [change.after for change in found.changed] == [{"owner": "某公司"}]
    apply(prepare(found, by=operator), by=operator)
    project = Project.objects.get(code="P1")
    assert (project.owner, str(project.total_investment), project.task.code) == ("某公司", "1234.5000", "T1.1")


def test_an_import_is_written_counted_up_and_audited(plan, operator):
    edited = pl.concat(
        [
            frame(code=["P1"], name=["改名"], kind=["construction"], lead_region=["140100"], stage=["reserve"]),
            frame(code=["P9"], name=["新项目"], kind=["rollout"], lead_region=["140200"], stage=["concept"]),
        ]
    )
    before = Event.objects.count()
    told = apply(prepare(changes("projects", edited, operator, plan), by=operator), by=operator)
    assert (told.created, told.changed) == (1, 1)
    old, new = Project.objects.get(code="P1"), Project.objects.get(code="P9")
    assert (old.name, old.version, new.version, new.plan, new.confidentiality) == ("改名", 2, 1, plan, "internal")
    events = Event.objects.filter(number__gt=before).order_by("number")
    assert [(event.action, event.object_code) for event in events] == [
        ("project.added", "P9"),
        ("project.changed", "P1"),
    ]
    assert (events[1].values_before, events[1].values_after) == ({"name": "项目P1"}, {"name": "改名"})
    assert events[0].object_key == str(new.pk)


def test_rows_of_a_file_may_refer_to_each_other(plan, operator):
    edited = frame(
        **{"code": ["P8", "P9"], "parent": ["P9", None], "name": ["子", "母"], "kind": ["construction"] * 2},
        **{"lead_region": ["140200"] * 2, "stage": ["concept"] * 2},
    )
    apply(prepare(changes("projects", edited, operator, plan), by=operator), by=operator)
    assert Project.objects.get(code="P8").parent.code == "P9"


def test_every_fault_is_told_with_its_row(plan, operator):
    edited = frame(
        code=["P7", "P7", None, "P8"],
        name=["名" * 400, "二", "三", "四"],
        kind=["construction", "tunnel", "construction", "construction"],
        lead_region=["140100", "149999", "140100", "140100"],
        stage=["concept"] * 4,
        task=[None, None, None, "T7"],
    )
    found = changes("projects", edited, operator, plan)
    told = "\n".join(sentences(found))
    for wanted in ("3 code: Row 2 already has", "4 code: The cell is empty", "2 name: The text has 400 characters"):
        assert wanted in told
    assert "5 task: There is no “T7” in the table “tasks”" in told
    with pytest.raises(PlanbookError):
        apply(prepare(found, by=operator), by=operator)
    assert Project.objects.count() == 3


def test_a_row_that_somebody_changed_since_the_export_is_a_conflict(plan, operator):
    exported = rows("projects", operator, plan)
    then = dict(zip(identity(PROJECTS, exported), ((1, digest) for digest in digests(PROJECTS, exported)), strict=True))
    apply(
        prepare(changes("projects", frame(code=["P1", "P2"], owner=["甲", "乙"]), operator, plan), by=operator),
        by=operator,
    )
    mine = exported.with_columns(sector=pl.when(pl.col("code") != "P2").then(pl.lit("rail")))
    found = changes("projects", mine, operator, plan, exported=then)
    assert [change.identity for change in found.changed] == ["P3"]
    assert [(change.identity, change.before) for change in found.conflicts] == [("P1", {"owner": "甲", "sector": None})]
    assert found.unchanged == 1
    apply(prepare(found, by=operator), by=operator)
    assert list(Project.objects.order_by("code").values_list("code", "owner", "sector")) == [
        ("P1", "甲", ""),
        ("P2", "乙", ""),
        ("P3", "", "rail"),
    ]


def test_a_change_between_preview_and_commit_stops_everything(plan, operator):
    found = changes("projects", frame(code=["P1", "P2"], owner=["甲", "乙"]), operator, plan)
    Project.objects.get(code="P2").save_changes(["sector"], expected=1)
    with pytest.raises(Conflict, match="P2"):
        apply(prepare(found, by=operator), by=operator)
    assert set(Project.objects.values_list("owner", flat=True)) == {""}


def test_a_city_writes_its_own_projects_only(plan, operator):
    edited = frame(code=["P2", "P9"], name=["二", "九"], kind=["construction"] * 2,
                   stage=["preparation", "reserve"], lead_region=["140200", "140100"])  # fmt: skip
    found = changes("projects", edited, OFFICER, plan)
    assert [(problem.row, problem.column) for problem in found.problems] == [(3, "lead_region")]
    assert "Your account may not change this row" in sentences(found)[0]
    fine = changes("projects", edited.head(1), OFFICER, plan)
    apply(prepare(fine, by=OFFICER), by=OFFICER)
    assert Project.objects.get(code="P2").name == "二"


def test_a_city_can_neither_see_nor_take_the_code_of_another(plan):
    assert rows("projects", OFFICER, plan)["code"].to_list() == ["P2", "P3"]
    edited = frame(code=["P1"], name=["一"], kind=["construction"], lead_region=["140200"], stage=["reserve"])
    found = changes("projects", edited, OFFICER, plan)
    assert found.created.height == 1
    assert "in use elsewhere" in sentences(found)[0]
    activity = pl.DataFrame([{"project": "P1", "code": "A1", "duration": 99}])
    assert "There is no “P1”" in sentences(changes("activities", activity, OFFICER, plan))[0]


def test_a_parent_out_of_sight_does_not_keep_a_row_from_being_edited(plan):
    exported = rows("projects", OFFICER, plan)
    found = changes("projects", exported.with_columns(owner=pl.lit("业主")), OFFICER, plan)
    assert found.problems == ()
    apply(prepare(found, by=OFFICER), by=OFFICER)
    assert Project.objects.get(code="P3").parent.code == "P1"


def test_a_project_cannot_be_moved_out_of_ones_reach(plan):
    found = changes("projects", frame(code=["P2"], lead_region=["140100"]), OFFICER, plan)
    assert [problem.column for problem in found.problems] == ["lead_region"]


@pytest.mark.parametrize("actor", [nobody(), actor_for(Role.LEADER, PROVINCE), actor_for(Role.REPORTER, PROVINCE)])
def test_a_table_of_the_plan_takes_a_plan_officer(plan, actor):
    task = pl.DataFrame([{"code": "T9", "name": "任务九"}])
    assert "plan officer" in sentences(changes("tasks", task, actor, plan))[0]


def test_a_reporter_tells_of_progress_and_decides_nothing(plan):
    reporter = actor_for(Role.REPORTER, DATONG)
    told = frame(code=["P2"], physical_percent_complete=[12.0], stage=["started"], actual_start=[date(2023, 3, 1)])
    assert changes("projects", told, reporter, plan).problems == ()
    new = frame(code=["P9"], name=["九"], kind=["construction"], lead_region=["140200"], stage=["concept"])
    for other in (told.with_columns(owner=pl.lit("某公司")), new):
        assert "plan officer, project officer" in "".join(sentences(changes("projects", other, reporter, plan)))
    shares = pl.DataFrame([{"project": "P2", "region": "140200", "share": 1.0}])
    assert "Your account may not" in sentences(changes("shares", shares, reporter, plan))[0]


@pytest.mark.parametrize(
    ("code", "stage", "sentence"),
    [
        ("P1", "completed", "goes on to: preparation, deferred, terminated, withdrawn"),
        ("P1", "preparation", "must be known by the stage “preparation”"),
        ("P2", "terminated", "takes a reason"),
        ("P2", "recognised", "goes on to: started"),
    ],
)
def test_a_stage_is_reached_by_a_transition(plan, operator, code, stage, sentence):
    found = changes("projects", frame(code=[code], stage=[stage]), operator, plan)
    assert any(sentence in told for told in sentences(found))


def test_a_mark_of_a_state_secret_is_refused_and_not_repeated(plan, operator):
    found = changes("projects", frame(code=["P1"], note=["机密★10年"]), operator, plan)
    assert "state secrets" in sentences(found)[0]
    assert found.problems[0].value == ""


def test_shares_add_up_with_those_that_the_file_leaves_out(plan, operator):
    both = pl.DataFrame([{"project": "P1", "region": f"140{city}00", "share": 0.5} for city in (1, 2)])
    apply(prepare(changes("shares", both, operator, plan), by=operator), by=operator)
    alone = both.head(1).with_columns(share=pl.lit(0.6))
    assert "add up to 1.1" in sentences(changes("shares", alone, operator, plan))[0]


def test_dates_that_contradict_each_other_are_told(plan, operator):
    found = changes("projects", frame(code=["P2"], planned_start=[date(2025, 1, 1)]), operator, plan)
    assert "planned_finish (2024-12-31) is before planned_start (2025-01-01)" in sentences(found)[0]


def test_a_region_gets_its_path_and_moves_with_its_parent(plan, operator):
    county = pl.DataFrame([{"code": "140224", "name": "灵丘县", "level": "county", "parent": "140200"}])
    apply(prepare(changes("regions", county, operator, plan), by=operator), by=operator)
    assert Region.objects.get(code="140224").path == "/140000/140200/140224/"
    apply(
        prepare(changes("regions", county.with_columns(parent=pl.lit("140100")), operator, plan), by=operator),
        by=operator,
    )
    assert Region.objects.get(code="140224").path == "/140000/140100/140224/"
    loop = pl.DataFrame([{"code": "140000", "parent": "140224"}])
    with pytest.raises(Invalid, match="140224"):
        apply(prepare(changes("regions", loop, operator, plan), by=operator), by=operator)


def test_a_relationship_is_found_by_both_its_ends(plan, operator):
    lagged = rows("relationships", operator, plan).with_columns(lag=pl.lit(5, pl.Int64))
    found = changes("relationships", lagged, operator, plan)
    apply(prepare(found, by=operator), by=operator)
    assert Relationship.objects.get().lag == 5
    other = lagged.with_columns(successor=pl.lit("A7"))
    assert "There is no “A7” in the table “activities”" in sentences(changes("relationships", other, operator, plan))[0]


def test_queries_do_not_grow_with_the_rows(plan, operator, django_assert_max_num_queries):
    many = pl.DataFrame(
        [
            {"code": f"N{i}", "name": "新", "kind": "construction", "lead_region": "140200", "stage": "concept",
             "parent": "P1", "task": "T1"} for i in range(400)
        ]
    )  # fmt: skip
    with django_assert_max_num_queries(29):
        apply(prepare(changes("projects", many, operator, plan), by=operator), by=operator)
    with django_assert_max_num_queries(29):
        apply(
            prepare(changes("projects", many.with_columns(owner=pl.lit("业主")), operator, plan), by=operator),
            by=operator,
        )
    assert Project.objects.filter(owner="业主", version=2).count() == 400
