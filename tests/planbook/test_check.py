from datetime import date

import polars as pl
import pytest

from backcast.planbook.book import Planbook
from backcast.planbook.check import check
from backcast.planbook.schema import SCHEMA

DAY = date(2025, 6, 30)
PLAN = {"code": "p", "name": "规划", "starts": date(2021, 1, 1), "ends": date(2025, 12, 31), "data_date": DAY}
PROVINCE = {"code": "14", "name": "山西", "level": "province"}
CITIES = [
    {"code": "1401", "name": "太原", "level": "prefecture", "parent": "14"},
    {"code": "1402", "name": "大同", "level": "prefecture", "parent": "14"},
]
RACKS = {"code": "racks", "name": "机架", "unit": "架", "kind": "stock", "direction": "higher"}
TARGET = {"indicator": "racks", "region": "14", "date": date(2025, 12, 31), "value": 500.0, "document": "规划"}
CITY_TARGETS = [{**TARGET, "region": "1401", "value": 300.0}, {**TARGET, "region": "1402", "value": 200.0}]
SEEN = {"indicator": "racks", "region": "14", "date": date(2024, 12, 31), "value": 300.0, "source": "a"}
A = {"code": "a", "name": "甲", "kind": "construction", "lead_region": "14", "stage": "construction"}
B = {**A, "code": "b", "name": "乙"}
A10 = {"project": "a", "code": "A10", "duration": 5}
A20 = {"project": "a", "code": "A20", "duration": 5}
SOUND = {
    "plan": [PLAN],
    "regions": [PROVINCE, *CITIES],
    "indicators": [RACKS],
    "targets": [TARGET],
    "observations": [SEEN],
    "projects": [A, B],
    "activities": [A10, A20],
    "outputs": [{"project": "a", "indicator": "racks", "region": "1401", "amount": 100.0}],
    "calendars": [{"code": "c", "week": "1111100"}],
}


def book(**tables):
    """Return a sound planbook with some tables replaced."""
    rows = {**SOUND, **tables}
    return Planbook.of({name: pl.DataFrame(rows[name], schema=_schema(name, rows[name])) for name in rows})


def _schema(name, rows):
    given = {column for row in rows for column in row}
    return {column: kind for column, kind in SCHEMA[name].polars_schema.items() if column in given}


def found(**tables):
    """Return severity, table, row and column of every problem of a sound planbook with some tables replaced."""
    return [(p.severity, p.table, p.row, p.column) for p in check(book(**tables))]


def said(**tables):
    """Return the only problem's sentence."""
    (problem,) = check(book(**tables))
    return problem.message.read("en")


def link(before, after, **more):
    (one, first), (other, second) = before.split("/"), after.split("/")
    ends = {"predecessor_project": one, "predecessor": first, "successor_project": other, "successor": second}
    return {**ends, **more}


def test_a_sound_planbook_has_no_problem():
    assert found() == []


def test_the_empty_planbook_only_lacks_its_plan():
    assert [(p.table, p.row) for p in check(Planbook.of({}))] == [("plan", 0)]


def test_rows_are_named_as_the_file_has_them():
    planbook = book(regions=[PROVINCE, {**CITIES[0], "parent": "x"}])
    rows = {name: range(10, 10 + frame.height) for name, frame in planbook.tables.items()}
    assert [p.row for p in check(planbook, rows) if p.table == "regions"] == [11]


