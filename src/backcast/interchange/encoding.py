"""Bytes become text: which encoding a file was saved in."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_LOST = "\N{REPLACEMENT CHARACTER}"
_PLAUSIBLE = 0.8  # share of a text's foreign characters that everyday Chinese would reach


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, the encoding it was read with, and how many characters could not be read."""

    text: str
    encoding: str
    replaced: int


def decode(data: bytes) -> Decoded:
    """Read UTF-8, UTF-16 with its mark, GB18030 or, where that makes no sense, Windows-1252.

    GB18030 decodes almost any bytes, mostly into rare characters; it is believed only where the characters are
    those of everyday Chinese (GB 2312).
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(data, "utf-16")
    try:
        return Decoded(data.decode("utf-8-sig"), "utf-8", 0)
    except UnicodeDecodeError:
        chinese = _decoded(data, "gb18030")
        return chinese if _everyday(chinese.text) >= _PLAUSIBLE else _decoded(data, "cp1252")


def _decoded(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, errors="replace")
    return Decoded(text, encoding, text.count(_LOST))


def _everyday(text: str) -> float:
    """Return the share of the characters outside ASCII that belong to GB 2312, without those that were lost."""
    foreign = [character for character in text if not character.isascii() and character != _LOST]
    known = "".join(foreign).encode("gb2312", errors="ignore").decode("gb2312")
    return len(known) / len(foreign) if foreign else 0.0
