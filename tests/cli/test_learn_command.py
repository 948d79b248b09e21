"""``backcast learn``: a register in, classes of a planbook out."""

import json
import shutil

import polars as pl
import pytest

import backcast as bc
from backcast.interchange.classes import read_classes


def test_classes_are_printed_and_written(backcast, history):
    result = backcast("learn", history, "-o", "classes.csv")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Learned from what was known on 2020-12-31: ")
    assert "Written: classes.csv" in result.stdout
    written = read_classes("classes.csv")
    assert written["class"].to_list() == ["*", "bridges", "roads"]
    assert set(written["status"]) == {"derived"}
    assert set(written["source"]) == {"register.csv"}
    learned = bc.learn(bc.read_history(history)).to_frame()
    assert written.drop("source").equals(learned.drop("source"), null_equal=True)


def test_without_a_file_to_write_classes_are_only_printed(backcast, history, tmp_path):
    result = backcast("learn", history)
    assert result.exit_code == 0
    assert "bridges" in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["register.csv"]


@pytest.mark.parametrize(("words", "unit", "warned"), [((), None, True), (("--cost-unit", "USD"), "USD", True),
                                                    (("--cost-unit", "万元"), "万元", False)])  # fmt: skip
def test_the_unit_of_costs_is_written_and_another_one_is_told(backcast, history, tmp_path, words, unit, warned):
    first, *rows = history.read_text(encoding="utf-8").splitlines()
    with_cost = [f"{first},baseline_cost", *(f"{row},{100 + k}" for k, row in enumerate(rows))]
    history.write_text("\n".join(with_cost) + "\n", encoding="utf-8")
    result = backcast("learn", history, "-o", "classes.csv", *words)
    classes = read_classes(tmp_path / "classes.csv")
    assert set(classes.drop_nulls("typical_cost")["cost_unit"]) == {unit}
    assert ("add --cost-unit 万元" in " ".join(result.stdout.split())) is warned


def test_without_costs_nothing_is_said_of_their_unit(backcast, history):
    assert "cost-unit" not in backcast("learn", history, "-o", "classes.csv").stdout


def test_what_is_written_is_used_by_a_planbook(backcast, history, province, tmp_path):
    """Roads learned to take ten times their plan make the forecasts of a whole province sink."""
    province = shutil.copytree(province, tmp_path / "mine")
    told = (province / "plan.yaml").read_text(encoding="utf-8")
    before = backcast("run", province, "--draws", "100", "--json", "--no-keep")
    assert backcast("learn", history, "-o", province / "classes.csv", "--force").exit_code == 0
    slow = pl.col(pl.Float64).exclude("cancelled", "length_effect", "cost_effect", "typical_length") * 10
    read_classes(province / "classes.csv").with_columns(slow).write_csv(province / "classes.csv")
    assert backcast("check", province).exit_code == 0
    after = backcast("run", province, "--draws", "100", "--json", "--no-keep")
    assert before.exit_code == after.exit_code == 0
    chances = [
        [verdict["probability"] for verdict in json.loads(run.stdout)["verdicts"] if verdict["probability"]]
        for run in (before, after)
    ]
    assert sum(chances[1]) < sum(chances[0])
    assert (province / "plan.yaml").read_text(encoding="utf-8") == told


def test_a_file_is_replaced_only_by_force(backcast, history, tmp_path):
    (tmp_path / "classes.csv").write_text("mine", encoding="utf-8")
    refused = backcast("learn", history, "-o", "classes.csv")
    assert refused.exit_code == 1
    assert "is there already. Choose another name, or replace it with --force." in refused.stderr
    assert (tmp_path / "classes.csv").read_text(encoding="utf-8") == "mine"
    assert backcast("learn", history, "-o", "classes.csv", "--force").exit_code == 0
    assert read_classes(tmp_path / "classes.csv").height == 3


def test_the_source_is_told_in_the_table(backcast, history):
    backcast("learn", history, "-o", "classes.csv", "--source", "County register, 2020")
    assert set(read_classes("classes.csv")["source"]) == {"County register, 2020"}


def test_an_earlier_day_sees_fewer_finishes(backcast, history):
    known = [backcast("learn", history, "--day", day).stdout.split(": ")[1] for day in ("2018-12-31", "2020-12-31")]
    early, late = (int(told.split(" finished")[0]) for told in known)
    assert 0 < early < late


def test_a_history_alone_leans_on_nothing(backcast, history):
    """With classes of two cases, what ships pulls; alone, it does not."""
    history.write_text("".join(history.read_text(encoding="utf-8").splitlines(keepends=True)[:4]), encoding="utf-8")
    leaning, alone = backcast("learn", history).stdout, backcast("learn", history, "--alone").stdout
    assert leaning != alone


def test_a_history_leans_on_the_classes_it_is_given(backcast, history, tmp_path):
    prior = pl.DataFrame({"class": ["*"], "p10": [5.0], "p50": [8.0], "p90": [12.0], "n": [10_000]})
    prior.write_csv(tmp_path / "prior.csv")
    history.write_text("".join(history.read_text(encoding="utf-8").splitlines(keepends=True)[:4]), encoding="utf-8")
    backcast("learn", history, "-o", "leaning.csv", "--prior", "prior.csv")
    backcast("learn", history, "-o", "alone.csv", "--alone")
    assert read_classes("leaning.csv")["p90"][0] > 1.2 * read_classes("alone.csv")["p90"][0]