class TestValues:
    def test_an_empty_required_cell_is_an_error(self):
        assert found(projects=[A, {**B, "stage": None}]) == [("error", "projects", 3, "stage")]

    def test_a_value_that_is_no_choice_names_the_closest_and_all_others(self):
        sentence = said(projects=[A, {**B, "stage": "startd"}])
        assert sentence.startswith(
            "“startd” is not allowed here. Did you mean “started”? Allowed are: concept (谋划), "
        )
        assert "退库" in said(projects=[A, {**B, "stage": "xyz"}])

    def test_a_chinese_word_close_to_a_label_is_suggested(self):
        assert "Did you mean “开工”?" in said(projects=[A, {**B, "stage": "已开工"}])

    @pytest.mark.parametrize(("percent", "problems"), [(0, 0), (100, 1), (-1, 1), (101, 2)])
    def test_a_number_beyond_its_bounds_is_an_error(self, percent, problems):
        assert len(found(projects=[{**A, "physical_percent_complete": float(percent)}, B])) == problems

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
    def test_a_number_that_is_none_is_an_error(self, value):
        assert ("error", "observations", 2, "value") in found(observations=[{**SEEN, "value": value}])

    @pytest.mark.parametrize(("year", "sound"), [(1948, False), (1949, True), (2100, True), (2108, False)])
    def test_a_date_far_from_our_time_is_an_error(self, year, sound):
        assert found(projects=[A, {**B, "planned_finish": date(year, 10, 21)}]) is not sound

    def test_percentages_that_look_like_parts_of_one_are_a_warning(self):
        projects = [{**A, "physical_percent_complete": 0.85}, {**B, "physical_percent_complete": 0.2}]
        assert found(projects=projects) == [("warning", "projects", 2, "physical_percent_complete")]
        assert found(projects=[projects[0], {**B, "physical_percent_complete": 20.0}]) == []


class TestKeysAndReferences:
    def test_a_key_that_is_there_twice_names_both_rows(self):
        assert found(targets=[TARGET, TARGET]) == [("error", "targets", 3, "document")]
        assert said(regions=[PROVINCE, *CITIES, PROVINCE]) == (
            "Row 2 already has code “14”. Remove or correct one of the two rows."
        )

    def test_every_table_has_its_key_checked(self):
        values = {"date": DAY, "number": 2025.0, "whole number": 2025, "text": "2025"}
        rows = {name: {key: values[table[key].type] for key in table.key} for name, table in SCHEMA.items()}
        planbook = Planbook.of({name: pl.DataFrame([row, row]) for name, row in rows.items()})
        doubles = [(p.table, p.row) for p in check(planbook) if "already has" in p.message.template]
        assert sorted(doubles) == sorted((name, 3) for name in SCHEMA)

    def test_rows_that_differ_in_an_optional_part_of_the_key_are_two(self):
        whole = {"project": "a", "indicator": "racks", "amount": 1.0}
        assert found(outputs=[whole, {**whole, "gate": "start"}]) == []
        assert found(outputs=[whole, whole]) == [("error", "outputs", 3, "gate")]

    def test_an_unknown_reference_names_the_closest(self):
        sentence = said(projects=[A, {**B, "lead_region": "1401x"}])
        assert sentence == "There is no “1401x” in the table “regions”. Did you mean “1401”?"

    def test_every_reference_is_checked(self):
        columns = {name: [column.name for column in table if column.refers_to] for name, table in SCHEMA.items()}
        planbook = Planbook.of({name: pl.DataFrame(dict.fromkeys(names, "nowhere")) for name, names in columns.items()})
        missing = {(p.table, p.column) for p in check(planbook) if p.message.template.startswith("There is no")}
        assert missing == {(name, column) for name, names in columns.items() for column in names}

    def test_a_relationship_with_an_unknown_activity_is_an_error(self):
        assert found(relationships=[link("a/A10", "a/A20")]) == []
        assert said(relationships=[link("a/A10", "a/A21")]) == "Project “a” has no activity “A21”. Did you mean “A20”?"

    def test_a_project_without_activities_has_those_of_its_template(self):
        assert found(relationships=[link("b/construction", "a/A10")]) == []
        assert found(relationships=[link("b/A10", "a/A10")]) == [("error", "relationships", 2, "predecessor")]

    def test_an_observation_of_an_unknown_definition_is_an_error(self):
        definition = {"indicator": "racks", "version": "v1", "text": "在用"}
        assert found(observations=[{**SEEN, "definition": "v1"}], definitions=[definition]) == []
        assert found(observations=[{**SEEN, "definition": "v2"}], definitions=[definition]) == [
            ("error", "observations", 2, "definition")
        ]


