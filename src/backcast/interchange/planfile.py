"""``plan.yaml``: the one row of the plan table, a line for each column."""

from __future__ import annotations

import polars as pl
import yaml

from backcast.interchange.encoding import decode
from backcast.interchange.headings import shorten
from backcast.interchange.sheet import Sheet, from_columns, numbers, refused
from backcast.language import Message, tr
from backcast.planbook.problem import Problem
from backcast.planbook.schema import PLAN

_WHOLE = ("utf-8", "utf-16", "gb18030")  # encodings that do not come from a guess
_BREAKS = frozenset("\x85\u2028\u2029")  # line breaks to YAML 1.1, which would be read back as spaces
_NULL = "tag:yaml.org,2002:null"
_TEXT = "tag:yaml.org,2002:str"


class _Dumper(yaml.SafeDumper):
    """Writes texts in double quotes where only an escape keeps a character."""


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(_TEXT, text, style=None if _BREAKS.isdisjoint(text) else '"')


_Dumper.add_representer(str, _represent_text)


def read_plan(data: bytes) -> Sheet:
    """Read the bytes of a ``plan.yaml``; every value is taken as it is written, like a cell."""
    decoded = decode(data)
    try:
        root = yaml.compose(decoded.text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        return _refused(_syntax(error))
    if not isinstance(root, yaml.MappingNode):
        return _refused(tr("The file must hold one “name: value” on each line, such as “code: fourteenth-plan”."))
    cells: dict[str, str | None] = {}
    problems = [] if decoded.encoding in _WHOLE and not decoded.replaced else [_not_utf8()]
    for key, value in root.value:
        line, name = key.start_mark.line + 1, str(key.value)
        if name in cells:
            problems.append(Problem(PLAN.name, 0, name, "", _twice(line, name)))
        if not isinstance(value, yaml.ScalarNode):
            problems.append(Problem(PLAN.name, 0, name, "", _block(line)))
        cells.setdefault(name, _text(value))
    body = pl.DataFrame([pl.Series(str(position), [text], pl.String) for position, text in enumerate(cells.values())])
    sheet = from_columns(PLAN, list(cells), body, numbers(0, 1), 0)
    return Sheet(PLAN, sheet.columns, sheet.rows, (*problems, *sheet.problems))


def write_plan(row: dict[str, object]) -> bytes:
    """Return one plan as YAML, without what is empty; texts that look like something else are quoted."""
    filled = {name: value for name, value in row.items() if value is not None}
    return yaml.dump(filled, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120).encode()


def _text(node: yaml.Node) -> str | None:
    if not isinstance(node, yaml.ScalarNode) or node.tag == _NULL:
        return None
    return str(node.value)


def _block(line: int) -> Message:
    return tr("Line {line} holds a list or a block. Write one value.", line=line)


def _twice(line: int, name: str) -> Message:
    return tr("Line {line} gives “{name}” a second time. Remove one of the two.", line=line, name=name)


def _not_utf8() -> Problem:
    message = tr("The file is not UTF-8. Save it as UTF-8, and look whether names have kept their letters.")
    return Problem(PLAN.name, 0, "", "", message, "warning")


def _syntax(error: Exception) -> Message:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    return tr(
        "Line {line} is not valid YAML: {reason}.", line=line, reason=shorten(getattr(error, "problem", "") or "")
    )


def _refused(message: Message) -> Sheet:
    return refused(PLAN, Problem(PLAN.name, 0, "", "", message))
