"""Make the reference pages from what they describe: table declarations, commands, public names, the JSON schema.

``docs/reference/{planbook-tables,command-line,python,run-json,track-json,what-if-json,backtest-json}.md`` are never
edited by hand.
"""

from __future__ import annotations

import inspect
import json
import os
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

os.environ["BACKCAST_LANGUAGE"] = "en"  # help texts are read when the command line is imported

import click

import backcast
from backcast.cli import main as backcast_command
from backcast.planbook import results, track
from backcast.planbook.columns import Column, Table
from backcast.planbook.hindsight import PastRun, earlier_runs, past_forecasts, year_ends
from backcast.planbook.schema import TABLES
from blocks import ROOT, write_changed

REFERENCE = ROOT / "docs" / "reference"
MADE = "<!-- Made by tools/reference.py; do not edit. -->\n\n"
RESULTS = (
    results.Verdict,
    results.ValueQuantiles,
    results.DateQuantiles,
    results.TrajectoryPoint,
    results.Driver,
    results.LatestDate,
    results.Change,
    results.PastForecast,
    results.SettledVerdict,
    results.WaitingVerdict,
    track.TrackScore,
    track.ReliabilityBin,
    results.Records,
)


def main() -> None:
    """Write every reference page."""
    write_changed(pages())


def pages() -> dict[Path, str]:
    """Return the reference pages as they should stand in the repository."""
    made = {
        "planbook-tables.md": tables(),
        "command-line.md": commands(),
        "python.md": python(),
        "run-json.md": json_document("run.schema.json", "The JSON document of a run"),
        "track-json.md": json_document("track.schema.json", "The JSON document of a track record"),
        "what-if-json.md": json_document("what-if.schema.json", "The JSON document of a what-if"),
        "backtest-json.md": json_document("backtest.schema.json", "The JSON document of a backtest"),
    }
    return {REFERENCE / name: MADE + "\n".join(lines).strip() + "\n" for name, lines in made.items()}


# ---- Tables of a planbook.


def tables() -> Iterator[str]:
    """Tell every table and column of a planbook, in both languages."""
    yield "# Tables of a planbook · 规划数据包的数据表\n"
    yield (
        "A planbook is a folder with `plan.yaml` and one CSV or Parquet file for each table (`projects.csv`), or one "
        "Excel workbook with a sheet for each table. A heading or sheet may carry the name, the English or the Chinese "
        "label. Tables and columns that are not needed may be left out; **bold** columns must be filled in every row.\n"
    )
    yield (
        "规划数据包是一个文件夹（`plan.yaml`及每张表一个CSV或Parquet文件），或一个Excel工作簿（每张表一个工作表）。"
        "表头和工作表可用英文名、英文标签或中文标签。用不到的表和列可以省略；**粗体**列每行必填。\n"
    )
    yield (
        "Dates are written 2025-06-30; yes and no as yes/no, true/false, 是/否. Money is in 万元 (10,000 yuan). "
        "Columns that several tables have (`status`, `source`, `url`, `note`, `known_from`) mean the same in each.\n"
    )
    yield "| table · 表 | key · 主键 | what it holds · 内容 |"
    yield "|---|---|---|"
    for table in TABLES:
        key = ", ".join(f"`{name}`" for name in table.key)
        yield f"| [`{table.name}`](#{table.name}) {table.label_zh} | {key} | {table.about} {table.about_zh} |"
    for table in TABLES:
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield f"\n## {table.name}\n"
    yield f"{table.label} · {table.label_zh}. {table.about} {table.about_zh}\n"
    yield "| column · 列 | label · 标签 | type | what it says · 说明 |"
    yield "|---|---|---|---|"
    for column in table:
        name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
        yield f"| {name} | {column.label} · {column.label_zh} | {_type(column)} | {_about(column)} |"


