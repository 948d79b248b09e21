"""The places that a grant may name: the directory, which stands above, lends its lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable

Choices = Callable[[], Iterable[tuple[str, str]]]
"""Pairs of a path, or a code, and how people call it."""

_LISTS: dict[str, Choices] = {}


def lend(*, regions: Choices, organisations: Choices) -> None:
    """Offer regions and organisations to whoever grants; the directory does so when it is ready."""
    _LISTS.update(regions=regions, organisations=organisations)


def regions() -> list[tuple[str, str]]:
    """Return paths and names of regions."""
    return _lent("regions")


def organisations() -> list[tuple[str, str]]:
    """Return codes and names of organisations."""
    return _lent("organisations")


def names() -> dict[str, str]:
    """Return what people call each path and each code."""
    return dict(regions() + organisations())


def _lent(name: str) -> list[tuple[str, str]]:
    return list(_LISTS[name]()) if name in _LISTS else []
