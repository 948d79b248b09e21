"""``plan.yaml``: the one row of the plan table, a line for each column."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import yaml

from backcast.interchange.encoding import decode
from backcast.interchange.headings import shorten
from backcast.interchange.sheet import Sheet, from_columns, numbers, refused
from backcast.language import Message, tr
from backcast.planbook.problem import Problem
from backcast.planbook.schema import PLAN

_NULL = "tag:yaml.org,2002:null"


def read_plan(data: bytes) -> Sheet:
    """Read the bytes of a ``plan.yaml``; every value is taken as it is written, like a cell."""
    try:
        root = yaml.compose(decode(data).text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        return _refused(_syntax(error))
    if not isinstance(root, yaml.MappingNode):
        return _refused(tr("The file must hold one “name: value” on each line, such as “code: fourteenth-plan”."))
    problems = list(_odd_values(root))
    pairs = [(key.value, _text(value)) for key, value in root.value if isinstance(key.value, str)]
    body = pl.DataFrame([pl.Series(str(position), [text], pl.String) for position, (_, text) in enumerate(pairs)])
    sheet = from_columns(PLAN, [name for name, _ in pairs], body, numbers(0, 1), 0)
    return Sheet(PLAN, sheet.columns, sheet.rows, (*problems, *sheet.problems))


def write_plan(row: dict[str, object]) -> bytes:
    """Return one plan as YAML, without what is empty; texts that look like something else are quoted."""
    filled = {name: value for name, value in row.items() if value is not None}
    return yaml.safe_dump(filled, allow_unicode=True, sort_keys=False, width=120).encode()


def _text(node: yaml.Node) -> str | None:
    if not isinstance(node, yaml.ScalarNode) or node.tag == _NULL:
        return None
    return str(node.value)


def _odd_values(root: yaml.MappingNode) -> Iterator[Problem]:
    for key, value in root.value:
        if not isinstance(value, yaml.ScalarNode):
            message = tr("Line {line} holds a list or a block. Write one value.", line=value.start_mark.line + 1)
            yield Problem(PLAN.name, 0, str(key.value), "", message)


def _syntax(error: Exception) -> Message:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    return tr(
        "Line {line} is not valid YAML: {reason}.", line=line, reason=shorten(getattr(error, "problem", "") or "")
    )


def _refused(message: Message) -> Sheet:
    return refused(PLAN, Problem(PLAN.name, 0, "", "", message))
