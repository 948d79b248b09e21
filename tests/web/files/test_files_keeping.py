"""Files that people attach: checked by their content, kept outside the database, handed over to be saved."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from cast import PROVINCE, actor_for
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from backcast.web.core.refusals import Invalid
from backcast.web.core.roles import Role
from backcast.web.files.actions import keep
from backcast.web.files.kinds import LARGEST, kind_of
from backcast.web.files.views import download

pytestmark = pytest.mark.django_db
BY = actor_for(Role.PROJECT_OFFICER, PROVINCE)
PDF = b"%PDF-1.7\n%..."


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for name in names:
            zipped.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("批复.pdf", PDF),
        ("a.PNG", b"\x89PNG\r\n\x1a\n...."),
        ("a.jpeg", b"\xff\xd8\xff\xe0"),
        ("a.docx", archive("[Content_Types].xml", "word/document.xml")),
        ("a.xlsx", archive("[Content_Types].xml", "xl/workbook.xml")),
        ("公文.ofd", archive("OFD.xml", "Doc_0/Document.xml")),
        ("表.csv", "编码,名称".encode("gb18030")),
    ],
)
def test_a_file_is_what_its_name_and_its_content_say(name, content):
    kept = keep(SimpleUploadedFile(name, content), by=BY)
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    with kept.content.open("rb") as stored:
        assert stored.read() == content
    assert name not in kept.content.name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"MZ\x90\x00"),
        ("a.exe", b"MZ\x90\x00"),
        ("a.html", b"<script>"),
        ("a.svg", b"<svg onload='x'>"),
        ("a.docx", archive("evil.exe")),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.txt", b"\x00\x01"),
        ("a.pdf", b""),
        ("pdf", PDF),
    ],
)
def test_another_content_is_refused_with_what_is_taken(name, content):
    with pytest.raises(Invalid, match=r"\.pdf") as refused:
        keep(SimpleUploadedFile(name, content), by=BY)
    assert refused.value.faults[0].field == "file"


def test_a_large_file_is_refused_before_it_is_read():
    upload = SimpleUploadedFile("a.pdf", PDF)
    upload.size = LARGEST + 2**20
    with pytest.raises(Invalid, match="21 MB"):
        keep(upload, by=BY)


def test_an_archive_with_too_many_entries_is_not_opened():
    assert kind_of("a.docx", io.BytesIO(archive(*(f"word/{n}" for n in range(5_001))))) is None


def test_folders_in_a_name_are_left_out():
    assert keep(SimpleUploadedFile("x.pdf", PDF), by=BY).name == "x.pdf"
    upload = SimpleUploadedFile("x.pdf", PDF)
    upload._name = "..\\..\\etc/批\n复.pdf"
    assert keep(upload, by=BY).name == "批复.pdf"


def test_a_file_is_handed_over_to_be_saved():
    response = download(keep(SimpleUploadedFile("批复.pdf", PDF), by=BY))
    assert response["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content) == PDF
    response.close()
