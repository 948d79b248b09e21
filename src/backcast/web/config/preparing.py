"""What the port answers while the demonstration is still being prepared: how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.template.loader import render_to_string
from django.utils import translation

from backcast.language import Message

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
OPEN = ("/static/", "/healthz")
"""Addresses that need no preparation."""
HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'"),
    ("Cache-Control", "no-store"),
    ("Refresh", "1"),
    ("Retry-After", "5"),
)


class Preparing:
    """An application behind a page that says what is being prepared, until it is.

    Parameters
    ----------
    steps
        What will be done, in this order.
    """

    def __init__(self, application: Application, steps: Sequence[Message]) -> None:
        self.application, self.steps = application, tuple(steps)
        self.at, self.share = 0, 0.0
        self.ready, self.failure = False, ""

    def begin(self, step: Message) -> None:
        """Say that a step begins."""
        self.at, self.share = self.steps.index(step), 0.0

    def progress(self, _: Message, done: int, of: int) -> None:
        """Say how far the present step is."""
        self.share = done / max(of, 1)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the page, or hand the request on."""
        if self.ready or environ.get("PATH_INFO", "").startswith(OPEN):
            return self.application(environ, start_response)
        with translation.override(translation.get_language_from_request(WSGIRequest(environ))):
            page = self._page().encode()
        status = HTTPStatus.SERVICE_UNAVAILABLE
        start_response(f"{status.value} {status.phrase}", [*HEADERS, ("Content-Length", str(len(page)))])
        return [page]

    def _page(self) -> str:
        language = "zh_Hans" if (translation.get_language() or "").startswith("zh") else "en"
        told = [(step.read(language), number < self.at, number == self.at) for number, step in enumerate(self.steps)]
        return render_to_string(
            "ui/preparing.html", {"steps": told, "percent": round(100 * self.share), "failure": self.failure}
        )