class TestDates:
    @pytest.mark.parametrize(
        ("table", "row", "first", "last", "severity"),
        [
            ("projects", A, "planned_start", "planned_finish", "error"),
            ("projects", {**A, "stage": "completed"}, "actual_start", "actual_finish", "error"),
            ("activities", A10, "planned_start", "planned_finish", "error"),
            ("activities", A10, "actual_start", "actual_finish", "error"),
            ("calendar_days", {"calendar": "c", "working": False}, "first", "last", "error"),
            ("targets", TARGET, "issued", "valid_to", "warning"),
            ("listings", {"project": "a", "year": 2025, "tier": "city"}, "entered", "left", "warning"),
            ("returns", {"project": "a", "period": DAY}, "actual_start", "actual_finish", "warning"),
            ("returns", {"project": "a", "period": DAY}, "actual_start", "forecast_finish", "warning"),
        ],
    )
    def test_what_comes_last_is_not_before_what_comes_first(self, table, row, first, last, severity):
        early, late = date(2025, 1, 1), date(2025, 1, 2)
        base = {"projects": [A], "activities": [A10], "outputs": []}
        assert found(**{**base, table: [{**row, first: early, last: early}]}) == []
        assert found(**{**base, table: [{**row, first: late, last: early}]}) == [(severity, table, 2, last)]

    def test_the_sentence_names_both_dates(self):
        sentence = said(projects=[A, {**B, "planned_start": date(2025, 2, 1), "planned_finish": date(2025, 1, 1)}])
        assert sentence == ("planned_finish (2025-01-01) is before planned_start (2025-02-01). Correct one of them.")

    def test_what_happened_after_the_data_date_is_a_warning_unless_it_was_known_later(self):
        late = date(2025, 7, 1)
        assert found(projects=[A, {**B, "actual_start": DAY}]) == []
        assert found(projects=[A, {**B, "actual_start": late}]) == [("warning", "projects", 3, "actual_start")]
        assert found(projects=[A, {**B, "actual_start": late, "known_from": late}]) == []
        returned = {"project": "a", "period": date(2025, 7, 31), "actual_start": late}
        assert found(returns=[returned]) == []
        assert found(returns=[{**returned, "period": DAY}]) == [("warning", "returns", 2, "actual_start")]

    def test_without_a_data_date_nothing_is_too_late(self):
        plan = [{**PLAN, "data_date": None}]
        assert found(plan=plan, projects=[A, {**B, "actual_start": date(2030, 1, 1)}]) == []


