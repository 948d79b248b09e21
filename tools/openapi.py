"""Make ``docs/reference/openapi.json`` from the routers of the API; it is never edited by hand."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import web_pages
from blocks import ROOT

DOCUMENT = ROOT / "docs" / "reference" / "openapi.json"


def pages() -> dict[Path, str]:
    """Return the document as it should stand in the repository; Django is set up."""
    schema = import_module("backcast.web.config.api").api.get_openapi_schema()
    return {DOCUMENT: json.dumps(schema, indent=1, ensure_ascii=False) + "\n"}


if __name__ == "__main__":
    web_pages.write(pages)
