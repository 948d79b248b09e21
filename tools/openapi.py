"""Make ``docs/reference/openapi.json`` from the routers of the API; it is never edited by hand."""

from __future__ import annotations

import json
import os
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import django

from blocks import ROOT, write_changed

DOCUMENT = ROOT / "docs" / "reference" / "openapi.json"


def main() -> None:
    """Write the document."""
    with TemporaryDirectory() as home:
        os.environ |= {"BACKCAST_HOME": home, "DJANGO_SETTINGS_MODULE": "backcast.web.config.settings"}
        django.setup()
        write_changed(pages())


def pages() -> dict[Path, str]:
    """Return the document as it should stand in the repository; Django is set up."""
    schema = import_module("backcast.web.config.api").api.get_openapi_schema()
    return {DOCUMENT: json.dumps(schema, indent=1, ensure_ascii=False) + "\n"}


if __name__ == "__main__":
    main()