def test_the_first_problems_are_told_and_the_rest_counted(backcast, history):
    text = history.read_text(encoding="utf-8").replace(",2020-12-31\n", ",PNS\n", 12)
    history.write_text(text, encoding="utf-8")
    result = backcast("learn", history)
    assert result.exit_code == 0
    told = result.stderr.splitlines()
    assert len(told) == 6
    assert told[0].startswith("history, row 2, observed_at: ")
    assert told[-1] == (
        "… and 7 more such problems. A row whose project or status cannot be read is left out; other bad cells count "
        "as empty."
    )


def test_what_could_not_be_read_is_told_where_nothing_is_left_to_learn_from(backcast, history):
    history.write_text("id,actual_start\nA,PNS\n", encoding="utf-8")
    result = backcast("learn", history)
    assert result.exit_code == 1
    first, last = result.stderr.splitlines()
    assert first.startswith("history, row 2, actual_start: “PNS” is not a date.")
    assert last.endswith("so nothing can be learned from it.")


def test_a_path_breaks_at_its_steps_and_no_figure_breaks_in_80_columns(backcast, history, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    few = "".join(history.read_text(encoding="utf-8").splitlines(keepends=True)[:4])
    text = few.replace("roads", "transport/motorways/widening in the mountains")
    history.write_text(text.replace("bridges", "construction_of_wastewater/treatment"), encoding="utf-8")
    prior = {"class": ["*"], "p10": [500.0], "p50": [900.0], "p90": [999.0], "n": [10**7]}
    pl.DataFrame(prior).write_csv(tmp_path / "prior.csv")
    lines = [line.rstrip() for line in backcast("learn", history, "--prior", "prior.csv").stdout.splitlines()]
    assert max(map(len, lines)) <= 80
    assert "  treatment" in lines
    assert "transport/motorways/" in {line.split()[0] for line in lines if line}
    assert "  widening in the mountains" in lines
    assert any(">100" in line.split() for line in lines)
    assert lines.count("") == 0


HEAD = "id,class,planned_start,planned_finish,actual_start,actual_finish,observed_at\n"
RUNNING = "".join(f"P{k},roads,2019-01-01,2020-01-01,2019-01-01,,2020-06-30\n" for k in range(20))
CANNOT = {
    "empty": ("", "has no row with a project's id and a date"),
    "head alone": (HEAD, "has no row with a project's id and a date"),
    "no id": ("class,planned_finish\nroads,2020-01-01\n", "The column “id” (项目) is missing"),
    "no table": ("foo,bar\n1,2\n", "names no column of this table"),
    "no plan": ("id,actual_start,actual_finish\nA,2019-01-01,2020-01-01\n", "there is nothing to compare"),
    "not begun": ("id,planned_start,planned_finish\nA,2029-01-01,2030-01-01\n", "Write when it was observed"),
    "all running": (HEAD + RUNNING, "Nothing had finished by 2020-06-30"),
}


@pytest.mark.parametrize("name", CANNOT)
def test_what_cannot_be_learned_from_is_said_in_a_sentence(backcast, history, tmp_path, name):
    text, told = CANNOT[name]
    history.write_text(text, encoding="utf-8")
    result = backcast("learn", history, "--alone", "-o", "classes.csv")
    assert result.exit_code == 1
    assert told in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "classes.csv").exists()


def test_a_history_that_is_not_there_is_said_in_a_sentence(backcast):
    result = backcast("learn", "nowhere.csv")
    assert (result.exit_code, result.stderr) == (1, "There is no file “nowhere.csv”. Check how it is spelled.\n")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("nowhere.csv", None, "There is no file “nowhere.csv”"),
        ("prior.txt", "class\n*\n", "Reference classes are one file: .csv or .parquet."),
        ("prior.csv", "class,p10,p50,p90\n", "“prior.csv” holds no reference class."),
        ("prior.csv", "class,p10,p50,p90\n*,2,1,0.5\n", "classes, row 2"),
    ],
)
def test_a_prior_that_cannot_be_used_is_said_in_a_sentence(backcast, history, tmp_path, name, text, told):
    if text:
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = backcast("learn", history, "--prior", name)
    assert result.exit_code == 1
    assert told in result.stderr


def test_prior_and_alone_contradict_each_other(backcast, history):
    result = backcast("learn", history, "--alone", "--prior", "x.csv")
    assert result.exit_code == 2
    assert "--prior and --alone contradict each other" in result.stderr


def test_where_all_were_given_up_classes_are_still_finite(backcast, history):
    rows = "".join(f"P{k},roads,2019-01-01,2020-01-01,2019-01-01,2020-02-0{k % 9 + 1},cancelled\n" for k in range(20))
    history.write_text(HEAD.replace("observed_at", "status") + rows, encoding="utf-8")
    assert backcast("learn", history, "-o", "classes.csv").exit_code == 0
    written = read_classes("classes.csv")
    assert written.select(pl.col(pl.Float64).is_infinite().any()).row(0) == (False,) * len(
        written.select(pl.col(pl.Float64)).columns
    )


def test_a_class_that_looks_like_a_formula_is_guarded_in_what_is_written(backcast, history, tmp_path):
    history.write_text(history.read_text(encoding="utf-8").replace("roads", "=1+1"), encoding="utf-8")
    assert backcast("learn", history, "-o", "classes.csv").exit_code == 0
    assert "'=1+1" in (tmp_path / "classes.csv").read_text(encoding="utf-8")
    assert "=1+1" in read_classes("classes.csv")["class"].to_list()
