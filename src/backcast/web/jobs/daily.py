"""What the worker does once a day, whoever else works."""

from __future__ import annotations

import logging

from backcast.web.accounts.actions import BACKCAST
from backcast.web.audit import recording as audit
from backcast.web.core.duties import DUTIES

DAY_SECONDS = 86_400
log = logging.getLogger(__name__)


def tidy() -> None:
    """Do every duty; the audit is told what each did, the log what went wrong, and none hinders another."""
    for noun, duty in DUTIES.items():
        try:
            if count := duty():
                audit.note(BACKCAST, f"{noun}.tidied", {"count": count})
        except Exception:
            log.exception("The daily duty “%s” failed; it is tried again tomorrow.", noun)
