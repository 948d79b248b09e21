"""Reads a page as a browser would, as far as the tests need it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "input", "br", "hr", "img", "link"}
SPOKEN = ("aria-label", "title", "data-label", "alt")


@dataclass
class Element:
    name: str
    attributes: dict[str, str | None]
    children: list[Element | str] = field(default_factory=list)

    def all(self, name: str | None = None, **wanted: str) -> list[Element]:
        mine = (name in (None, self.name)) and all(
            self.attributes.get(key.rstrip("_").replace("_", "-")) == value for key, value in wanted.items()
        )
        below = [found for child in self.children if isinstance(child, Element) for found in child.all(name, **wanted)]
        return [self, *below] if mine else below

    @property
    def text(self) -> str:
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return " ".join(" ".join(parts).split())

    @property
    def spoken(self) -> str:
        """Text, and what attributes say."""
        said = [value for element in self.all() for key in SPOKEN if (value := element.attributes.get(key))]
        return " ".join([self.text, *said])


class Reader(HTMLParser):
    """Builds a tree; an element that is closed wrongly is an error."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        assert len(element.attributes) == len(attrs), f"<{tag}> repeats an attribute"
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        closed = self._open.pop()
        assert closed.name == tag, f"</{tag}> closes <{closed.name}> at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def read(page: str) -> Element:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader._open == [reader.root], "an element is not closed"
    return reader.root
