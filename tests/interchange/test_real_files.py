from collections import Counter
from datetime import date
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def real(read_table):
    """Read an excerpt of a published file as one of our tables."""
    return lambda table, name: read_table(table, (FIXTURES / name).read_bytes())


def said(reading, table, column, row):
    (problem,) = (p for p in reading.problems if (p.table, p.column, p.row) == (table, column, row))
    return problem.message.read("en")


def test_every_code_in_the_date_columns_of_the_school_register_is_a_problem(real):
    reading = real("projects", "nyc_school_construction.csv")
    codes = Counter(problem.value for problem in reading.problems)
    assert codes == {"DOER": 3, "DOES": 4, "IEH": 4, "PNS": 3, "FTK": 4, "DIIR": 2, "EMER": 2}
    assert said(reading, "projects", "planned_finish", 2).startswith("“DOER” is not a date.")
    assert said(reading, "projects", "total_investment", 2).startswith("“DOER” is not a number.")


def test_the_dates_beside_the_codes_are_read_with_the_month_first(real):
    projects = real("projects", "nyc_school_construction.csv").planbook["projects"]
    assert projects["actual_start"][:2].to_list() == [date(2024, 6, 28), date(2024, 2, 19)]


def test_the_year_2108_of_the_capital_register_is_an_error(real):
    reading = real("returns", "nyc_capital_returns.csv")
    errors = [problem for problem in reading.check() if problem.value == "2108-10-21"]
    assert [(problem.row, problem.column) for problem in errors] == [(3, "forecast_finish")]
    assert errors[0].message.read("en") == "2108-10-21 lies outside 1949–2100. Correct the year."


def test_first_days_of_months_that_do_not_tell_month_from_day_are_not_guessed(real):
    reading = real("returns", "nyc_capital_returns.csv")
    assert "day first or with the month first" in said(reading, "returns", "period", 2)
    assert reading.planbook["returns"]["period"].null_count() == 6


def test_each_column_of_the_melbourne_register_is_read_in_its_own_format(real):
    reading = real("projects", "melbourne_water.csv")
    projects = reading.planbook["projects"]
    assert reading.problems == ()
    assert projects["planned_start"][0] == date(2016, 2, 5)
    assert projects["planned_finish"][0] == date(2016, 5, 25)


def test_both_formats_of_the_melbourne_register_in_one_column_are_reported_and_not_guessed(read_table):
    lines = (FIXTURES / "melbourne_water.csv").read_text(encoding="utf-8-sig").splitlines()
    cells = [line.split(",") for line in lines]
    cells[3][5] = cells[3][6]  # one date of the other column
    reading = read_table("projects", "\n".join(",".join(row) for row in cells))
    assert "in two ways, “5/02/2016 5:00:00 PM” and “2017-02-28 08:00:00”" in said(
        reading, "projects", "planned_start", 2
    )
    assert reading.planbook["projects"]["planned_start"].drop_nulls().to_list() == [date(2017, 2, 28)]


def test_the_transposed_british_file_is_refused_with_one_sentence(real):
    (problem,) = (p for p in real("projects", "uk_gmpp_2014.csv").problems if p.severity == "error")
    assert "lies on its side" in problem.message.read("en")


def test_british_bytes_are_read_as_such_with_their_lost_characters_counted(real):
    reading = real("projects", "uk_gmpp_2020.csv")
    (warning,) = (p for p in reading.problems if p.row == 0)
    assert "read as cp1252, and 1 of its characters could not be read" in warning.message.read("en")
    (lost,) = (p for p in reading.problems if p.column == "note")
    assert (lost.row, lost.severity) == (5, "warning")
    assert "“£423.92” is not a number" in said(reading, "projects", "total_investment", 2)


def test_exemption_sentences_in_date_cells_are_problems_of_their_cells(real):
    reading = real("projects", "uk_gmpp_2020.csv")
    assert said(reading, "projects", "planned_start", 6).startswith(
        "“Exempt under Section 24 of Freedom of Information Act"
    )
    assert "a year of two digits" in said(reading, "projects", "planned_start", 2)


def test_a_file_separated_by_semicolons_is_read(real):
    reading = real("projects", "uk_gmpp_2023.csv")
    assert reading.planbook["projects"]["planned_finish"].to_list() == [date(2024, 9, 30), date(2023, 3, 31)]
