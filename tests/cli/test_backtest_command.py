"""``backcast backtest``: scores on screen, as JSON and as a page."""

import json
from pathlib import Path

import jsonschema
import pytest

import backcast as bc
from backcast.planbook.scoring import Score

DOCS = Path(__file__).parents[2] / "docs" / "reference"
SCHEMA = json.loads((DOCS / "backtest.schema.json").read_text(encoding="utf-8"))
HISTORIES = Path(__file__).parents[2] / "examples" / "histories"
CUTOFF = ("--cutoff", "2018-12-31")
KEYS = {"n", "n_scored", "n_censored", "crps", "crps_skill", "coverage_80", "coverage_50", "brier", "by_class"}


def document(result):
    """Read what was printed; NaN, which is not JSON, is an error."""
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def check(told):
    validator = jsonschema.Draft202012Validator
    validator.check_schema(SCHEMA)
    assert [
        error.message for error in validator(SCHEMA, format_checker=validator.FORMAT_CHECKER).iter_errors(told)
    ] == []


def test_scores_are_printed_with_what_they_are_compared_with(backcast, history):
    result = backcast("backtest", history, *CUTOFF)
    assert (result.exit_code, result.stderr) == (0, "")
    found = bc.backtest(bc.read_history(history), "2018-12-31")
    assert "Learned from what was known on 2018-12-31" in result.stdout
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("All ")]
    assert line.split()[1:3] == [str(found.overall.n_scored), str(found.overall.n_scored - found.overall.n_censored)]
    assert f"{found.overall.crps:.1f}" in line
    assert "Against the planned date: " in result.stdout
    assert "roads" not in result.stdout


def test_classes_are_told_where_they_are_asked_for(backcast, history):
    told = backcast("backtest", history, *CUTOFF, "--by", "class").stdout
    assert [line.split()[0] for line in told.splitlines() if line.startswith(("roads ", "bridges "))] == [
        "bridges",
        "roads",
    ]


def test_the_document_has_the_promised_keys_and_follows_its_schema(backcast, history):
    told = document(backcast("backtest", history, *CUTOFF, "--json", "--by", "class"))
    check(told)
    assert set(told) >= KEYS
    assert set(told["crps_skill"]) == {"planned", "class_only", "kaplan_meier"}
    assert set(told["by_class"]) == {"bridges", "roads"}
    for score in told["by_class"].values():
        assert set(score) >= KEYS - {"by_class"}
    assert told["n_scored"] == sum(score["n_scored"] for score in told["by_class"].values())
    assert isinstance(told["coverage_80"], float)


def test_the_document_tells_what_python_tells(backcast, history):
    told = document(backcast("backtest", history, *CUTOFF, "--json"))
    found = bc.backtest(bc.read_history(history), "2018-12-31").overall
    for name in ("n", "n_scored", "n_censored", "crps", "pinball", "brier", "expected"):
        assert told[name] == getattr(found, name)
    assert told["crps_skill"]["planned"] == found.crps_skill.planned.value
    assert told["crps_skill_interval"]["planned"] == [found.crps_skill.planned.low, found.crps_skill.planned.high]
    assert told["coverage_80"] == found.coverage_80.value
    assert told["pit"] == list(found.pit)
    assert told["by_class"] == {}


def test_the_schema_allows_nothing_else_and_misses_no_figure(backcast, history):
    told = document(backcast("backtest", history, *CUTOFF, "--json"))
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert not validator.is_valid({**told, "surprise": 1})
    assert not validator.is_valid({key: value for key, value in told.items() if key != "brier"})
    plain = set(Score.__dataclass_fields__) - {"name", "planned", "class_only", "kaplan_meier"}
    assert plain <= set(SCHEMA["$defs"]["score"]["properties"])
    assert all(value.get("description") for value in SCHEMA["properties"].values())


def test_what_cannot_be_told_is_null(backcast, history):
    text = history.read_text(encoding="utf-8").splitlines()
    running = [",".join([*line.split(",")[:5], "", line.split(",")[6]]) for line in text[1:]]
    history.write_text("\n".join([text[0], *running]) + "\n", encoding="utf-8")
    told = document(backcast("backtest", history, *CUTOFF, "--json", "--by", "class"))
    check(told)
    assert told["n_scored"] == told["n_censored"] > 0
    assert told["coverage_80"] is None
    assert told["coverage_80_interval"] is None
    shown = backcast("backtest", history, *CUTOFF, "--by", "class").stdout
    assert "–" in shown
    assert "nan" not in shown.lower()


def test_a_register_scores_as_measured_and_says_what_was_left_out(backcast):
    """New York's school construction: 50 had ended before the cut-off, as only the later table tells."""
    result = backcast("backtest", HISTORIES / "nyc-schools.parquet", "--cutoff", "2024-09-30", "--json")
    told = document(result)
    check(told)
    assert told["n"] - told["n_scored"] == told["unrecorded"] == 50
    assert told["lost"] > 0
    assert told["crps"] < 17.6
    assert told["crps_skill"]["planned"] > 0.8
    assert result.stderr.splitlines()[-1].endswith("other bad cells count as empty.")


