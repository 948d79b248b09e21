"""The document of the API that is kept beside the code is the one that the server answers."""

from __future__ import annotations

import json
from pathlib import Path

from backcast.web.config.api import api

DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "openapi.json"


def test_the_kept_document_is_the_one_that_the_server_answers():
    kept, answered = json.loads(DOCUMENT.read_text(encoding="utf-8")), json.loads(json.dumps(api.get_openapi_schema()))
    assert kept == answered, "Run tools/openapi.py, and look at what changes for whoever uses the API."


def test_every_operation_says_how_it_may_fail():
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method, operation in operations.items():
            assert {"401", "403", "404", "422", "500"} <= {str(code) for code in operation["responses"]}, (method, path)
