"""What a file is, by its content: its name may say anything."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

LARGEST = 20 * 2**20
"""Most bytes of one file."""
MOST_ENTRIES = 5_000
"""Most entries of a file that is an archive inside."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file.

    Attributes
    ----------
    endings
        Of its name, with the dot.
    looks_right
        Whether the content is of this kind.
    """

    mime: str
    endings: tuple[str, ...]
    looks_right: Callable[[IO[bytes]], bool]


def _begins(*starts: bytes) -> Callable[[IO[bytes]], bool]:
    return lambda content: content.read(16).startswith(starts)


def _holds(entry: str) -> Callable[[IO[bytes]], bool]:
    def look(content: IO[bytes]) -> bool:
        try:
            with zipfile.ZipFile(content) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            return False
        return len(names) <= MOST_ENTRIES and any(name == entry or name.startswith(f"{entry}/") for name in names)

    return look


def _is_text(content: IO[bytes]) -> bool:
    data = content.read(LARGEST)
    return b"\0" not in data and any(_decodes(data, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: tuple[Kind, ...] = (
    Kind("application/pdf", (".pdf",), _begins(b"%PDF-")),
    Kind("image/png", (".png",), _begins(b"\x89PNG\r\n\x1a\n")),
    Kind("image/jpeg", (".jpg", ".jpeg"), _begins(b"\xff\xd8\xff")),
    Kind(f"{_OFFICE}.wordprocessingml.document", (".docx",), _holds("word")),
    Kind(f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",), _holds("xl")),
    Kind(f"{_OFFICE}.presentationml.presentation", (".pptx",), _holds("ppt")),
    Kind("application/ofd", (".ofd",), _holds("OFD.xml")),
    Kind("text/plain", (".txt", ".csv"), _is_text),
)
ENDINGS = tuple(ending for kind in KINDS for ending in kind.endings)


def kind_of(name: str, content: IO[bytes]) -> Kind | None:
    """Return the kind that both the name and the content of a file have, if there is one."""
    for kind in KINDS:
        if name.lower().endswith(kind.endings):
            content.seek(0)
            right = kind.looks_right(content)
            content.seek(0)
            return kind if right else None
    return None
