"""The zip file that a workbook is: whether it is safe to open, and what its reader would drop.

Everything is unpacked once, in pieces, before any reader sees it: sizes that a zip file states about itself can be
made up. On the way the cells are found that hold an error or a formula without a result, which readers show as empty.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from backcast.interchange.sheet import NO_RESULT
from backcast.language import Message, tr
from backcast.planbook.problem import PlanbookError, Problem

MEGABYTE = 1024**2
FILE_LIMIT = 200 * MEGABYTE
UNPACKED_LIMIT = 2048 * MEGABYTE
RATIO_LIMIT = 250  # unpacked ÷ packed; a sheet of equal rows reaches about 100
_RATIO_FROM = 10 * MEGABYTE  # below, any ratio is harmless
_INDEX_LIMIT = 16 * MEGABYTE  # for the parts that only list others
_PIECE = 4 * MEGABYTE

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old .xls files, and the wrapping of protected ones
_PROTECTED = "EncryptedPackage".encode("utf-16-le")

_ROW_LIMIT = 64 * MEGABYTE  # of the text of one row
_ERROR = re.compile(rb'<(?:\w+:)?c( [^>]*\bt="e"[^>]*)(?<!/)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<', re.DOTALL)
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c( [^>]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_PLACE = re.compile(rb' r="([A-Z]+)(\d+)"')
# A place to the right of column BZ, or below the last row of Excel; quick, then sure that the cell has a content.
_PERHAPS_FAR = re.compile(rb' r="(?:[A-Z]{3}|[C-Z][A-Z]|[A-Z]+\d{7})')
_FAR = re.compile(
    rb'<(?:\w+:)?c (?:[^>]* )?r="([A-Z]{3,}\d+|[C-Z][A-Z]\d+|[A-Z]+(?:\d{8,}|[2-9]\d{6}|1[1-9]\d{5}|10[5-9]\d{4}))"'
    rb"(?:[^>]*[^>/])?>"
)


@dataclass(frozen=True, slots=True)
class Lost:
    """A cell that a reader would show as empty; ``row`` and ``position`` count from 0."""

    row: int
    position: int
    text: str


def inspect(path: Path, wanted: Callable[[str], bool]) -> dict[str, list[Lost]]:
    """Unpack a workbook once and return, for each of the ``wanted`` sheets, the cells that a reader would drop.

    Raises
    ------
    PlanbookError
        If the file is no workbook, is protected, or would take too much memory.
    """
    _kind(path)
    try:
        with ZipFile(path) as archive, path.open("rb") as raw:
            _sizes(path, archive.infolist())
            sheets = {part: name for name, part in _sheets(archive).items() if wanted(name)}
            found: dict[str, list[Lost]] = {name: [] for name in sheets.values()}
            if not {entry.filename for entry in archive.infolist()}.issuperset(sheets):
                raise BadZipFile(path.name)
            for entry in archive.infolist():
                pieces = _unpacked(path, raw, entry)
                if name := sheets.get(entry.filename):
                    found[name].extend(_scan(path, name, pieces))
                else:
                    for _ in pieces:
                        pass
    except (BadZipFile, zlib.error, struct.error, KeyError, ElementTree.ParseError) as error:
        raise refusal(path, _damaged(path)) from error
    return found


def refusal(path: Path, message: Message) -> PlanbookError:
    """Return the error that a file cannot be read."""
    return PlanbookError([Problem("", 0, "", path.name, message)])


def _kind(path: Path) -> None:
    """Refuse what is no workbook of today, by its size and its first bytes."""
    if (size := path.stat().st_size) > FILE_LIMIT:
        raise refusal(path, _too_large(path, size, FILE_LIMIT))
    with path.open("rb") as file:
        start = file.read(8)
        if start == _OLE:
            protected = _PROTECTED in file.read()
            raise refusal(path, _has_password(path) if protected else _old(path))
    if not start.startswith(b"PK"):
        message = tr("“{file}” is not an Excel workbook, whatever its name says. Save it as .xlsx.", file=path.name)
        raise refusal(path, message)


def _sizes(path: Path, entries: list[ZipInfo]) -> None:
    if (size := sum(entry.file_size for entry in entries)) > UNPACKED_LIMIT:
        raise refusal(path, _too_large(path, size, UNPACKED_LIMIT))
    for entry in entries:
        if entry.flag_bits & 1:
            raise refusal(path, _has_password(path))
        if entry.file_size > max(_RATIO_FROM, RATIO_LIMIT * entry.compress_size):
            raise refusal(path, _bomb(path))


def _sheets(archive: ZipFile) -> dict[str, str]:
    """Return the part of the package that holds each sheet, by the sheet's name."""
    book = ElementTree.fromstring(_small(archive, "xl/workbook.xml"))
    links = ElementTree.fromstring(_small(archive, "xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    sheets = {}
    for sheet in book.iterfind(".//{*}sheets/{*}sheet"):
        link = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        target = targets.get(link, "")
        sheets[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return sheets


def _small(archive: ZipFile, part: str) -> bytes:
    if archive.getinfo(part).file_size > _INDEX_LIMIT:
        raise BadZipFile(part)
    return archive.read(part)


def _unpacked(path: Path, raw: BinaryIO, entry: ZipInfo) -> Iterator[bytes]:
    """Yield the content of a part in pieces, and refuse it as soon as it is longer than it says."""
    raw.seek(entry.header_offset)
    name_length, extra_length = struct.unpack("<26xHH", raw.read(30))
    raw.seek(name_length + extra_length, 1)
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise BadZipFile(entry.filename)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if entry.compress_type == ZIP_DEFLATED else None
    packed, size, pending = entry.compress_size, 0, b""
    while True:
        if packed and not pending:
            pending = raw.read(min(packed, _PIECE)) or _missing(entry)
            packed -= len(pending)
        piece, pending = (
            (unpacker.decompress(pending, _PIECE), unpacker.unconsumed_tail) if unpacker else (pending, b"")
        )
        if not (piece or pending or packed):
            return
        size += len(piece)
        if size > entry.file_size:
            raise refusal(path, _bomb(path))
        yield piece


def _missing(entry: ZipInfo) -> NoReturn:
    raise BadZipFile(entry.filename)


def _scan(path: Path, sheet: str, pieces: Iterator[bytes]) -> Iterator[Lost]:
    """Yield the cells of a sheet that a reader would drop; refuse a cell so far out that a table cannot reach it."""
    rest = b""
    for piece in pieces:
        text = rest + piece
        end = text.rfind(b"row>") + 1  # cells of one row stay together; 0 if no row has ended
        yield from _lost(path, sheet, text[:end])
        rest = text[end:]
        if len(rest) > _ROW_LIMIT:
            raise BadZipFile(sheet)
    yield from _lost(path, sheet, rest)


def _lost(path: Path, sheet: str, text: bytes) -> Iterator[Lost]:
    if _PERHAPS_FAR.search(text) and (far := _FAR.search(text)):
        raise refusal(path, _far_out(path, sheet, far[1].decode()))
    if b't="e"' in text:
        yield from (_cell(match[1], match[2].decode(errors="replace")) for match in _ERROR.finditer(text))
    if b"<f" in text or b":f" in text:
        yield from (_cell(match[1], NO_RESULT) for match in _UNCALCULATED.finditer(text) if b't="str"' not in match[1])


def _cell(attributes: bytes, text: str) -> Lost:
    place = _PLACE.search(attributes)
    if place is None:
        raise BadZipFile("cell without a place")
    position = 0
    for letter in place[1]:
        position = position * 26 + letter - ord("A") + 1
    return Lost(int(place[2]) - 1, position - 1, text)


def _too_large(path: Path, size: int, limit: int) -> Message:
    return tr(
        "“{file}” takes {size} MB, more than the {limit} MB that are read. Use a folder of CSV or Parquet files.",
        file=path.name,
        size=f"{size // MEGABYTE:,}",
        limit=f"{limit // MEGABYTE:,}",
    )


def _bomb(path: Path) -> Message:
    return tr(
        "“{file}” unpacks to far more than a table would; it was not opened. "
        "Copy its cells into a new workbook if you trust where it comes from.",
        file=path.name,
    )


def _has_password(path: Path) -> Message:
    return tr("“{file}” is protected by a password. Remove the password in Excel and save it again.", file=path.name)


def _old(path: Path) -> Message:
    return tr("“{file}” is a workbook of the old kind (.xls). Save it in Excel as .xlsx.", file=path.name)


def _damaged(path: Path) -> Message:
    return tr(
        "“{file}” is damaged or is no Excel workbook. Open it in Excel and save it again as .xlsx.", file=path.name
    )


def _far_out(path: Path, sheet: str, cell: str) -> Message:
    return tr(
        "The sheet “{sheet}” of “{file}” has something in cell {cell}, far outside any table. "
        "Delete the rows and columns there and save it again.",
        sheet=sheet,
        file=path.name,
        cell=cell,
    )
