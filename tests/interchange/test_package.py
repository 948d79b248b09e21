import zipfile

import pytest

from backcast.interchange import package, read
from backcast.planbook.problem import PlanbookError

HEAD = ["code", "name", "level", "population", "area", "known_from"]


def refusal(path):
    with pytest.raises(PlanbookError) as caught:
        read(path)
    (problem,) = caught.value.problems
    return problem.message.read("en")


def test_a_file_that_is_no_zip_is_refused(tmp_path):
    (tmp_path / "a.xlsx").write_text("code,name\n1,2\n")
    assert "is not an Excel workbook, whatever its name says" in refusal(tmp_path / "a.xlsx")


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("a.txt", "x")
    assert "is damaged or is no Excel workbook" in refusal(tmp_path / "a.xlsx")


@pytest.mark.parametrize("cut", [30, 500, -200])
def test_a_workbook_cut_short_is_refused(save, cut):
    path = save([HEAD, ["14", "x", "省"]])
    path.write_bytes(path.read_bytes()[:cut])
    assert "is damaged or is no Excel workbook" in refusal(path)


def test_an_old_workbook_is_refused(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(package._OLE + b"\0" * 4096)
    assert "workbook of the old kind (.xls)" in refusal(tmp_path / "a.xlsx")


def test_a_workbook_with_a_password_is_refused(tmp_path):
    directory = b"\0" * 504 + "EncryptionInfo".encode("utf-16-le") + b"\0" * 100
    directory += "EncryptedPackage".encode("utf-16-le")
    (tmp_path / "a.xlsx").write_bytes(package._OLE + directory + b"\0" * 4096)
    assert "protected by a password" in refusal(tmp_path / "a.xlsx")


def test_a_zip_with_a_password_is_refused(save):
    path = save([HEAD])
    data = bytearray(path.read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    path.write_bytes(data)
    assert "protected by a password" in refusal(path)


def test_a_bomb_that_says_how_large_it_is_is_refused(save, rewrite):
    path = save([HEAD])
    rewrite(path, "xl/styles.xml", lambda _: b" " * (20 * package.MEGABYTE))
    assert "unpacks to far more than a table would" in refusal(path)


def test_a_bomb_that_lies_about_its_size_is_refused(save, rewrite):
    path = save([HEAD])
    rewrite(path, "xl/styles.xml", lambda _: b" " * (20 * package.MEGABYTE))
    size = (20 * package.MEGABYTE).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (4096).to_bytes(4, "little")))
    assert "unpacks to far more than a table would" in refusal(path)


def test_a_file_beyond_the_limits_is_refused(save, monkeypatch):
    path = save([HEAD])
    monkeypatch.setattr(package, "UNPACKED_LIMIT", 1000)
    assert "more than the 0 MB that are read" in refusal(path)
    monkeypatch.setattr(package, "FILE_LIMIT", 1000)
    assert "more than the 0 MB that are read" in refusal(path)


@pytest.mark.parametrize("cell", ["CA2", "XFD1", "A9999999", "A1050000"])
def test_a_cell_far_outside_any_table_is_refused(save, rewrite, cell):
    path = save([HEAD, ["14"]])
    far = f'<c r="{cell}"><v>1</v></c></row></sheetData>'.encode()
    rewrite(path, "xl/worksheets/sheet1.xml", lambda data: data.replace(b"</row></sheetData>", far))
    assert f"has something in cell {cell}" in refusal(path)


def test_a_far_cell_on_the_hidden_sheet_is_refused(save, rewrite):
    path = save([["schema", 1]], "_meta")
    far = b'<c r="XFD1048576"><v>1</v></c></row></sheetData>'
    rewrite(path, "xl/worksheets/sheet1.xml", lambda data: data.replace(b"</row></sheetData>", far))
    assert "has something in cell XFD1048576" in refusal(path)


def test_a_sheet_whose_part_is_not_where_it_should_be_is_refused(save, rewrite):
    path = save([HEAD, ["14"]])
    rewrite(path, "xl/_rels/workbook.xml.rels", lambda data: data.replace(b"sheet1.xml", b"SHEET1.xml"))
    assert "is damaged or is no Excel workbook" in refusal(path)


def test_a_far_cell_without_content_does_no_harm(save, rewrite):
    path = save([HEAD, ["14", "x", "省"]])
    far = b'<c r="XFD2" s="1"/></row></sheetData>'
    rewrite(path, "xl/worksheets/sheet1.xml", lambda data: data.replace(b"</row></sheetData>", far))
    assert read(path).planbook["regions"].height == 1
