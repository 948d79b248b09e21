"""What the environment says of this installation, read once.

========================  ==========================================================================
``BACKCAST_HOME``         Folder of the database, the key and attachments; by default ``./backcast-data``.
``DATABASE_URL``          ``postgres://user:password@host:port/name``; without it SQLite in that folder.
``BACKCAST_DEMO``         1 offers the cast as buttons, and says on every page that this is a demonstration.
``BACKCAST_HOSTS``        Names by which the server is called, separated by commas.
``BACKCAST_HTTPS``        0 where no proxy brings TLS: cookies then travel over plain HTTP.
``BACKCAST_PROXIES``      How many proxies stand before the server; by default one where it has TLS, else none.
``BACKCAST_DIGEST``       ``sha256`` or ``sm3``: what chains the audit.
``BACKCAST_OIDC``         Address of the organisation's OpenID Connect service; empty: sign-in by password alone.
``BACKCAST_OIDC_ID``      How that service calls Backcast.
``BACKCAST_OIDC_KEY``     What Backcast proves itself to that service with.
``BACKCAST_OIDC_NAME``    What the button says.
``BACKCAST_OIDC_CLAIM``   Claim that carries the sign-in name; by default ``preferred_username``.
========================  ==========================================================================
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

LOCAL = ("localhost", "127.0.0.1", "[::1]")
SHORT = "-c jit=off -c max_parallel_workers_per_gather=0"
"""Pages are many and short: for PostgreSQL to compile a query, or to share it out, takes longer than to answer it."""
KEPT_SECONDS = 60
"""How long a thread keeps its connection to the database; to open one takes as long as several queries."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What differs between installations; see the module."""

    home: Path
    database_url: str
    demo: bool
    hosts: tuple[str, ...]
    https: bool
    digest: str
    proxies: int = 0
    oidc_url: str = ""
    oidc_id: str = ""
    oidc_key: str = field(default="", repr=False)
    oidc_name: str = ""
    oidc_claim: str = "preferred_username"

    @classmethod
    def read(cls) -> Environment:
        """Read the variables of this process."""
        hosts = tuple(name.strip() for name in os.environ.get("BACKCAST_HOSTS", "").split(",") if name.strip())
        https = os.environ.get("BACKCAST_HTTPS", "1" if hosts else "0") == "1"
        return cls(
            home=Path(os.environ.get("BACKCAST_HOME", "backcast-data")).absolute(),
            database_url=os.environ.get("DATABASE_URL", ""),
            demo=os.environ.get("BACKCAST_DEMO") == "1",
            hosts=hosts or LOCAL,
            https=https,
            digest=os.environ.get("BACKCAST_DIGEST", "sha256"),
            proxies=int(os.environ.get("BACKCAST_PROXIES", "1" if https else "0")),
            oidc_url=os.environ.get("BACKCAST_OIDC", ""),
            oidc_id=os.environ.get("BACKCAST_OIDC_ID", ""),
            oidc_key=os.environ.get("BACKCAST_OIDC_KEY", ""),
            oidc_name=os.environ.get("BACKCAST_OIDC_NAME", "OpenID Connect"),
            oidc_claim=os.environ.get("BACKCAST_OIDC_CLAIM", "preferred_username"),
        )

    def single_sign_on(self) -> list[dict[str, Any]]:
        """Return what allauth needs to know of the organisation's sign-in service; nothing where there is none."""
        if not self.oidc_url:
            return []
        return [
            {
                "provider_id": "sso",
                "name": self.oidc_name,
                "client_id": self.oidc_id,
                "secret": self.oidc_key,
                "settings": {"server_url": self.oidc_url},
            }
        ]

    def sign_on_origins(self) -> list[str]:
        """Return where a form may lead a browser besides ourselves: to the organisation's sign-in service."""
        address = urlsplit(self.oidc_url)
        return [f"{address.scheme}://{address.netloc}"] if self.oidc_url else []

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
            "CONN_MAX_AGE": KEPT_SECONDS,
            "OPTIONS": {"options": SHORT},
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
        "CONN_MAX_AGE": KEPT_SECONDS,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
            "PRAGMA cache_size=-32768; PRAGMA mmap_size=1073741824;",
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
