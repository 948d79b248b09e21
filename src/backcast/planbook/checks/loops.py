"""Trees that bite their own tail, and activities that wait for each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import inf

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.language import Message, tr
from backcast.planbook.checks.findings import ROW, Tables
from backcast.planbook.problem import Problem
from backcast.planbook.schema import TABLES
from backcast.planbook.templates import TEMPLATES

Graph = Mapping[str, Sequence[str]]
Nodes = NDArray[np.int64]
_Step = tuple[str, int, Iterator[str]]

_AND = "\x1f"  # between a project's code and its activity's; no code holds it
_LONG, _LEFT_OUT = 16, "…"


def loops(tables: Tables) -> Iterator[Problem]:
    """Find tasks, regions, projects and indicators that stand below themselves."""
    for table in TABLES:
        for column in table:
            if column.refers_to == f"{table.name}.code":
                edges = tables[table.name].select(ROW, before=column.name, after="code").drop_nulls()
                for loop, row in _loops(edges):
                    yield Problem(table.name, row, column.name, loop[0], _in_itself(" → ".join(loop)))


def relationship_loops(tables: Tables) -> Iterator[Problem]:
    """Find activities that wait for each other, across projects too, and name one loop of each knot."""
    links = tables["relationships"].select(
        ROW,
        before=pl.concat_str("predecessor_project", "predecessor", separator=_AND),
        after=pl.concat_str("successor_project", "successor", separator=_AND),
    )
    for loop, row in _loops(pl.concat([links, _template_links(tables)]).drop_nulls()):
        alone = len({node.split(_AND)[0] for node in loop if node != _LEFT_OUT}) == 1
        names = [node.split(_AND)[-1] if alone else node.replace(_AND, "/") for node in loop]
        yield Problem("relationships", row, "predecessor", names[0], _wait_for_each_other(" → ".join(names)))


def _template_links(tables: Tables) -> pl.DataFrame:
    """The order of steps in the projects that have relationships but take their activities from a template."""
    links = tables["relationships"]
    used = pl.concat([links["predecessor_project"], links["successor_project"]]).unique()
    bare = tables["projects"].join(tables["activities"], left_on="code", right_on="project", how="anti")
    pairs = [
        (0, f"{project}{_AND}{first.code}", f"{project}{_AND}{then.code}")
        for project, kind in bare.filter(pl.col("code").is_in(used.implode())).select("code", "kind").iter_rows()
        for first, then in pairwise(TEMPLATES.get(kind, ()))
    ]
    return pl.DataFrame(pairs, schema={ROW: pl.Int64, "before": pl.String, "after": pl.String}, orient="row")


def _loops(edges: pl.DataFrame) -> Iterator[tuple[list[str], int]]:
    """Yield a loop of each knot, its first node repeated at the end, with the first row that is part of it."""
    if edges.is_empty():
        return
    names = pl.concat([edges["before"], edges["after"]])
    ranks = (names.rank("dense") - 1).cast(pl.Int64)
    before, after = ranks.head(edges.height).to_numpy(), ranks.tail(edges.height).to_numpy()
    knotted = _behind_loops(before, after) & _behind_loops(after, before)
    kept = edges.filter(pl.Series(knotted[before] & knotted[after]))
    rows = {(one, other): row for one, other, row in kept.reverse().select("before", "after", ROW).iter_rows()}
    graph = dict(kept.group_by("before", maintain_order=True).agg("after").iter_rows())
    for knot in _knots(graph):
        loop = _shortest(knot, graph)
        yield _readable(loop), min(row for pair in pairwise(loop) if (row := rows[pair]))


def _behind_loops(before: Nodes, after: Nodes) -> NDArray[np.bool_]:
    """Tell which nodes are part of a loop or come after one, by taking away all that wait for nothing (Kahn 1962)."""
    size = int(max(before.max(initial=-1), after.max(initial=-1))) + 1
    order = np.argsort(before, kind="stable")
    starts = np.searchsorted(before[order], np.arange(size + 1)).tolist()
    successors = after[order].tolist()
    waits = np.bincount(after, minlength=size).tolist()
    ready = [node for node, count in enumerate(waits) if not count]
    while ready:
        node = ready.pop()
        for other in successors[starts[node] : starts[node + 1]]:
            waits[other] -= 1
            if not waits[other]:
                ready.append(other)
    return np.array(waits, dtype=np.int64) > 0


def _knots(graph: Graph) -> Iterator[set[str]]:
    """Yield the sets of nodes that can all reach each other (Tarjan 1972, with a stack instead of recursion)."""
    found: dict[str, float] = {}  # when a node was found; infinite once its knot is known
    lowest: dict[str, float] = {}  # the earliest node that it leads back to
    path: list[str] = []
    for root in graph:
        walk: list[_Step] = [] if root in found else [_enter(root, graph, found, lowest, path)]
        while walk:
            node, place, others = walk[-1]
            other = next(others, None)
            if other is None:
                walk.pop()
                if walk:
                    lowest[walk[-1][0]] = min(lowest[walk[-1][0]], lowest[node])
                if lowest[node] == found[node]:
                    knot, path[place:] = path[place:], []
                    found.update(dict.fromkeys(knot, inf))
                    if len(knot) > 1 or node in graph[node]:
                        yield set(knot)
            elif other not in found:
                walk.append(_enter(other, graph, found, lowest, path))
            else:
                lowest[node] = min(lowest[node], found[other])


def _enter(node: str, graph: Graph, found: dict[str, float], lowest: dict[str, float], path: list[str]) -> _Step:
    """Put a node on the path; return it with its place there and what comes after it."""
    found[node] = lowest[node] = len(found)
    path.append(node)
    return node, len(path) - 1, iter(graph.get(node, ()))


def _shortest(knot: set[str], graph: Graph) -> list[str]:
    """Return the shortest loop through the first node of a knot."""
    start = min(knot)
    came_from: dict[str, str] = {}
    ahead = deque([start])
    while start not in came_from:
        node = ahead.popleft()
        for other in graph[node]:
            if other in knot and other not in came_from:
                came_from[other] = node
                ahead.append(other)
    loop = [start, came_from[start]]
    while loop[-1] != start:
        loop.append(came_from[loop[-1]])
    return loop[::-1]


def _readable(loop: list[str]) -> list[str]:
    """Leave out the middle of a loop that nobody would read to its end."""
    return loop if len(loop) <= _LONG else [*loop[: _LONG - 4], _LEFT_OUT, *loop[-3:]]


def _in_itself(chain: str) -> Message:
    return tr("These stand one below the other in a circle: {chain}. Correct one of them.", chain=chain)


def _wait_for_each_other(chain: str) -> Message:
    return tr("Activities wait for each other: {chain}. Remove one of these relationships.", chain=chain)
