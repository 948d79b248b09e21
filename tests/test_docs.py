"""The documentation says what is so: examples print what stands below them, and nothing is left untold."""

import json
import os
import re
import subprocess
import sys
import urllib.parse
from dataclasses import fields

import click
import jsonschema
import pytest

import backcast as bc
import forecasts
import outputs
import reference
import scores
from backcast.cli import main
from backcast.interchange.headings import column_named
from backcast.planbook import results
from backcast.planbook.schema import HISTORY, TABLES
from backcast.report import document
from blocks import ROOT, fences, filled, pages

REFERENCE = ROOT / "docs" / "reference"
SCHEMA = json.loads((REFERENCE / "run.schema.json").read_text(encoding="utf-8"))
RUNNABLE = ("console", "python")


def _name(path):
    return path.relative_to(ROOT).as_posix()


def _read(path):
    return path.read_text(encoding="utf-8")


WITH_EXAMPLES = [page for page in pages() if any(fence.info in RUNNABLE for fence in fences(_read(page)))]


# ---- Examples.


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=_name)
def test_examples_print_what_stands_below_them(page):
    assert outputs.refreshed(page) == _read(page), f"Run tools/outputs.py {_name(page)}."


ON_SCREEN = {"docs/tutorials/first-correction.md", "docs/zh/第一次更正.md", "docs/how-to/use-the-api.md"}
"""Pages that teach what is done in a browser or against a server; journeys of tests/web/e2e and api walk it."""


def test_the_pages_that_teach_have_examples():
    taught = [page for page in pages() if {"tutorials", "how-to", "zh"} & set(page.parts)]
    assert len(taught) >= 7
    assert {_name(page) for page in set(taught) - set(WITH_EXAMPLES)} == ON_SCREEN


def test_the_words_that_a_history_may_use_are_understood(tmp_path):
    page = _read(ROOT / "docs" / "how-to" / "learn-from-history.md")
    told = re.findall(r"^\| `(finished|running|not_started|cancelled)` \| (.+) \|$", page, re.MULTILINE)
    rows = [(state, word) for state, words in told for word in words.split(", ")]
    assert len(rows) >= 30
    lines = [f"P{k},{word},2020-01-01,2021-01-01" for k, (_, word) in enumerate(rows)]
    (tmp_path / "history.csv").write_text("\n".join(["编号,状态,计划开工,计划竣工", *lines]), encoding="utf-8")
    found = bc.read_history(tmp_path / "history.csv")
    assert found["status"].to_list() == [state for state, _ in rows]
    assert found["planned_start"].null_count() == found["planned_finish"].null_count() == 0
    (headings,) = re.findall(r"Headings may also be .+?:.+? in any case:", page.replace("\n", " "))
    for heading in re.findall(r"[\u4e00-\u9fff]+", headings):
        assert column_named(HISTORY, heading), heading


def test_an_example_that_prints_something_else_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n", encoding="utf-8")
    assert "\n2\n" in outputs.refreshed(page)


