"""What a history knew on a day: who was running, what had ended, and what came of it later.

Nothing later than the day may be seen. Where the table was observed several times, the rows observed
by the day are what was known; where it was observed only later, what was known is worked out from
the dates in it, and the plan it gives is taken as the plan of then.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from backcast.language import tr
from backcast.planbook.declared import declared, refusal

KEY = ("id", "class", "interval")
_SPELL = ("start", "planned", "entered", "left", "ended", "baseline_cost")
RESTATED, RETAINED, PLANNED = 0.05, 0.8, 0.5
"""Shares of intervals: whose plan may move before plans count as restated; that must stay listed once they
are done; that must still have their plan then."""
_LEAP = 1096
"""Days without any date in the later half of a table, after which a date is not believed."""
_SEVERAL = 5
"""Fewer intervals than this, observed more than once, say nothing of how a register is kept; fewer rows of one
day are no listing."""


def complete(history: pl.DataFrame) -> pl.DataFrame:
    """Return a history with every column, its states told, and what follows from them.

    Returns
    -------
    The rows as :func:`backcast.planbook.declared.declared` has them, and in addition ``start``, ``planned``
    (days from planned or actual start to planned finish), ``ended_on``, ``project``, and ``usable``: whether it
    can be told how long the interval took, or has taken, against a plan. An end without its day, or after
    the day on which it was observed, cannot.

    Raises
    ------
    PlanbookError
        If a column or cell is not as declared, or no row tells of a day.
    """
    frame = declared(history)
    last_day = frame["observed_at"].max() or _last_day(pl.concat([frame["actual_start"], frame["actual_finish"]]))
    if last_day is None:
        raise refusal("observed_at", tr("No row tells of a day. Write when it was observed, started or finished."))
    told = frame.with_columns(pl.col("observed_at").fill_null(last_day)).with_columns(
        status=pl.coalesce("status", _status_by_dates())
    )
    return (
        told.with_columns(_start(), _ended_on())
        .with_columns(planned=_days(pl.coalesce("planned_start", "start"), pl.col("planned_finish")))
        .with_columns(usable=_usable().fill_null(value=False), project="id")
        .sort(*KEY, "observed_at", maintain_order=True)
        .unique([*KEY, "observed_at"], keep="last", maintain_order=True)
    )


def statements(history: pl.DataFrame) -> pl.DataFrame:
    """Return every stated finish of a complete history as an interval of its own.

    For registers that restate plans and never tell of a finish: an interval runs from the day of the
    statement to the finish or, as long as none is known, to the finish that was stated last.

    Returns
    -------
    A complete history: for each statement one row at its day, and one at each later day on which the
    project was seen. Its ``id`` is that of the project, "@" and the day; finishes may lie ahead of ``observed_at``.
    """
    stated = history.filter(~_over(), pl.col("planned_finish") > pl.col("observed_at"))
    said = stated.select(*KEY, "project", "owner", "baseline_cost", "planned_finish", said="observed_at")
    seen = history.select(*KEY, "observed_at", ended_on=pl.coalesce("ended_on", "planned_finish"))
    both = said.join(seen, on=KEY, how="inner").filter(pl.col("observed_at") >= pl.col("said"))
    later = pl.col("observed_at") > pl.col("said")
    named = both.filter(~later | (pl.col("ended_on") > pl.col("said"))).with_columns(
        id=pl.format("{}@{}", "id", "said"),
        start="said",
        planned_start="said",
        ended_on=pl.when(later).then("ended_on"),
        status=pl.when(later).then(pl.lit("finished")).otherwise(pl.lit("running")),
        planned=_days(pl.col("said"), pl.col("planned_finish")),
        usable=pl.lit(value=True),
    )
    missing = [pl.lit(None, kind).alias(name) for name, kind in history.schema.items() if name not in named.columns]
    return named.with_columns(missing).select(history.columns).sort(*KEY, "observed_at")


def known_at(history: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return the rows of a complete history that were known at the end of a day, as they were known.

    Where listings of many rows, open ones among them, had been observed by then, these are the rows
    in them. Otherwise what was not observed yet is worked out from its first later row: what began by
    the day was known, and what ended later was running.
    """
    observed = history.filter(pl.col("observed_at") <= day)
    open_ = observed.filter(~_over())
    if open_.height and observed.height >= _SEVERAL * observed["observed_at"].n_unique():
        return observed
    unseen = history.join(observed.select(KEY), on=KEY, how="anti").unique(KEY, keep="first", maintain_order=True)
    begun = (pl.col("start") <= day).fill_null(value=False)
    over = (pl.col("ended_on") <= day).fill_null(value=False)
    so_far = pl.when(begun).then(pl.lit("running")).otherwise(pl.lit("not_started"))
    as_of = unseen.with_columns(
        status=pl.when(over).then("status").otherwise(so_far),
        actual_start=pl.when(begun).then("actual_start"),
        start=pl.when(begun).then("start"),
        ended_on=pl.when(over).then("ended_on"),
        percent_complete=pl.lit(None, pl.Float64),
        actual_cost=pl.when(over).then("actual_cost"),
        usable=((pl.col("planned") >= 1) & begun).fill_null(value=False),
        observed_at=pl.lit(day),
    )
    return pl.concat([observed, as_of]).sort(*KEY, "observed_at", maintain_order=True)