class TestParts:
    def test_a_planbook_holds_one_plan(self):
        assert found(plan=[PLAN, {**PLAN, "code": "q"}]) == [("error", "plan", 3, "code")]

    def test_a_plan_ends_after_it_starts(self):
        assert found(plan=[{**PLAN, "ends": PLAN["starts"]}]) == [("error", "plan", 2, "ends")]

    @pytest.mark.parametrize(
        ("week", "sound"),
        [("1111100", True), ("0000001", True), ("0000000", False), ("111110", False), ("11111OO", False)],
    )
    def test_a_week_is_seven_digits_of_which_one_works(self, week, sound):
        assert found(calendars=[{"code": "c", "week": week}]) is not sound

    @pytest.mark.parametrize(("low", "high", "sound"), [(5, 5, True), (6, 5, False)])
    def test_the_days_of_a_risk_rise(self, low, high, sound):
        risk = {"code": "r", "name": "x", "probability": 0.5, "days_low": low, "days_high": high}
        assert found(risks=[risk]) is not sound

    @pytest.mark.parametrize(("p50", "sound"), [(1.0, True), (1.5, True), (0.5, False), (2.5, False)])
    def test_the_quantiles_of_a_class_rise(self, p50, sound):
        assert found(classes=[{"class": "*", "p10": 0.8, "p50": p50, "p90": 2.0}]) is not sound

    def test_the_first_pair_of_quantiles_that_falls_is_named(self):
        sound = {"class": "rail", "p05": 0.5, "p10": 0.8, "p50": 1.0, "p80": 1.0, "p90": 2.0, "p99": 2.0}
        fallen = {"class": "*", "p10": 0.8, "p40": 1.2, "p50": 1.0, "p80": 0.9, "p90": 2.0}
        assert found(classes=[sound, fallen]) == [("error", "classes", 3, "p50")]
        assert said(classes=[fallen]) == "P50 must not lie below P40, which is 1.2. Correct one of them."

    @pytest.mark.parametrize("p10", [0.0, -3.0])
    def test_only_days_may_be_0_or_less(self, p10):
        class_ = {"class": "*", "p10": p10, "p50": 1.0, "p90": 2.0}
        for interval in (None, "construction", "cost"):
            assert found(classes=[class_ | {"interval": interval}]) == [("error", "classes", 2, "p10")]
        assert found(classes=[class_ | {"interval": "start_delay"}]) == []

    def test_a_constraint_has_a_date_and_a_date_a_constraint(self):
        sound = {**A10, "constraint": "must_start_on", "constraint_date": DAY}
        assert found(activities=[sound]) == []
        assert found(activities=[{**sound, "constraint_date": None}]) == [("error", "activities", 2, "constraint_date")]
        assert found(activities=[{**sound, "constraint": None}]) == [("warning", "activities", 2, "constraint_date")]


class TestProgress:
    @pytest.mark.parametrize(
        ("kind", "stage", "sound"),
        [
            ("recognition", "construction", False),
            ("recognition", "recognised", True),
            ("recognition", "terminated", True),
            ("construction", "recognised", False),
            ("rollout", "construction", True),
            ("construction", "accepted", True),
        ],
    )
    def test_the_stage_is_one_that_the_kind_passes(self, kind, stage, sound):
        assert found(projects=[A, {**B, "kind": kind, "stage": stage}]) is not sound

    def test_what_is_complete_has_an_actual_finish(self):
        done = {**B, "physical_percent_complete": 100.0}
        assert found(projects=[A, done]) == [("warning", "projects", 3, "actual_finish")]
        assert found(projects=[A, {**B, "stage": "production"}]) == [("warning", "projects", 3, "actual_finish")]
        assert found(projects=[A, {**done, "stage": "completed", "actual_finish": DAY}]) == []
        assert found(activities=[{**A10, "physical_percent_complete": 100.0}]) == [
            ("warning", "activities", 2, "actual_finish")
        ]

    @pytest.mark.parametrize(("stage", "problems"), [("construction", 1), ("reserve", 1), ("completed", 0)])
    def test_what_has_an_actual_finish_has_no_earlier_stage(self, stage, problems):
        row = {**B, "stage": stage, "actual_finish": DAY}
        assert found(projects=[A, row]) == [("warning", "projects", 3, "stage")] * problems

    def test_what_waits_for_a_project_that_was_terminated_waits_in_vain(self):
        gone = {**B, "stage": "terminated"}
        links = [link("b/construction", "a/A10"), link("a/A10", "a/A20")]
        assert found(projects=[A, B], relationships=links) == []
        assert found(projects=[A, gone], relationships=links) == [
            ("warning", "relationships", 2, "predecessor_project")
        ]
        assert said(projects=[A, gone], relationships=links).startswith("Project “a” waits for “b”, whose stage is")

    def test_what_a_terminated_project_had_finished_may_be_waited_for(self):
        done = {"project": "b", "code": "B10", "duration": 5, "actual_finish": date(2024, 6, 30)}
        tables = {"activities": [A10, A20, done], "relationships": [link("b/B10", "a/A10")]}
        assert found(projects=[A, {**B, "stage": "terminated"}], **tables) == []

    def test_what_has_an_actual_finish_is_complete(self):
        half = {**B, "stage": "completed", "physical_percent_complete": 50.0, "actual_finish": DAY}
        assert found(projects=[A, half]) == [("warning", "projects", 3, "physical_percent_complete")]

    def test_progress_that_falls_names_both_returns(self):
        returns = [
            {"project": "a", "period": date(2025, month, 28), "physical_percent_complete": percent}
            for month, percent in ((3, 30.0), (1, 40.0), (2, 50.0))
        ]
        assert found(returns=returns) == [("warning", "returns", 2, "physical_percent_complete")]
        assert "Progress fell from 50% on 2025-02-28 to 30%." in said(returns=returns)
        other = [{**row, "project": project} for row, project in zip(returns, ("a", "b", "b"), strict=True)]
        assert found(returns=other) == []

    def test_a_project_and_its_parent_do_not_both_count(self):
        outputs = [{"project": code, "indicator": "racks", "amount": 10.0} for code in ("a", "b")]
        child = {**B, "parent": "a"}
        assert found(projects=[A, child], outputs=outputs) == [("warning", "projects", 3, "parent")]
        assert found(projects=[A, {**child, "counts": False}], outputs=outputs) == []
        assert found(projects=[A, child], outputs=outputs[1:]) == []


