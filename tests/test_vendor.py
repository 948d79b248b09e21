"""The browser's files are those that the lock names, byte by byte."""

from __future__ import annotations

import hashlib
import re
import tarfile
from io import BytesIO

import pytest

import vendor

LOCKED = vendor.locked()
FOLDERS = {(vendor.ROOT / path).parent for path in LOCKED}


@pytest.mark.parametrize("path", LOCKED)
def test_a_file_has_the_checksum_of_the_lock(path):
    content = (vendor.ROOT / path).read_bytes()
    assert hashlib.sha256(content).hexdigest() == LOCKED[path]["sha256"], "Run tools/vendor.py."
    assert b"sourceMappingURL" not in content


def test_no_file_is_there_that_the_lock_does_not_name():
    there = {file.relative_to(vendor.ROOT).as_posix() for folder in FOLDERS for file in folder.iterdir()}
    assert there == set(LOCKED)


def test_notice_names_every_package_with_its_licence():
    notice = " ".join((vendor.ROOT / "NOTICE").read_text(encoding="utf-8").split())
    for entry in LOCKED.values():
        assert re.search(rf"{re.escape(entry['package'])}[^;.]*{re.escape(entry['licence'])}", notice), entry["package"]


def test_every_icon_that_a_template_names_is_in_the_sprite():
    icons = set(next(entry["icons"] for entry in LOCKED.values() if "icons" in entry))
    web = vendor.ROOT / "src" / "backcast" / "web"
    texts = [path.read_text(encoding="utf-8") for path in web.rglob("templates/**/*.html")]
    named = {name for text in texts for name in re.findall(r'\{% icon "([^"]+)" %\}|<c-\w+[^>]* icon="([\w-]+)"', text)}
    assert {name for pair in named for name in pair if name} <= icons


def test_a_member_loses_the_address_of_its_source_map(tmp_path):
    archive = tmp_path / "package.tgz"
    content = b"let a=1;\n//# sourceMappingURL=a.js.map"
    with tarfile.open(archive, "w:gz") as members:
        described = tarfile.TarInfo("package/a.js")
        described.size = len(content)
        members.addfile(described, BytesIO(content))
    assert vendor.made_of(archive, {"member": "a.js"}) == b"let a=1;"
    with pytest.raises(KeyError, match=r"b\.js"):
        vendor.made_of(archive, {"member": "b.js"})
