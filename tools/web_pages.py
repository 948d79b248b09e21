"""Pages of the documentation that are made from the web application."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import django

from blocks import write_changed


def write(pages: Callable[[], dict[Path, str]]) -> None:
    """Set Django up on a folder of its own, and write the pages that differ from what stands in the repository."""
    with TemporaryDirectory() as home:
        os.environ |= {"BACKCAST_HOME": home, "DJANGO_SETTINGS_MODULE": "backcast.web.config.settings"}
        django.setup()
        write_changed(pages())