def _type(column: Column) -> str:
    bounds = ""
    if column.minimum is not None or column.maximum is not None:
        low, high = ("" if bound is None else f"{bound:g}" for bound in (column.minimum, column.maximum))
        bounds = f", {low}–{high}" if low and high else f", at least {low}" if low else f", at most {high}"
    unit = f", {column.unit}" if column.unit else ""
    return f"{column.type.value}{unit}{bounds}"


def _about(column: Column) -> str:
    parts = [column.about, column.about_zh]
    if column.choices:
        parts.append("; ".join(f"`{value}` {label}" for value, label in column.choices))
    if column.refers_to:
        table, name = column.refers_to.split(".")
        parts.append(f"→ [{table}](#{table})`.{name}`")
    return " ".join(part for part in parts if part)


# ---- Commands.


def commands() -> Iterator[str]:
    """Tell every command with its arguments and options."""
    yield "# Commands\n"
    yield f"{backcast_command.help}\n"
    yield (
        "Help and messages are in English or Chinese; see [settings](settings.md). Results go to the standard output, "
        "progress and errors to the error stream, so `backcast run PLANBOOK --json > run.json` holds JSON and nothing "
        "else.\n"
    )
    yield "| exit code | meaning |\n|---|---|"
    yield "| 0 | done; `check` found no error (there may be warnings) |"
    yield (
        "| 1 | the planbook has errors, a file cannot be read or written, `doctor` misses something, or `audit verify` "
        "finds something |"
    )
    yield "| 2 | the command was not understood: an unknown option, a value out of range |"
    yield "| 130 | interrupted from the keyboard; no file is left half written |\n"
    for name, command in named_commands(backcast_command):
        yield from _command(name, command)


