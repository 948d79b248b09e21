"""Where the real Shanxi plan stands: inside the installed package, or in the checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import backcast


def shanxi() -> Path:
    """Return the folder of the Shanxi planbook."""
    installed = Path(str(files(backcast))) / "examples" / "shanxi"
    checkout = Path(__file__).parents[3] / "examples" / "shanxi"
    return installed if installed.is_dir() else checkout
