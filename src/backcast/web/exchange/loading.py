"""Load a whole planbook: every table in the order in which they refer to each other, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from backcast.language import Message, tr
from backcast.planbook.book import Planbook
from backcast.web.core.actor import Actor
from backcast.web.exchange.differences import changes
from backcast.web.exchange.registry import home, homes
from backcast.web.exchange.writing import Applied, apply, prepare

Progress = Callable[[Message, int, int], None]


@transaction.atomic
def load(book: Planbook, *, by: Actor, progress: Progress | None = None) -> tuple[Any, tuple[Applied, ...]]:
    """Load a planbook: rows that exist are changed, others created, and none is deleted.

    Regions and organisations are shared by all plans; everything else belongs to the planbook's plan.

    Returns
    -------
    The plan, and what was done to each table.

    Raises
    ------
    PlanbookError
        If a row cannot be kept; all that are wrong with its table are listed.
    """
    code = book["plan"]["code"][0]
    plans, plan = home("plan").model._default_manager, None
    plan = plans.filter(code=code).first()
    total, done = sum(frame.height for frame in book.tables.values()), 0
    told: list[Applied] = []
    for one in homes():
        frame = book[one.table.name]
        if frame.height:
            told.append(apply(prepare(changes(one.table.name, frame, by, plan), by=by), by=by))
            plan = plan or plans.filter(code=code).first()
            done += frame.height
            if progress:
                progress(tr("Loading"), done, total)
    return plan, tuple(told)