def test_cutoffs_are_scored_together_each_once(backcast, history):
    days = ("--cutoff", "2018-12-31", "--cutoff", "2017-12-31", "--cutoff", "2018-12-31")
    told = document(backcast("backtest", history, *days, "--json"))
    assert told["cutoffs"] == ["2017-12-31", "2018-12-31"]
    alone = [document(backcast("backtest", history, "--cutoff", day, "--json"))["n_scored"] for day in told["cutoffs"]]
    assert told["n_scored"] == sum(alone)
    assert set(told["half_lives"]) == set(told["cutoffs"])


def test_a_cutoff_without_anything_to_score_leaves_the_others_standing(backcast, history, tmp_path):
    words = ("backtest", history, *CUTOFF, "--cutoff", "1990-01-01")
    alone = document(backcast("backtest", history, *CUTOFF, "--json"))
    told = document(backcast(*words, "--json"))
    (absent,) = told["cutoffs_left_out"]
    assert (told["cutoffs"], absent["cutoff"], told["crps"]) == (alone["cutoffs"], "1990-01-01", alone["crps"])
    said = f"Not scored: the cut-off 1990-01-01. {absent['why']}"
    assert said in " ".join(backcast(*words, "--report", "page.html").stdout.split())
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert said in page
    assert absent["why_zh"] in page


def test_depth_tells_classes_further_down_apart(backcast, history):
    history.write_text(history.read_text(encoding="utf-8").replace("roads", "roads/a"), encoding="utf-8")
    names = [
        set(document(backcast("backtest", history, *CUTOFF, "--by", "class", "--depth", depth, "--json"))["by_class"])
        for depth in (1, 2)
    ]
    assert names == [{"bridges", "roads"}, {"bridges", "roads/a"}]


def test_stated_finishes_are_forecast_one_by_one(backcast, tmp_path):
    lines = ["id,planned_finish,observed_at"]
    for k in range(20):
        lines += [f"P{k},{2019 + year + k % 3}-06-30,{2017 + year}-12-31" for year in range(4)]
    (tmp_path / "stated.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    words = ("backtest", "stated.csv", "--cutoff", "2018-12-31")
    assert backcast(*words).exit_code == 1
    told = document(backcast(*words, "--stated", "--json"))
    assert told["n_scored"] > 0


def test_the_history_leans_on_what_it_is_told_to(backcast, history, tmp_path):
    prior = "class,p10,p50,p90,n\n*,5,8,12,10000\n"
    (tmp_path / "prior.csv").write_text(prior, encoding="utf-8")
    early = ("--cutoff", "2016-03-31", "--json")
    scores = [
        document(backcast("backtest", history, *early, *words))["crps"]
        for words in ((), ("--alone",), ("--prior", "prior.csv"))
    ]
    assert len(set(scores)) == 3


def test_a_page_is_written_and_the_screen_still_told(backcast, history, tmp_path):
    result = backcast("backtest", history, *CUTOFF, "--report", "page.html")
    assert result.exit_code == 0
    assert "All " in result.stdout
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "register.csv" in page
    assert page.count("<article") == 2


def test_several_classes_without_a_name_are_one(backcast, history):
    text = history.read_text(encoding="utf-8").replace("roads", "").replace("bridges", "")
    history.write_text(text, encoding="utf-8")
    told = document(backcast("backtest", history, *CUTOFF, "--by", "class", "--json"))
    assert set(told["by_class"]) == {"*"}
    assert "(no class)" in backcast("backtest", history, *CUTOFF, "--by", "class").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Missing option '--cutoff'"),
        (("--cutoff", "30.9.2018"), "“30.9.2018” is not a day from 1949 to 2100. Write it like 2023-08-31."),
        ((*CUTOFF, "--by", "owner"), "'owner' is not"),
        ((*CUTOFF, "--depth", "0"), "0 is not in the range"),
        ((*CUTOFF, "--report", "page.pdf"), "“page.pdf” must end in .html."),
        ((*CUTOFF, "--alone", "--prior", "x.csv"), "--prior and --alone contradict each other"),
    ],
)
def test_bad_usage_is_said_and_exits_with_2(backcast, history, words, told):
    result = backcast("backtest", history, *words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--cutoff", "1990-01-01"), "Nothing was running on 1990-01-01: the first of the table began on 2015-01-01."),
        (("--cutoff", "1990-01-01", "--alone"), "Nothing had finished by 1990-01-01"),
        (("--cutoff", "2020-12-31"), "Nothing was running on 2020-12-31 of which something is known later."),
        (("--cutoff", "2050-01-01"), "Choose an earlier cut-off."),
    ],
)
def test_a_cutoff_with_nothing_to_score_is_said_in_a_sentence(backcast, history, tmp_path, words, told):
    result = backcast("backtest", history, *words, "--report", "page.html")
    assert result.exit_code == 1
    assert told in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "page.html").exists()
