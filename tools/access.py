"""Make ``tests/web/access/access.csv``, the table of who gets what where, from a database of its own."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

import django
from django.db import transaction
from django.test.utils import setup_databases, setup_test_environment, teardown_databases
from django.utils import translation

from blocks import ROOT, write_changed

TESTS = ROOT / "tests" / "web"
TABLE = TESTS / "access" / "access.csv"


def main() -> None:
    """Write the table."""
    sys.path.append(str(TESTS))
    import_module("web_settings")
    os.environ["DJANGO_SETTINGS_MODULE"] = "web_settings"
    django.setup()
    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    try:
        write_changed(pages())
    finally:
        teardown_databases(made, verbosity=0)


def pages() -> dict[Path, str]:
    """Return the table as it should stand in the repository; Django is set up, with a database that is empty."""
    asking = import_module("access_asking")
    import_module("cast").user_of("leader")
    with transaction.atomic(), translation.override("en"):  # within one, a run is computed in this process
        asking.scene()
        return {TABLE: asking.table()}


if __name__ == "__main__":
    main()