def test_a_cut_keeps_as_many_lines_as_the_page_shows(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nfor n in range(9):\n    print(n)\n```\n\n```text\na\nb\n…\nc\n```\n", encoding="utf-8")
    assert "```text\n0\n1\n…\n8\n```" in outputs.refreshed(page)


def test_the_demonstration_begins_as_the_readme_shows(tmp_path):
    """Its first half is the real plan, which a run shows in a second."""
    shown = next(fence for fence in fences(_read(ROOT / "README.md")) if fence.info == "console slow")
    head = shown.lines[2 : shown.lines.index(outputs.CUT)]
    page = tmp_path / "page.md"
    shown_lines = "\n".join(["$ backcast run examples/shanxi", *head, outputs.CUT])
    page.write_text(f"```console\n{shown_lines}\n```\n", encoding="utf-8")
    printed = next(fences(outputs.refreshed(page))).lines
    assert printed[1 : 1 + len(head)] == head


@pytest.mark.skipif(os.environ.get("BACKCAST_REQUIRE_ALL") != "1", reason="takes a minute; BACKCAST_REQUIRE_ALL=1")
def test_the_demonstration_is_what_the_readme_shows():
    page = ROOT / "README.md"
    assert outputs.refreshed(page, slow=True) == _read(page), "Run tools/outputs.py README.md README.zh-CN.md --slow."


# ---- What came.


def test_readmes_tell_the_scores_that_the_script_gives():
    for page, text in scores.pages().items():
        assert text == _read(page), f"Run tools/scores.py: {_name(page)} tells other numbers."


def test_pages_tell_the_scores_on_four_registers_that_the_benchmark_kept():
    for page, text in forecasts.pages().items():
        assert text == _read(page), f"Run tools/forecasts.py: {_name(page)} tells other numbers."


def test_every_miss_is_told_in_both_readmes():
    misses = [scored.past for scored in scores.evidence().scored if not scored.past.held]
    assert misses
    for page in ("README.md", "README.zh-CN.md"):
        text = _read(ROOT / page)
        for past in misses:
            assert any(str(past.date) in line and str(past.data_date) in line for line in text.splitlines())


def test_three_months_ahead_the_stations_lie_in_a_narrow_band():
    """At 2023-08-31 the band for 2023-11-30 holds the 93,307 that came, and is narrower than 25,000."""
    past = next(
        scored.past
        for scored in scores.evidence().scored
        if (scored.past.indicator, scored.past.region) == (scores.STATIONS, scores.PROVINCE)
        and (str(scored.past.data_date), str(scored.past.date)) == ("2023-08-31", "2023-11-30")
    )
    assert past.observed == 93_307
    assert past.held
    assert past.p90 - past.p10 < 25_000


def test_a_straight_line_needs_two_figures():
    days = [scores.date(2021, 1, 1), scores.date(2021, 1, 11)]
    assert scores.straight_line(days, [5.0, 15.0], scores.date(2021, 1, 21)) == 25.0
    assert scores.straight_line(days[:1], [5.0], scores.date(2021, 1, 21)) is None


# ---- Reference.


def test_reference_pages_are_up_to_date():
    for page, text in reference.pages().items():
        assert text == _read(page), f"Run tools/reference.py: {_name(page)} is out of date."


def test_every_table_and_column_is_documented_in_both_languages():
    text = _read(REFERENCE / "planbook-tables.md")
    for table in TABLES:
        section = text.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        assert table.label in section
        assert table.label_zh in section
        for column in table:
            row = next(line for line in section.splitlines() if re.match(rf"\| \**`{column.name}`", line))
            assert column.label in row
            assert column.label_zh in row


def test_every_command_and_option_is_documented():
    text = _read(REFERENCE / "command-line.md")
    for name, command in reference.named_commands(main):
        section = text.split(f"\n## {name}\n")[1].split("\n## ")[0]
        for parameter in command.params:
            shown = max(parameter.opts, key=len)
            assert (shown if isinstance(parameter, click.Option) else shown.upper()) in section


def test_every_public_name_is_documented():
    text = _read(REFERENCE / "python.md")
    assert [name for name in bc.__all__ if f"\n## bc.{name}\n" not in text] == []


def test_every_setting_is_documented():
    text = _read(REFERENCE / "settings.md")
    sources = [*(ROOT / "src").rglob("*.py"), ROOT / "tests" / "conftest.py"]
    used = {name for path in sources for name in re.findall(r"BACKCAST_[A-Z_]+", _read(path))}
    assert used >= {"BACKCAST_LANGUAGE", "BACKCAST_REQUIRE_ALL"}
    assert [name for name in sorted(used) if f"`{name}`" not in text] == []


# ---- The JSON document.


@pytest.fixture(scope="module")
def documents():
    """Documents of runs with and without projects, as programs read them."""
    shanxi = bc.read_planbook(ROOT / "examples" / "shanxi")
    runs = (
        bc.run(shanxi, data_date="2023-08-31", draws=100),
        bc.run(bc.read_planbook(ROOT / "examples" / "nyc-capital"), data_date="2018-03-01", draws=100),
        bc.run(bc.practice(shanxi, projects=40), draws=100),
    )
    return [json.loads(json.dumps(document(run))) for run in runs]


def test_documents_of_real_runs_follow_the_published_schema(documents):
    validator = jsonschema.Draft202012Validator
    validator.check_schema(SCHEMA)
    checked = validator(SCHEMA, format_checker=validator.FORMAT_CHECKER)
    assert [error.message for told in documents for error in checked.iter_errors(told)] == []
    assert all(
        any(told[part] for told in documents) for part in ("verdicts", "trajectories", "drivers", "latest_dates")
    )


def test_the_schema_allows_nothing_that_is_not_told(documents):
    spoiled = {**documents[0], "surprise": 1}
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(spoiled)
    row = {**documents[0]["verdicts"][0], "surprise": 1}
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid({**documents[0], "verdicts": [row]})


@pytest.mark.parametrize(
    ("part", "record", "added"),
    [
        ("verdict", results.Verdict, {"reason_zh"}),
        ("trajectory_point", results.TrajectoryPoint, set()),
        ("driver", results.Driver, set()),
        ("latest_date", results.LatestDate, set()),
    ],
)
def test_the_schema_has_every_field_of_a_result_and_says_what_it_means(part, record, added):
    properties = SCHEMA["$defs"][part]["properties"]
    assert set(properties) == {field.name for field in fields(record)} | added
    assert set(SCHEMA["$defs"][part]["required"]) == set(properties)
    assert [name for name, value in properties.items() if not value.get("description")] == []


def test_what_does_not_exist_is_null(documents):
    none = next(v for told in documents for v in told["verdicts"] if v["state"] == "no_evidence")
    assert none["probability"] is None
    assert none["value"] == {"p10": None, "p50": None, "p90": None}
    assert none["first_met"] == {"p50": None, "p80": None, "p90": None}
    assert none["light"] is None
    assert none["reason"]
    assert none["reason_zh"]


# ---- Links and manners.


def _anchor(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def _prose(page):
    """The lines of a page outside its fenced blocks."""
    lines = _read(page).splitlines()
    for fence in fences(_read(page)):
        lines[fence.first : fence.last] = [""] * (fence.last - fence.first)
    return lines


def _links(page):
    return re.findall(r"\]\(([^)\s]+)\)", "\n".join(_prose(page)))


@pytest.mark.parametrize("page", pages(), ids=_name)
def test_links_lead_somewhere(page):
    for link in _links(page):
        if re.match(r"https?:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / urllib.parse.unquote(name)).resolve() if name else page
        assert target.exists(), f"{_name(page)}: {link}"
        assert target.is_relative_to(ROOT)
        if anchor:
            headings = {_anchor(line.lstrip("#")) for line in _prose(target) if line.startswith("#")}
            assert anchor in headings, f"{_name(page)}: {link}"


def test_every_page_is_linked_from_the_index():
    index = {(ROOT / "docs" / urllib.parse.unquote(link)).resolve() for link in _links(ROOT / "docs" / "README.md")}
    documentation = set((ROOT / "docs").rglob("*.md")) - {ROOT / "docs" / "README.md"}
    assert documentation - index == set()


@pytest.mark.parametrize("page", pages(), ids=_name)
def test_no_page_names_a_folder_of_somebodys_machine(page):
    found = re.findall(r"(?<![\w.])/(?:home|root|tmp|work|Users)/\w+", _read(page))
    assert found == []


def test_marks_that_a_page_lacks_are_an_error():
    with pytest.raises(ValueError, match="has no <!-- scores -->"):
        filled("nothing here", "scores", "text")


def test_every_fence_is_closed():
    for page in pages():
        assert sum(line.startswith("```") for line in _read(page).splitlines()) % 2 == 0, _name(page)


def test_every_page_has_one_title():
    for page in pages():
        titles = [line for line in _prose(page) if re.match(r"# \S", line)]
        assert len(titles) == 1, f"{_name(page)}: {titles}"


@pytest.mark.parametrize("package", ["backcast", "backcast.engine", "backcast.report"])
def test_every_name_that_a_package_offers_is_there_whatever_was_imported_before(package):
    program = (
        "import importlib, pkgutil, sys, types\n"
        "package = importlib.import_module(sys.argv[1])\n"
        "for room in pkgutil.iter_modules(package.__path__, package.__name__ + '.'):\n"
        "    importlib.import_module(room.name)\n"
        "print([name for name in package.__all__ if isinstance(getattr(package, name), types.ModuleType)])\n"
    )
    done = subprocess.run([sys.executable, "-c", program, package], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
