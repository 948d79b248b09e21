from datetime import date
from decimal import Decimal

import pytest


@pytest.fixture
def cell(read_table):
    """Read one cell of a column, with others of the same column below; return its value and its problem."""

    def reading(table, column, text, *others):
        rows = "".join(f'x,"{value}"\n' for value in (text, *others))
        found = read_table(table, f"note,{column}\n{rows}")
        problems = [problem for problem in found.problems if problem.column == column and problem.row == 2]
        return found.planbook[table][column][0], problems[0].message.read("en") if problems else None

    return reading


@pytest.mark.parametrize(
    "text",
    [
        *("2025-06-30", "2025/6/30", "2025.6.30", "2025年6月30日", "20250630", "45838", "45838.75", "2025-6-30"),
        *(
            "2025-06-30 00:00:00",
            "2025-06-30T17:30:00",
            "2025/06/30 5:00:00 PM",
            "２０２５年６月３０日",
            " 2025-06-30 ",
        ),
    ],
)
def test_a_date_may_be_written_in_every_way_that_starts_with_the_year(cell, text):
    assert cell("projects", "planned_finish", text) == (date(2025, 6, 30), None)


def test_dates_with_the_year_last_are_read_where_the_column_shows_which_is_the_month(cell):
    assert cell("projects", "planned_finish", "06/07/2025 12:00:00 AM", "06/30/2025") == (date(2025, 6, 7), None)
    assert cell("projects", "planned_finish", "06/07/2025", "30/06/2025") == (date(2025, 7, 6), None)


def test_a_date_that_could_be_read_two_ways_is_not_guessed(cell):
    value, problem = cell("projects", "planned_finish", "06/07/2025", "05/08/2025")
    assert value is None
    assert "day first or with the month first" in problem


def test_a_column_in_which_some_dates_have_the_day_first_and_some_the_month_is_not_guessed(cell):
    value, problem = cell("projects", "planned_finish", "06/30/2025", "30/06/2025")
    assert value is None
    assert "day first or with the month first" in problem


def test_a_column_with_two_formats_is_reported_as_such(cell):
    value, problem = cell("projects", "planned_finish", "30/06/2025", "2025-07-31")
    assert value is None
    assert "in two ways, “30/06/2025” and “2025-07-31”" in problem


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("PNS", "“PNS” is not a date. Write 2025-06-30, or leave the cell empty if the date is not known."),
        ("2025", "“2025” is a year. Write a day of it, such as 2025-12-31."),
        ("2024-11", "“2024-11” is a month. Write a day of it, such as 2024-11-01."),
        ("2024年11月", "“2024年11月” is a month. Write a day of it, such as 2024-11-01."),
        ("2023-24", "“2023-24” is not a date."),
        ("01.11.18", "“01.11.18” has a year of two digits. Write the date like 2025-06-30."),
        ("2025-02-30", "“2025-02-30” is not in the calendar. Correct the day."),
        ("12345", "“12345” is not a date."),
    ],
)
def test_what_is_not_a_date_is_told_with_what_to_write(cell, text, advice):
    value, problem = cell("projects", "planned_finish", text)
    assert value is None
    assert problem.startswith(advice)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("1200000", 1_200_000), ("1,200,000", 1_200_000), ("1，200，000.5", 1_200_000.5), ("１２．５", 12.5)),
        *(("-3", -3), ("+3", 3), ("1e5", 100_000), (".5", 0.5), ("0.1", 0.1)),
    ],
)
def test_numbers_may_have_thousands_separators_and_full_width_digits(cell, text, value):
    assert cell("outputs", "amount", text) == (value, None)


@pytest.mark.parametrize("text", ["nan", "inf", "12 000", "1,20", "12,0000", "abc", "1.2.3", "—", "0x10", "1_000"])
def test_what_is_not_a_number_is_told(cell, text):
    value, problem = cell("outputs", "amount", text)
    assert value is None
    assert f"“{text}”" in problem


def test_a_good_number_beside_a_bad_one_is_read(cell):
    assert cell("outputs", "amount", "1,000", "abc", "5") == (1000, None)


def test_a_percent_sign_is_read_in_columns_of_percentages_only(cell):
    assert cell("projects", "physical_percent_complete", "85%") == (85, None)
    assert cell("projects", "physical_percent_complete", "８５％") == (85, None)
    value, problem = cell("risks", "probability", "85%")
    assert value is None
    assert problem.endswith("Write 0.85.")


def test_a_decimal_comma_is_not_guessed(cell):
    assert "could be 3.5 or 35" in cell("outputs", "amount", "3,5")[1]


def test_an_amount_with_its_unit_is_told_as_it_should_be_written(cell):
    assert cell("projects", "total_investment", "3.5亿元")[1].endswith("Write the number alone, in 万元: 35000.")
    assert cell("projects", "total_investment", "1200万元")[1].endswith("in 万元: 1200.")


def test_money_is_exact_to_one_yuan(cell):
    assert cell("projects", "total_investment", "0.1") == (Decimal("0.1"), None)
    assert cell("projects", "total_investment", "33.33333333333333") == (Decimal("33.3333"), None)
    assert cell("projects", "total_investment", "99999999999999999999.9999") == (
        Decimal("99999999999999999999.9999"),
        None,
    )


def test_money_too_large_for_its_column_is_told(cell):
    value, problem = cell("projects", "total_investment", "1" + "0" * 30)
    assert value is None
    assert "too large" in problem


@pytest.mark.parametrize(("text", "value"), [("12", 12), ("12.0", 12), ("1e3", 1000), ("9007199254740993", 2**53 + 1)])
def test_whole_numbers_keep_every_digit(cell, text, value):
    assert cell("activities", "duration", text) == (value, None)


def test_a_fraction_in_a_column_of_whole_numbers_is_told(cell):
    value, problem = cell("activities", "duration", "12.5")
    assert value is None
    assert "not a whole number" in problem


@pytest.mark.parametrize(
    ("text", "value"),
    [("yes", True), ("是", True), ("TRUE", True), ("1", True), ("No", False), ("否", False), ("0", False)],
)
def test_yes_and_no_may_be_said_in_both_languages(cell, text, value):
    assert cell("projects", "counts", text) == (value, None)


def test_what_is_neither_yes_nor_no_is_told(cell):
    assert cell("projects", "counts", "maybe") == (
        None,
        "“maybe” is neither yes nor no. Write yes or no, or leave the cell empty.",
    )


@pytest.mark.parametrize("text", ["started", "开工", "Started", " 开工 "])
def test_a_choice_may_be_given_by_its_value_or_its_chinese_label(cell, text):
    assert cell("projects", "stage", text) == ("started", None)


def test_a_text_stays_as_it_is(cell):
    assert cell("projects", "code", "007") == ("007", None)
    assert cell("projects", "name", "null") == ("null", None)
    assert cell("projects", "name", "１２号线") == ("１２号线", None)


@pytest.mark.parametrize("text", ["#N/A", "#DIV/0!", "#REF!"])
def test_an_excel_error_is_told_in_text_and_number_columns_alike(cell, text):
    assert f"Excel error {text}" in cell("projects", "name", text)[1]
    assert f"Excel error {text}" in cell("projects", "total_investment", text)[1]


def test_a_character_that_was_lost_is_a_warning_and_a_nul_an_error(read_table):
    found = read_table("regions", "code,name,level\n1,晋\ufffd市,prefecture\n2,a\0b,prefecture\n")
    assert [(problem.row, problem.severity) for problem in found.problems] == [(2, "warning"), (3, "error")]
