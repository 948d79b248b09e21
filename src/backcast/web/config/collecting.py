"""The files of pages, each under a name that changes with its content, so that browsers may keep it for a year.

They are laid out and compressed once for each state of them, in a folder of the data: at the first start of a version.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.management.commands.collectstatic import Command
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

OF_OTHERS = ["ninja", "django_htmx"]
"""What libraries bring and no page of ours shows."""


def wsgi_application() -> WSGIHandler:
    """Return the application; its files are laid out before its middleware looks which there are."""
    lay_out()
    return get_wsgi_application()


def lay_out() -> None:
    """Lay the files out where the server looks for them, unless that was done; another may do so at the same time."""
    root = Path(settings.STATIC_ROOT)
    if root.exists():
        return
    root.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".new-", dir=root.parent))
    try:
        _collect(folder)
        folder.rename(root)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        if not root.exists():
            raise


def _collect(folder: Path) -> None:
    """Do what ``collectstatic`` does, in a folder of its own."""
    command = Command()
    command.storage = CompressedManifestStaticFilesStorage(location=folder, base_url=settings.STATIC_URL)
    command.set_options(
        interactive=False,
        verbosity=0,
        link=False,
        clear=False,
        dry_run=False,
        ignore_patterns=OF_OTHERS,
        use_default_ignore_patterns=True,
        post_process=True,
    )
    command.collect()
    folder.chmod(0o755)