def named_commands(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield the commands of a group, and of groups within it by both names."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from named_commands(command, f"{above}{name} ")
        else:
            yield f"{above}{name}", command


def _command(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=f"backcast {name}")
    yield f"## {name}\n"
    yield f"{command.help}\n"
    yield f"```text\n{' '.join([context.command_path, *command.collect_usage_pieces(context)])}\n```\n"
    records = [(p, record) for p in command.params if (record := p.get_help_record(context))]
    if records:
        yield "| argument or option | default | what it says |\n|---|---|---|"
        for parameter, (shown, about) in records:
            shows_default = isinstance(parameter, click.Option) and parameter.show_default and not parameter.is_flag
            default = f"`{parameter.default}`" if shows_default else ""
            yield f"| `{shown}` | {default} | {_without_extra(about)} |"
        yield ""


def _without_extra(text: str) -> str:
    """Return the help of an option without its default, but with its range."""
    found = re.search(r"  \[(.*)\]$", text)
    ranges = [part for part in found[1].split("; ") if not part.startswith("default")] if found else []
    plain = text[: found.start()] if found else text
    return f"{plain} ({ranges[0].replace('<=x<=', ' to ')})" if ranges else plain


# ---- Python.


def python() -> Iterator[str]:
    """Tell the public names with their signatures and docstrings."""
    yield "# Python\n"
    yield "```py\nimport backcast as bc\n```\n"
    yield (
        "These names are the public interface; everything else may change between versions. Nothing is imported before "
        "it is used. How to work with it: [Analyse a plan in Python](../how-to/analyse-in-python.md).\n"
    )
    for name in backcast.__all__:
        yield from _public(f"bc.{name}", getattr(backcast, name))
    yield "## Results of a run\n"
    yield "Each is a frozen record; `Records` holds them in order.\n"
    for result in RESULTS:
        yield from _public(result.__name__, result, level="###")
    yield "## Earlier forecasts\n"
    yield "In `backcast.planbook.hindsight`.\n"
    for thing in (past_forecasts, earlier_runs, year_ends, PastRun):
        yield from _public(thing.__name__, thing, level="###")


def _public(name: str, thing: Any, level: str = "##") -> Iterator[str]:
    yield f"{level} {name}\n"
    if inspect.isfunction(thing):
        yield f"```py\n{_signature(name, thing)}\n```\n"
    before, attributes = _sections(inspect.getdoc(thing) or "")
    yield f"{before}\n"
    if inspect.isclass(thing) and not issubclass(thing, Exception):
        rows = [*_fields(thing, attributes), *_members(thing)]
        yield from ("| member | what it is |", "|---|---|", *rows, "") if rows else ()


def _fields(thing: type, attributes: dict[str, str]) -> Iterator[str]:
    """Tell the public fields of a record, with what its docstring says of them."""
    for field in fields(thing) if is_dataclass(thing) else ():
        if not field.name.startswith("_"):
            yield f"| `{field.name}: {_cell(str(field.type))}` | {attributes.get(field.name, '')} |"


def _members(thing: type) -> Iterator[str]:
    """Tell the public methods and properties of a class."""
    for name, member in vars(thing).items():
        inner = getattr(member, "__func__", getattr(member, "func", getattr(member, "fget", member)))
        if not name.startswith("_") and inspect.isfunction(inner):
            called = inspect.isfunction(member) or isinstance(member, classmethod)
            shown = _signature(name, inner) if called else name
            yield f"| `{_cell(shown)}` | {_plain(inspect.getdoc(inner) or '').splitlines()[0]} |"


def _signature(name: str, function: Any) -> str:
    signature = inspect.signature(function)
    kept = [p for p in signature.parameters.values() if p.name not in ("self", "cls")]
    return f"{name}{signature.replace(parameters=kept)}".replace("'", "")


def _cell(code: str) -> str:
    """Return code that may stand in a cell of a table."""
    return code.replace("|", "\\|")


def _plain(doc: str) -> str:
    """Return a docstring with Markdown's single backticks."""
    return re.sub(r":\w+:`~?([^`]+)`", r"`\1`", doc).replace("``", "`")


def _sections(doc: str) -> tuple[str, dict[str, str]]:
    """Split a NumPy docstring into Markdown and what it says of attributes, by name."""
    head, *rest = re.split(r"\n\n?(\w+)\n-+\n", _plain(doc))
    attributes: dict[str, str] = {}
    for title, body in zip(rest[::2], rest[1::2], strict=True):
        entries = re.findall(r"^(\S.*)\n((?:    .*\n?)+)", body, re.MULTILINE)
        about = {name: " ".join(text.split()) for names, text in entries for name in names.split(", ")}
        if title == "Attributes":
            attributes = about
        elif entries:
            head += f"\n\n**{title}**\n\n" + "\n".join(f"- `{name}`: {text}" for name, text in about.items())
        else:
            head += f"\n\n**{title}**: {body}"
    return head, attributes


# ---- The JSON documents.


def json_document(name: str, title: str) -> Iterator[str]:
    """Tell every key of a document that a command prints with ``--json``."""
    schema = json.loads((REFERENCE / name).read_text(encoding="utf-8"))
    yield f"# {title}\n"
    yield f"{schema['description']} The schema is [{name}]({name}) (JSON Schema, draft 2020-12).\n"
    yield from _keys(schema)
    for kind, part in schema["$defs"].items():
        if part["type"] == "object":
            yield f"\n## {kind.replace('_', ' ')}\n"
            yield f"{part['description']}\n"
            yield from _keys(part)


def _keys(part: dict[str, Any]) -> Iterator[str]:
    yield "| key | type | what it says |\n|---|---|---|"
    for name, value in part["properties"].items():
        yield f"| `{name}` | {_json_type(value)} | {value.get('description', '')} |"


def _json_type(value: dict[str, Any]) -> str:
    if "$ref" in value:
        name = value["$ref"].rsplit("/", 1)[-1]
        return name if name == "day" else f"[{name.replace('_', ' ')}](#{name.replace('_', '-')})"
    if "enum" in value:
        return ", ".join("null" if choice is None else f"`{choice}`" for choice in value["enum"])
    if "anyOf" in value:
        return " or ".join(_json_type(choice) for choice in value["anyOf"])
    if value["type"] == "array":
        return f"list of {_json_type(value['items'])}"
    kind = value["type"]
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


if __name__ == "__main__":
    main()
