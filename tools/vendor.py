"""Fetch the browser's files that we ship or test with, at the versions that vendor.json names.

They come through the npm client (``npm pack``) and are committed, so neither running nor testing needs Node.
To move to a newer version, write it into vendor.json and run this; the checksums are written back.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCK = Path(__file__).with_name("vendor.json")

Entry = dict[str, Any]
"""One file of the lock: package, version, licence, sha256, and the member, or the icons, that it is made of."""


def main() -> int:
    """Fetch every file of the lock and write its checksum."""
    entries = locked()
    with tempfile.TemporaryDirectory() as folder:
        for path, entry in entries.items():
            content = made_of(fetch(entry["package"], entry["version"], Path(folder)), entry)
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_bytes(content)
            entry["sha256"] = hashlib.sha256(content).hexdigest()
            sys.stdout.write(f"{path}: {entry['package']} {entry['version']}\n")
    LOCK.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    return 0


def locked() -> dict[str, Entry]:
    """Return the lock: a file's path in the repository, and what it is."""
    entries: dict[str, Entry] = json.loads(LOCK.read_text(encoding="utf-8"))
    return entries


def fetch(package: str, version: str, folder: Path) -> Path:
    """Return a package's archive, fetched once."""
    archive = folder / f"{package.removeprefix('@').replace('/', '-')}-{version}.tgz"
    if not archive.exists():
        subprocess.run(["npm", "pack", "--silent", f"{package}@{version}"], cwd=folder, check=True, capture_output=True)
    return archive


def made_of(archive: Path, entry: Entry) -> bytes:
    """Return one file: a member without the address of its source map, or a sprite of icons."""
    with tarfile.open(archive) as members:
        if icons := entry.get("icons"):
            return sprite({name: _read(members, f"icons/outline/{name}.svg").decode() for name in icons}).encode()
        content = _read(members, entry["member"])
    return re.sub(rb"\n?(//|/\*)# ?sourceMappingURL=[^\n*]*(\*/)?", b"", content)


def sprite(icons: dict[str, str]) -> str:
    """Return one drawing with a symbol for each icon."""
    symbols = [
        f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(re.findall(r"<(?:path|circle)[^>]*>", drawing))}</symbol>'
        for name, drawing in icons.items()
    ]
    lines = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{lines}\n</svg>\n'


def _read(members: tarfile.TarFile, name: str) -> bytes:
    """Return the content of a package's file."""
    file = members.extractfile(f"package/{name}")
    if file is None:
        raise FileNotFoundError(f"The package has no file {name}. Write another member into vendor.json.")
    return file.read()


if __name__ == "__main__":
    sys.exit(main())
