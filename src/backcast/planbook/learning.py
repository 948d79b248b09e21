"""Reference classes learned from a history (docs/explanation/reference-classes.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import floor, inf, log, log10
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backcast.engine.classes import Classes, Sample
from backcast.engine.correlation import SharedRisk, shared_risk
from backcast.engine.hazards import CANCELLED, FINISHED, RUNNING
from backcast.engine.learning import Learner
from backcast.engine.pace import SILENT, Progress
from backcast.engine.portable import Floats
from backcast.engine.reports import Reports
from backcast.language import Message, tr
from backcast.planbook import history as histories
from backcast.planbook.book import Planbook
from backcast.planbook.delays import cost_ratios, said, start_delays
from backcast.planbook.history import KEY
from backcast.planbook.priors import ROOT, ReferenceClass, published, reference_classes, steps
from backcast.planbook.problem import PlanbookError, Problem
from backcast.planbook.schema import CLASSES, HISTORY, QUANTILES

EPOCH = date(1970, 1, 1)
NEAREST, FARTHEST = log(1e-4), log(1e6)
"""Of ln(ratio), as it is told: a ratio is above 0, and where all were given up, nothing bounds what finishes would
have taken."""
_ENDINGS = {"running": RUNNING, "finished": FINISHED, "cancelled": CANCELLED}


Node: TypeAlias = tuple[str, tuple[str, ...]]
"""Interval and path of a class: ("", ()) is the root, (interval, ()) all classes of an interval."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Classes by interval and path, each after the one above it.

    Attributes
    ----------
    nodes
        Index of each class.
    parent
        Index of the class above; -1 for the root.
    family
        Index of the group that shares effects: an interval and the first step of a path; -1 above.
    kind
        Index of the interval; the root has that of what tells no interval.
    """

    nodes: dict[Node, int]
    parent: NDArray[np.int64]
    family: NDArray[np.int64]
    kind: NDArray[np.int64]

    @classmethod
    def of(cls, kinds: pl.DataFrame) -> Tree:
        """Build the tree of the classes and intervals in a frame."""
        wanted = sorted((interval, steps(name)) for name, interval in kinds.iter_rows())
        every = [(interval, path[:length]) for interval, path in wanted for length in range(len(path) + 1)]
        nodes = {node: k for k, node in enumerate(dict.fromkeys([("", ()), *every]))}
        parent = [-1, *(nodes[_above(node)] for node in list(nodes)[1:])]
        childless = set(range(len(nodes))) - set(parent)
        families = [(interval, path[:1]) if path or k in childless else None for (interval, path), k in nodes.items()]
        return cls(nodes, np.array(parent), _numbered(families), _numbered([interval for interval, _ in nodes]))

    def index(self, interval: str, name: str) -> int:
        """Return the most specific class that covers an interval of a class."""
        path = steps(name)
        nodes = ((interval, path[:length]) for length in range(len(path), -1, -1))
        return next((self.nodes[node] for node in nodes if node in self.nodes), 0)


def _above(node: Node) -> Node:
    interval, path = node
    return (interval, path[:-1]) if path else ("", ())


def _numbered(values: Sequence[object]) -> NDArray[np.int64]:
    """Number different values in their order; -1 for None."""
    numbers: dict[object, int] = {None: -1}
    return np.array([numbers.setdefault(value, len(numbers) - 1) for value in values])


@dataclass(frozen=True)
class Learned:
    """What a history taught; ``print`` tells it, :meth:`to_frame` gives the table of classes.

    Attributes
    ----------
    day
        The day on which it was known.
    from_observation
        Whether the register can be believed only from each observation on: it restates plans or
        drops what is done.
    shared
        What it tells of shared risk; None where it tells nothing.
    beside
        Classes of start delays and costs, see :mod:`backcast.planbook.delays`; None where nobody asked.
    """

    day: date
    from_observation: bool
    tree: Tree
    model: Classes
    source: str
    shared: SharedRisk | None = None
    beside: pl.DataFrame | None = None

    def to_frame(self) -> pl.DataFrame:
        """Return one row per class, as the table ``classes`` of a planbook has them."""
        model = self.model
        frame = pl.DataFrame(
            {
                "class": ["/".join(path) or ROOT for _, path in self.tree.nodes],
                "interval": [interval or None for interval, _ in self.tree.nodes],
                **{f"p{percent:02}": self.ratios[:, k].round(4) for k, percent in enumerate(QUANTILES)},
                "cancelled": model.cancelled.round(4),
                "cancelled_later": _told(np.where(model.cancelled > 0.0, model.cancelled_later, np.nan)),
                "n": model.cases,
                "effective_cases": model.evidence.round(1),
                "length_effect": _told(model.effects[:, 0]),
                "typical_length": _told(model.typical[:, 0], 0),
                "cost_effect": _told(model.effects[:, 1]),
                "typical_cost": [None if np.isnan(cost) else _to_three_figures(cost) for cost in model.typical[:, 1]],
                "pace_spread": _told(model.pace[:, 0]),
                "pace_floor": _told(model.pace[:, 1]),
                "curve_slope": _told(model.pace[:, 2]),
            },
            strict=False,
        )
        missing = [pl.lit(None, column.polars_type).alias(column.name) for column in CLASSES
                   if column.name not in frame.columns]  # fmt: skip
        root = (pl.col("class") == ROOT) & pl.col("interval").is_null()
        rho = None if self.shared is None else round(self.shared.value, 4)
        rows = (
            frame.with_columns(missing)
            .with_columns(status=pl.lit("derived"), source=pl.lit(self.source or None))
            .with_columns(correlation=pl.when(root).then(pl.lit(rho, pl.Float64)))
            .select(pl.col(column.name).cast(column.polars_type) for column in CLASSES)
        )
        return rows if self.beside is None else pl.concat([rows, self.beside])

    def __str__(self) -> str:
        return "\n".join(str(line) for line in self._lines())

    def _lines(self) -> list[Message]:
        head = tr("Learned from what was known on {day}.", day=self.day.isoformat())
        fading = [self._fading(interval, days) for interval, days in self.half_lives.items() if days < inf]
        paces = [] if np.isnan(self.model.pace[0, 0]) else [self._pace()]
        return [head, *fading, *paces, *self._classes(), *self._beside()]

    def _beside(self) -> list[Message]:
        shared = [] if self.shared is None else [_shared(self.shared)]
        return [*([] if self.beside is None else said(self.beside)), *shared]

    @property
    def ratios(self) -> Floats:
        """Quantiles of elapsed ÷ planned, shape ``(n_classes, 13)``."""
        found: Floats = np.exp(np.clip(self.model.log_ratio, NEAREST, FARTHEST))
        return found

    @property
    def half_lives(self) -> dict[str, float]:
        """Days after which what was seen of an interval counts half; infinite where the past does not fade."""
        kinds, days = [interval for interval, _ in self.tree.nodes], self.model.half_life.tolist()
        return dict(zip(kinds[1:] or kinds, days[1:] or days, strict=True))

    def _fading(self, interval: str, days: float) -> Message:
        name = interval or tr("every interval")
        return tr("{interval}: what was seen {days} days ago counts half.", interval=name, days=f"{days:.0f}")

    def _pace(self) -> Message:
        helps = self.model.pace[:, 0] < SILENT
        return tr(
            "Own pace helps in {helped} of {classes} classes.",
            helped=f"{int(helps.sum()):,}", classes=f"{helps.size:,}",
        )  # fmt: skip

    def _classes(self) -> Iterator[Message]:
        told = self.ratios[:, [QUANTILES.index(percent) for percent in (10, 50, 90)]].tolist()
        for (interval, path), (low, middle, high), cancelled, n in zip(
            self.tree.nodes, told, self.model.cancelled.tolist(), self.model.cases.tolist(), strict=True
        ):
            yield tr(
                "{name}: P10 {low}, P50 {middle}, P90 {high}, cancelled {cancelled}, {n} finished.",
                name=f"{'/'.join(path) or ROOT} {interval}".strip(), low=f"{low:.2f}", middle=f"{middle:.2f}",
                high=f"{high:.2f}", cancelled=f"{cancelled:.0%}", n=f"{n:,}",
            )  # fmt: skip


def _shared(found: SharedRisk) -> Message:
    return tr(
        "Shared risk {value}: the history alone says {estimate} ± {error}, from {periods} periods.",
        value=f"{found.value:.2f}", estimate=f"{found.estimate:.2f}", error=f"{found.error:.2f}",
        periods=f"{found.periods:,}",
    )  # fmt: skip


def learn(
    history: pl.DataFrame, *, day: date | str | None = None, prior: pl.DataFrame | None = None, source: str = ""
) -> Learned:
    """Learn reference classes from a history.

    Parameters
    ----------
    history
        As :data:`backcast.planbook.schema.HISTORY` declares it; missing columns are empty.
    day
        What was not known on this day is not seen; the last day of the table where it is not given.
    prior
        Reference classes on whose root a history with few cases leans; those that ship with Backcast
        where it is not given. An empty table lets the history stand alone.
    source
        Told in the table, where the classes come from.

    Raises
    ------
    PlanbookError
        If a column has another type than declared, or nothing usable is known on the day.
    """
    frame = histories.complete(history)
    if not frame["usable"].any():
        raise PlanbookError([Problem(HISTORY.name, 0, "planned_finish", "", _NOTHING_TO_COMPARE)])
    when = date.fromisoformat(day) if isinstance(day, str) else day or last_day(frame)
    learned = fit(frame, when, prior=prior, source=source)
    watched = sample(histories.spells(frame, when), learned.tree)
    found = [kind(frame, when, source=source) for kind in (start_delays, cost_ratios)]
    shared = shared_risk(learned.model, watched, float((when - EPOCH).days))
    return replace(learned, shared=shared, beside=pl.concat(found))


_NOTHING_TO_COMPARE = tr(
    "No row tells both when an interval began and when it was planned to finish, so there is nothing to compare. "
    "Fill in planned_finish and, as far as it is known, actual_start."
)


def fit(frame: pl.DataFrame, day: date, *, prior: pl.DataFrame | None = None, source: str = "") -> Learned:
    """Learn from a complete history, see :func:`backcast.planbook.history.complete`."""
    from_observation = histories.kept_from_observation(histories.known_at(frame, day))
    reports = histories.reports(frame, day)
    return fit_spells(histories.spells(frame, day), day, from_observation, prior=prior, source=source, reports=reports)


def fit_spells(
    watched: pl.DataFrame,
    day: date,
    from_observation: bool,
    *,
    prior: pl.DataFrame | None = None,
    source: str = "",
    reports: pl.DataFrame | None = None,
) -> Learned:
    """Learn from spells, see :func:`backcast.planbook.history.spells`, and reports of progress."""
    above = _root(published() if prior is None else prior)
    if above is None and not (watched["ended"] == "finished").any():
        message = tr(
            "Nothing had finished by {day}: there is nothing to learn from. Choose a later day.", day=day.isoformat()
        )
        raise PlanbookError([Problem(HISTORY.name, 0, "", "", message)])
    tree = Tree.of(watched.select("class", "interval").unique())
    shape, cases = (None, 0.0) if above is None else (np.array(above.log_ratio), above.evidence)
    told = None if reports is None or reports.is_empty() else _reports(reports, tree)
    learner = Learner(sample(watched, tree), tree.parent, tree.family, tree.kind, shape, cases, told)
    return Learned(day, from_observation, tree, learner.learn(float((day - EPOCH).days)), source)


def _root(classes: pl.DataFrame) -> ReferenceClass | None:
    """The root class, of every interval."""
    return None if classes.is_empty() else reference_classes(Planbook.of({"classes": classes}))[ROOT, ""]


def sample(watched: pl.DataFrame, tree: Tree) -> Sample:
    """Return spells, see :func:`backcast.planbook.history.spells`, as arrays."""
    node = nodes(watched, tree)
    kinds = watched.select("class", "interval", project=pl.struct(KEY).rank("dense"))
    return Sample(
        project=kinds["project"].to_numpy().astype(np.int64),
        start=days(watched["start"]),
        planned=watched["planned"].to_numpy().astype(float),
        entered=days(watched["entered"]),
        left=days(watched["left"]),
        ended=watched["ended"].replace_strict(_ENDINGS, return_dtype=pl.Int8).to_numpy(),
        node=node,
        family=tree.family[node],
        cost=watched["baseline_cost"].cast(float).fill_null(np.nan).to_numpy(),
    )


def _reports(told: pl.DataFrame, tree: Tree) -> Reports:
    return Reports(sample(told, tree), days(told["followed"]), progress(told))


def progress(told: pl.DataFrame) -> Progress:
    """Return what was last reported of running intervals, see :func:`backcast.planbook.history.reports`."""
    return Progress(*(told[name].cast(float).fill_null(np.nan).to_numpy() for name in ("done", "reported", "falls")))


def nodes(frame: pl.DataFrame, tree: Tree) -> NDArray[np.int64]:
    """Return the class of each row."""
    kinds = frame.select("class", "interval").unique()
    index = [tree.index(interval, name) for name, interval in kinds.iter_rows()]
    joined = frame.select("class", "interval").join(
        kinds.with_columns(node=pl.Series(index, dtype=pl.Int64)), on=["class", "interval"], how="left",
        maintain_order="left",
    )  # fmt: skip
    return joined["node"].to_numpy()


def days(dates: pl.Series) -> Floats:
    """Return dates as days since the epoch of the calendar."""
    return dates.cast(pl.Int32).cast(float).to_numpy()


def last_day(frame: pl.DataFrame) -> date:
    """Return the last day on which a complete history was observed."""
    found = frame["observed_at"].max()
    assert isinstance(found, date)
    return found


def _told(values: Floats, digits: int = 4) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), digits) for value in values]


def _to_three_figures(value: float) -> float:
    """Round a cost, whatever its unit, but not above whole ones."""
    return round(float(value), max(2 - floor(log10(value)), 0))
