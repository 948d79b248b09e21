import zipfile

import openpyxl
import pytest

from backcast.interchange import read


@pytest.fixture
def read_table(tmp_path):
    """Read one table from the text or bytes of its CSV file."""

    def reading(table, content):
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / f"{table}.csv").write_bytes(data)
        return read(tmp_path)

    return reading


@pytest.fixture
def save(tmp_path):
    """Write rows into a workbook with openpyxl, as another program would; return its path."""

    def saved(rows, title="regions"):
        book = openpyxl.Workbook()
        book.active.title = title
        for row in rows:
            book.active.append(row)
        path = tmp_path / "book.xlsx"
        book.save(path)
        return path

    return saved


@pytest.fixture
def rewrite():
    """Change the bytes of one part of a workbook."""

    def rewritten(path, part, change):
        with zipfile.ZipFile(path) as archive:
            parts = {info.filename: archive.read(info) for info in archive.infolist()}
        parts[part] = change(parts[part])
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in parts.items():
                archive.writestr(name, data)

    return rewritten