class TestAmounts:
    @pytest.mark.parametrize(("share", "sound"), [(0.5, True), (0.4995, True), (0.4, False), (0.6, False)])
    def test_shares_add_up_to_one(self, share, sound):
        shares = [
            {"project": "a", "region": "1401", "share": 0.5},
            {"project": "a", "region": "1402", "share": share},
        ]
        assert found(shares=shares) == ([] if sound else [("error", "shares", 2, "share")])

    def library(self, *amounts):
        return [
            {**A, "code": code, "sector": "x", "total_investment": amount}
            for code, amount in zip("abcdefgh", amounts, strict=False)
        ]

    def test_an_investment_in_another_unit_is_suspected_from_its_sector(self):
        assert found(projects=self.library(20_000.0, 50_000.0, 8_000.0, 90_000.0, 5.2)) == [
            ("warning", "projects", 6, "total_investment")
        ]
        sentence = said(projects=self.library(20_000.0, 50_000.0, 8_000.0, 90_000.0, 5.2))
        assert sentence.startswith("5.2 万元 is some 10,000 times less than is typical here (20,000 万元).")
        assert sentence.endswith("Then write 52000.")
        assert "meant in 元?" in said(projects=self.library(20_000.0, 50_000.0, 8_000.0, 90_000.0, 4e8))

    def test_investments_of_different_sizes_are_not_suspected(self):
        assert found(projects=self.library(200.0, 5_000.0, 80_000.0, 900_000.0, 30.0)) == []
        assert found(projects=self.library(20_000.0, 5.2)) == []

    def test_an_investment_of_which_far_more_was_spent_is_suspected(self):
        projects = [{**A, "total_investment": 5.2}, B]
        spent = {"project": "a", "period": DAY, "investment_since_start": 30_000.0}
        planned = {"project": "a", "year": 2025, "tier": "city", "annual_plan": 30_000.0}
        for evidence in ({"returns": [spent]}, {"listings": [planned]}):
            assert found(projects=projects, **evidence) == [("warning", "projects", 2, "total_investment")]
        assert found(projects=projects, returns=[{**spent, "investment_since_start": 6.0}]) == []

    def test_an_output_a_hundred_times_the_target_is_suspected(self):
        output = SOUND["outputs"][0]
        assert found(outputs=[{**output, "amount": 50_000.0}]) == []
        assert found(outputs=[{**output, "amount": 50_001.0}]) == [("warning", "outputs", 2, "amount")]

    def test_an_output_in_a_region_without_target_above_is_a_warning(self):
        other = {"code": "13", "name": "河北", "level": "province"}
        outputs = [{**SOUND["outputs"][0], "region": "13"}]
        assert found(regions=[PROVINCE, *CITIES, other], outputs=outputs) == [("warning", "outputs", 2, "region")]
        assert found(regions=[PROVINCE, *CITIES, {**other, "parent": "14"}], outputs=outputs) == []


