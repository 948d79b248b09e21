"""The few SVG elements that the charts are made of."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

Point = tuple[float, float]


def element(name: str, *children: str, **attributes: object) -> Markup:
    """Return an element; ``class_`` means class, underscores mean hyphens, numbers are pixels.

    Children and values are escaped unless they are markup already.
    """
    written = (f' {_name(key)}="{escape(_value(value))}"' for key, value in attributes.items() if value is not None)
    content = "".join(escape(child) for child in children)
    return Markup(f"<{name}{''.join(written)}>{content}</{name}>")


def text(x: float, y: float, content: str, **attributes: object) -> Markup:
    """Return a line of text whose baseline starts at ``(x, y)``, or ends or is centred there by ``anchor``."""
    anchor = attributes.pop("anchor", None)
    return element("text", content, x=x, y=y, text_anchor=anchor, **attributes)


def line(start: Point, end: Point, **attributes: object) -> Markup:
    """Return a straight line."""
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], **attributes)


def path(points: Iterable[Point], *, closed: bool = False, **attributes: object) -> Markup:
    """Return a path through points."""
    steps = "L".join(f"{pixels(x)} {pixels(y)}" for x, y in points)
    return element("path", d=f"M{steps}{'Z' if closed else ''}", **attributes)


def diamond(x: float, y: float, size: float, **attributes: object) -> Markup:
    """Return a square on its corner around ``(x, y)``."""
    return path([(x - size, y), (x, y - size), (x + size, y), (x, y + size)], closed=True, **attributes)


def pixels(value: float) -> str:
    """Write a coordinate to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def text_width(content: str, size: float) -> float:
    """Estimate how wide a text may be set: Chinese characters are square, others three fifths as wide."""
    return sum(size if ord(character) > 0x2E7F else 0.61 * size for character in content)


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-") if key != "viewBox" else key


def _value(value: object) -> object:
    return pixels(value) if isinstance(value, float) else value
