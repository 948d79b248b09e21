"""What somebody does with a file: upload it, name its columns, decide conflicts, import it, discard it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from os.path import commonpath
from pathlib import Path
from typing import Any

import polars as pl
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.planbook.problem import PlanbookError, Problem
from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor, Route
from backcast.web.core.refusals import Fault, Invalid
from backcast.web.exchange import packing, staging, upload
from backcast.web.exchange.effects import CONFLICT, MINE, Look, look
from backcast.web.exchange.models import ColumnNames, Import, Stage
from backcast.web.exchange.reading import frame_of
from backcast.web.exchange.registry import Home, home
from backcast.web.exchange.writing import Ready, apply, prepare
from backcast.web.files import actions as files
from backcast.web.jobs import actions as jobs
from backcast.web.ui.reading import in_chinese

AT_ONCE = 2_000
"""So many rows are written while the page waits; more are written in the background."""


class Moved(Invalid):
    """What an import would do is no more what was shown; nothing was written, and the new state is shown instead."""

    def __init__(self) -> None:
        told = _("Something changed since this was shown, so nothing was imported. Look at it again, then confirm.")
        super().__init__([Fault("", told)])


@contextmanager
def legible() -> Iterator[None]:
    """Tell what keeps a file from being read at the field of the file."""
    try:
        yield
    except PlanbookError as error:
        language = "zh_Hans" if in_chinese() else "en"
        raise Invalid([Fault("file", one.read(language), one.value) for one in error.problems]) from error


def take(file: UploadedFile[bytes], table: str, plan: str, *, names: ColumnNames | None = None, by: Actor) -> Import:
    """Keep an uploaded file and look what it would do; nothing of the table is written.

    Raises
    ------
    Invalid
        If it is too large, or cannot be read at all.
    """
    one = home(table)
    by.require(one.importers)
    taken = Import(table=table, plan=plan, names=names, owner=by.name, reach=_reach(one, by))
    with staging.as_file(file.name or "", file.chunks()) as path:
        read(taken, path, by=by)
    with transaction.atomic():
        taken.file = kept = files.keep(file, by=by)
        taken.save()
        told = {"table": table, "plan": plan, "file": kept.name, "sha256": kept.sha256}
        audit.record(by, "import.uploaded", taken, after=told)
    return taken


def read(taken: Import, path: Path, *, by: Actor) -> None:
    """Read the file of an import, with the names of its columns, and look what it would do; nothing is saved."""
    columns = taken.names.columns if taken.names else {}
    with legible():
        reading = upload.read(taken.table, path, columns)
    rows = staging.staged(reading)
    taken.staged, taken.mine = packing.packed(rows), {}
    if reading.is_foreign and not columns:
        taken.stage = Stage.MAPPING
        return
    taken.doubts = packing.pack_problems(reading.problems)
    _settle(taken, look(taken.table, rows, {}, by, taken.its_plan()), reading.problems)


def _settle(taken: Import, seen: Look, doubts: Collection[Problem]) -> None:
    """Keep what was seen of an import: what is wrong, what it would do, and whether that may be confirmed."""
    found = seen.found
    cells = {(one.row, one.column) for one in doubts}
    problems = [*doubts, *(one for one in found.problems if (one.row, one.column) not in cells)]
    problems.sort(key=lambda one: (one.row, one.column))
    taken.errors = sum(one.severity == "error" for one in problems)
    taken.warnings = len(problems) - taken.errors
    taken.created, taken.changed = found.created.height, len(found.changed)
    taken.unchanged, taken.conflicts = found.unchanged, len(found.conflicts)
    taken.problems, taken.effects = packing.pack_problems(problems), packing.packed(seen.effects)
    taken.shown = seen.fingerprint
    taken.stage = Stage.FAULTY if taken.errors else Stage.READY


def name_columns(taken: Import, name: str, columns: Mapping[str, str], *, by: Actor) -> ColumnNames:
    """Keep under a name which column of a foreign file is which of ours, and read the file with it."""
    by.require(home(taken.table).importers)
    said = {"columns": dict(columns), "changed_by": by.name}
    taken.names = ColumnNames(table=taken.table, name=name, **said)
    with staging.on_disk(taken.file) as path:
        read(taken, path, by=by)
    with transaction.atomic():
        taken.names, new = ColumnNames.objects.update_or_create(table=taken.table, name=name, defaults=said)
        taken.save()
        action = "column_names.added" if new else "column_names.changed"
        audit.record(by, action, taken.names, after={"table": taken.table, "columns": dict(columns)})
    return taken.names


def decide(taken: Import, shown: Collection[str], mine: Collection[str], *, by: Actor) -> None:
    """Say in which of the conflicts that were shown the file wins; elsewhere what somebody else wrote stays.

    Parameters
    ----------
    shown, mine
        Identities of rows.
    """
    effects = packing.unpacked(taken.effects).filter(pl.col("effect").is_in([CONFLICT, MINE]))
    versions = dict(zip(effects["identity"], effects["version"], strict=True))
    kept = {name: version for name, version in taken.mine.items() if name not in shown}
    taken.mine = kept | {name: versions[name] for name in mine if name in versions}
    again(taken, by=by)
    audit.record(by, "import.decided", taken, after={"mine": sorted(taken.mine)})


def again(taken: Import, *, by: Actor) -> Look:
    """Look once more what an import would do, and keep that."""
    seen = look(taken.table, packing.unpacked(taken.staged), taken.mine, by, taken.its_plan())
    _settle(taken, seen, list(packing.problems_of(taken.doubts)))
    taken.save()
    return seen


@transaction.atomic
def discard(taken: Import, *, by: Actor) -> bool:
    """Put an import aside, unless it was written or is being so; its file is kept. Return whether it is aside."""
    stages = [Stage.MAPPING, Stage.FAULTY, Stage.READY, *([Stage.WRITING] if taken.is_stuck else [])]
    aside = Import.objects.filter(pk=taken.pk, stage__in=stages).update(stage=Stage.DISCARDED)
    if aside:
        audit.record(by, "import.discarded", taken)
    return bool(aside)


def confirm(taken: Import, *, seen: str, by: Actor) -> None:
    """Import what was shown: now where it is little, in the background where it is much.

    Parameters
    ----------
    seen
        Fingerprint of what was shown.

    Raises
    ------
    Moved
        If it is no more what it would do.
    """
    by.require(home(taken.table).importers)
    if seen != taken.shown or not taken.may_be_written:
        raise Moved
    if taken.size <= AT_ONCE:
        write(taken, by=by)
        return
    with transaction.atomic():
        if not Import.objects.filter(pk=taken.pk, stage=Stage.READY).update(stage=Stage.WRITING):
            raise Moved
        title = _("Import of {file}").format(file=taken.file.name)
        job = jobs.start("exchange.write", {"import": taken.code}, by=by, title=title)
        Import.objects.filter(pk=taken.pk).update(job=job.code)


def write(taken: Import, *, by: Actor, report: jobs.Report | None = None) -> None:
    """Write an import: all of it or nothing, and only what was shown.

    Raises
    ------
    Moved
        If it would do something else by now.
    Conflict
        If somebody changes one of its rows at this very moment.
    """
    plan, one = taken.its_plan(), home(taken.table)
    acting = replace(by, route=Route.IMPORT, request_id=taken.code)
    tell = report or (lambda share, step="": None)
    tell(0.1, _("Comparing with the library"))
    seen = look(taken.table, packing.unpacked(taken.staged), taken.mine, by, plan)
    if seen.fingerprint != taken.shown or seen.found.errors:
        again(taken, by=by)
        raise Moved
    before = packing.packed(_as_they_are(one, [change.pk for change in seen.found.changed]))
    ready = prepare(seen.found, by=acting)
    tell(0.7, _("Writing"))
    try:
        _write_down(taken, ready, before, by=acting, report=report)
    except IntegrityError:  # somebody took a code, or removed what a row refers to, since it was compared
        if again(taken, by=by).fingerprint == seen.fingerprint and not taken.errors:
            raise
        raise Moved from None


@transaction.atomic
def _write_down(taken: Import, ready: Ready, before: bytes, *, by: Actor, report: jobs.Report | None) -> None:
    """Write the rows, the audit, the import and its job at once."""
    first, _hash = audit.head()
    apply(ready, by=by)
    last, _hash = audit.head()
    done = {"stage": Stage.DONE, "done_at": timezone.now(), "before": before}
    numbers = {"first_event": first + 1, "last_event": last}
    if not Import.objects.filter(pk=taken.pk, stage__in=[Stage.READY, Stage.WRITING]).update(**done, **numbers):
        raise Moved
    told = {"created": taken.created, "changed": taken.changed, "file": taken.file.name}
    audit.record(by, "import.written", taken, after={"table": taken.table, "plan": taken.plan, **told})
    if report:
        report.done({"url": taken.get_absolute_url()})


def _as_they_are(one: Home, keys: list[int]) -> Any:
    """Return rows that will be changed, as they are before."""
    return frame_of(one, one.model._default_manager.filter(pk__in=keys))


def _reach(one: Home, by: Actor) -> str:
    """Return the path of the region within which somebody may import a table."""
    paths = [grant.region_path for grant in by.grants if grant.role in one.importers and grant.region_path]
    return f"{commonpath(paths).rstrip('/')}/" if paths else "/"