def spells(history: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return the stretches over which intervals were watched up to a day.

    A register that keeps what is done and leaves its plans alone tells every interval from its start.
    One that restates its plans, or drops what is done, tells it only from the day of each observation
    (delayed entry): before that day, only what lasted long enough to be seen is in it.

    Returns
    -------
    One row per spell: ``id``, ``class``, ``interval``, ``start``, ``planned`` (days), ``entered`` and
    ``left`` (dates), ``ended`` ("running", "finished" or "cancelled") and ``baseline_cost``.
    """
    known = known_at(history, day)
    last = known.unique(KEY, keep="last", maintain_order=True)
    if not kept_from_observation(known):
        watched = last.filter("usable", pl.col("start") <= day).with_columns(entered="start")
        return _as_spells(watched.with_columns(left=pl.coalesce("ended_on", "observed_at"), ended="status"))
    first = known if restated(known) else known.unique(KEY, keep="first", maintain_order=True)
    came = last.select(*KEY, outcome="status", outcome_start="start", left=pl.coalesce("ended_on", "observed_at"))
    watched = (
        _seen_or_born(first, known)
        .join(came, on=KEY, how="left", maintain_order="left")
        .with_columns(start=pl.coalesce("start", "outcome_start"), ended="outcome")
        .with_columns(planned=_days(pl.coalesce("planned_start", "start"), pl.col("planned_finish")))
        .with_columns(entered=pl.max_horizontal("start", "watched_from"))
    )
    begun = pl.col("start").is_not_null() & (pl.col("left") > pl.col("entered"))
    return _as_spells(watched.filter(begun, pl.col("planned") >= 1))


def cases(history: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return what was running on a day, with what came of it.

    Returns
    -------
    The rows known then, and ``until``: days up to which it was followed (None if it was not);
    ``after``: days after which it finished (None if not by then, or never); ``outcome``; and what was
    last reported of its progress, as :func:`reports` has it.
    """
    running = (
        _reported(known_at(history, day))
        .unique(KEY, keep="last", maintain_order=True)
        .filter("usable", (pl.col("status") == "running") & (pl.col("start") <= day))
    )
    later = history.filter(pl.col("observed_at") > day).unique(KEY, keep="last", maintain_order=True)
    came = later.select(*KEY, outcome="status", outcome_on="ended_on", followed="observed_at")
    finished = pl.col("outcome") == "finished"
    return (
        running.join(came, on=KEY, how="left", maintain_order="left")
        .with_columns(_followed(history["observed_at"].max()))
        .with_columns(
            until=_days(pl.lit(day), pl.col("followed")),
            after=pl.when(finished).then(_days(pl.lit(day), pl.col("outcome_on"))),
        )
    )


def reports(history: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return every per cent reported by a day of what was running, with what had come of it by that day.

    Returns
    -------
    Spells from each report on, see :func:`spells`, and ``followed`` (the day up to which it was, later
    than ``left`` where it had ended), ``done`` (share, between 0 and 1), ``reported`` (days from the
    start to the report) and ``falls`` (share of the reports by then that fell below the one before).
    """
    known = _reported(known_at(history, day))
    last_day = pl.lit(known["observed_at"].max())
    came = known.unique(KEY, keep="last", maintain_order=True).select(
        *KEY, ended=pl.col("status").replace("not_started", "running"), left=pl.coalesce("ended_on", "observed_at")
    )
    told = known.filter(
        "usable",
        (pl.col("status") == "running") & pl.col("percent_complete").is_not_null(),
        pl.col("done").is_between(0.0, 1.0, closed="none") & (pl.col("reported") > 0),
    )
    return (
        told.join(came, on=KEY, how="left", maintain_order="left")
        .filter(pl.col("left") > pl.col("observed_at"))
        .with_columns(followed=pl.when(pl.col("ended") == "running").then("left").otherwise(last_day))
        .with_columns(entered="observed_at", followed=pl.max_horizontal("followed", "left"))
        .select(*KEY, *_SPELL, "followed", "done", "reported", "falls")
    )


def _reported(known: pl.DataFrame) -> pl.DataFrame:
    """Add what was last reported of the progress of each interval, by each observation."""
    last = pl.col("percent_complete").forward_fill()
    told = pl.when(pl.col("percent_complete").is_not_null()).then("observed_at").forward_fill()
    return known.with_columns(
        done=(last / 100.0).over(KEY),
        told=told.over(KEY),
        falls=((last.diff() < 0).fill_null(value=False).cum_sum() / pl.col("percent_complete").cum_count()).over(KEY),
    ).with_columns(reported=_days(pl.col("start"), pl.col("told")))


def _followed(last_day: object) -> pl.Expr:
    """The day up to which each case was followed: what has ended is known to have, up to the table's last day.

    An end that depends on the case itself would reward forecasts that are too late. Where finishes lie
    ahead of their observation (see :func:`statements`), what finished is followed up to the last of them.
    What ended on a day that nobody told was not followed.
    """
    last = pl.max_horizontal(pl.lit(last_day), pl.when(pl.col("outcome") == "finished").then("outcome_on").max())
    ended = pl.col("outcome").is_in(["finished", "cancelled"])
    told = pl.when(pl.col("outcome_on").is_not_null()).then(last)
    return pl.when(ended).then(told).otherwise("followed").alias("followed")


def kept_from_observation(known: pl.DataFrame) -> bool:
    """Tell whether a register can be believed only from each observation on."""
    return restated(known) or not _retained(known) or _forgets_plans(known)


def restated(known: pl.DataFrame) -> bool:
    """Tell whether planned finishes move from one observation to the next."""
    moved = (
        known.filter(pl.col("planned_finish").is_not_null())
        .group_by(KEY)
        .agg(several=pl.len() > 1, moved=pl.col("planned_finish").n_unique() > 1)
    )
    several = moved.filter("several")
    return several.height >= _SEVERAL and float(several["moved"].sum()) > RESTATED * several.height


def _forgets_plans(known: pl.DataFrame) -> bool:
    """Whether what is done has mostly lost its plan, so that only what still runs could be compared with one."""
    done = known.filter(pl.col("status") == "finished")
    return done.height > 0 and done["planned"].count() < PLANNED * done.height


def _retained(known: pl.DataFrame) -> bool:
    """Whether what is done stays in the register at the next observation."""
    if known.unique(KEY).height == known.height:
        return True  # one listing, as far as can be told
    days = known["observed_at"].unique().sort()
    done = known.filter(pl.col("status") == "finished")
    before_last = done.unique(KEY, keep="first").filter(pl.col("observed_at") < days.max())
    if before_last.height < _SEVERAL:
        return False
    again = known.filter(pl.col("observed_at") == days.max()).select(KEY)
    return before_last.join(again, on=KEY, how="semi").height >= RETAINED * before_last.height


def _seen_or_born(first: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Rows that were open when they were seen, and those that ended before they could be.

    What is new in a register would have been in it too, had it ended since the observation before, and
    is watched from then on. Where plans are restated or such endings are not listed, nothing is told of
    that time: endings alone would look too fast, and what lasted alone too slow.
    """
    over = _over()
    opened = first.filter(~over).with_columns(watched_from="observed_at")
    observed = known["observed_at"].unique().sort()
    before = pl.DataFrame({"observed_at": observed, "watched_from": observed.shift(1)}).drop_nulls()
    new = known.unique(KEY, keep="first", maintain_order=True).join(before, on="observed_at", maintain_order="left")
    born = new.filter(over, "usable", pl.col("ended_on") > pl.col("watched_from"))
    if restated(known) or born.height < _SEVERAL:
        return opened
    earlier = opened.join(new.select(*KEY, "observed_at"), on=[*KEY, "observed_at"], how="anti")
    return pl.concat([earlier, new.filter(~over), born])


def _as_spells(watched: pl.DataFrame) -> pl.DataFrame:
    return watched.select(*KEY, *_SPELL).with_columns(pl.col("ended").replace("not_started", "running"))


def _last_day(dates: pl.Series) -> object:
    """The last of some dates, but for those that lie years ahead of all others: slips of the pen."""
    days = dates.drop_nulls().unique().sort()
    if days.is_empty():
        return None
    leap = (days.diff().dt.total_days() > _LEAP) & (days > days.gather([days.len() // 2]).item())
    return days.filter(leap.fill_null(value=False).cum_sum() == 0).max()


def _status_by_dates() -> pl.Expr:
    return (
        pl.when(pl.col("actual_finish") <= pl.col("observed_at"))
        .then(pl.lit("finished"))
        .when(pl.col("actual_start") <= pl.col("observed_at"))
        .then(pl.lit("running"))
        .otherwise(pl.lit("not_started"))
    )


def _start() -> pl.Expr:
    begun = pl.col("status") != "not_started"
    return pl.coalesce("actual_start", pl.when(begun).then("planned_start")).alias("start")


def _ended_on() -> pl.Expr:
    """The day of the end; what was given up between two observations, on a day not told, ended by the later one."""
    seen_before = pl.col("observed_at") > pl.col("observed_at").min().over(KEY)
    return (
        pl.when(pl.col("status") == "finished")
        .then("actual_finish")
        .when(pl.col("status") == "cancelled")
        .then(pl.coalesce("actual_finish", pl.when(seen_before).then("observed_at")))
        .alias("ended_on")
    )


def _usable() -> pl.Expr:
    """Whether a row tells when it began, was to end, and ended if it did."""
    lasted = pl.col("ended_on").is_between(pl.col("start"), pl.col("observed_at"))
    return (
        (pl.col("planned") >= 1)
        & (pl.col("start") <= pl.col("observed_at"))
        & (pl.col("status") != "not_started")
        & (~_over() | lasted)
    )


def _over() -> pl.Expr:
    return pl.col("status").is_in(["finished", "cancelled"])


def _days(begin: pl.Expr, end: pl.Expr) -> pl.Expr:
    return (end - begin).dt.total_days()