class TestTargets:
    def test_targets_add_up_over_the_regions_below(self):
        assert found(targets=[TARGET, *CITY_TARGETS]) == []
        assert found(targets=[{**TARGET, "value": 600.0}, *CITY_TARGETS]) == [("warning", "targets", 2, "value")]
        sentence = said(targets=[{**TARGET, "value": 600.0}, *CITY_TARGETS])
        assert sentence == ("The target is 600, but those of the 2 regions below add up to 500. Correct one of them.")

    def test_targets_are_added_up_only_where_every_region_has_one_in_the_same_document(self):
        wrong = {**TARGET, "value": 600.0}
        assert found(targets=[wrong, CITY_TARGETS[0]]) == []
        assert found(targets=[wrong, CITY_TARGETS[0], {**CITY_TARGETS[1], "document": "other"}]) == []
        assert found(targets=[wrong, *CITY_TARGETS], indicators=[{**RACKS, "kind": "ratio"}]) == []

    def test_a_ratio_has_both_its_parts_and_only_a_ratio_has_them(self):
        ratio = {**RACKS, "code": "r", "kind": "ratio", "numerator": "racks", "denominator": "people"}
        people = {**RACKS, "code": "people"}
        assert found(indicators=[RACKS, people, ratio]) == []
        assert found(indicators=[RACKS, people, {**ratio, "denominator": None}]) == [
            ("error", "indicators", 4, "denominator")
        ]
        assert found(indicators=[RACKS, people, {**ratio, "numerator": None}]) == [
            ("error", "indicators", 4, "numerator")
        ]
        assert found(indicators=[RACKS, people, {**ratio, "kind": "stock"}]) == [("warning", "indicators", 4, "kind")]

    def test_values_lie_between_floor_and_ceiling(self):
        assert found(indicators=[{**RACKS, "floor": 0.0, "ceiling": 500.0}]) == []
        assert found(indicators=[{**RACKS, "ceiling": 400.0}]) == [("warning", "targets", 2, "value")]
        assert found(indicators=[{**RACKS, "floor": 301.0}]) == [("warning", "observations", 2, "value")]
        assert ("error", "indicators", 2, "floor") in found(indicators=[{**RACKS, "floor": 900.0, "ceiling": 800.0}])

    def test_an_observation_below_an_earlier_one_is_a_warning_where_it_cannot_fall(self):
        later = {**SEEN, "date": date(2025, 1, 31), "value": 290.0}
        assert found(observations=[later, SEEN]) == [("warning", "observations", 2, "value")]
        assert "290 is less than 300 on 2024-12-31" in said(observations=[later, SEEN])
        assert found(observations=[later, SEEN], indicators=[{**RACKS, "can_fall": True}]) == []
        assert found(observations=[{**later, "use": "mention"}, SEEN]) == []
        definition = {"indicator": "racks", "version": "v2", "text": "在用"}
        assert found(observations=[{**later, "definition": "v2"}, SEEN], definitions=[definition]) == []

    def test_an_observation_after_the_data_date_is_no_problem(self):
        assert found(observations=[SEEN, {**SEEN, "date": date(2026, 1, 31), "value": 400.0}]) == []

    def test_figures_from_memory_are_a_warning(self):
        assert found(targets=[{**TARGET, "status": "memory"}], observations=[{**SEEN, "status": "memory"}]) == [
            ("warning", "targets", 2, "status"),
            ("warning", "observations", 2, "status"),
        ]
