"""What the environment says of this installation, read once.

======================  ==========================================================================
``BACKCAST_HOME``       Folder of the database, the key and attachments; by default ``./backcast-data``.
``DATABASE_URL``        ``postgres://user:password@host:port/name``; without it SQLite in that folder.
``BACKCAST_DEMO``       1 offers the cast as buttons, and says on every page that this is a demonstration.
``BACKCAST_HOSTS``      Names by which the server is called, separated by commas.
``BACKCAST_HTTPS``      0 where no proxy brings TLS: cookies then travel over plain HTTP.
``BACKCAST_DIGEST``     ``sha256`` or ``sm3``: what chains the audit.
======================  ==========================================================================
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

LOCAL = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Environment:
    """What differs between installations; see the module."""

    home: Path
    database_url: str
    demo: bool
    hosts: tuple[str, ...]
    https: bool
    digest: str

    @classmethod
    def read(cls) -> Environment:
        """Read the variables of this process."""
        hosts = tuple(name.strip() for name in os.environ.get("BACKCAST_HOSTS", "").split(",") if name.strip())
        return cls(
            home=Path(os.environ.get("BACKCAST_HOME", "backcast-data")).absolute(),
            database_url=os.environ.get("DATABASE_URL", ""),
            demo=os.environ.get("BACKCAST_DEMO") == "1",
            hosts=hosts or LOCAL,
            https=os.environ.get("BACKCAST_HTTPS", "0" if not hosts else "1") == "1",
            digest=os.environ.get("BACKCAST_DIGEST", "sha256"),
        )

    def database(self) -> dict[str, Any]:
        """Return Django's settings of the database."""
        if not self.database_url:
            return _sqlite(self.home / "backcast.sqlite3")
        address = urlsplit(self.database_url)
        if address.scheme not in {"postgres", "postgresql"}:
            raise ValueError("DATABASE_URL must begin with postgres://; leave it out for SQLite.")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(address.path.lstrip("/")),
            "USER": unquote(address.username or ""),
            "PASSWORD": unquote(address.password or ""),
            "HOST": unquote(address.hostname or ""),
            "PORT": str(address.port or ""),
            "CONN_HEALTH_CHECKS": True,
            "CONN_MAX_AGE": 60,
        }

    def secret_key(self) -> str:
        """Return the key that signs sessions, made and kept at the first start."""
        path = self.home / "secret-key"
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            _write_once(path, secrets.token_urlsafe(64))
        return path.read_text(encoding="ascii").strip()


def _sqlite(path: Path) -> dict[str, Any]:
    """Writers wait for each other instead of failing; readers never wait."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }


def _write_once(path: Path, text: str) -> None:
    """Write a file that only its owner may read; whoever comes second keeps the first."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
