"""State secrets stay outside: what is declared at entry, and words that classified documents bear."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from backcast.web.core.refusals import Fault

MARKS = re.compile(
    r"绝\s*密|机\s*密(?!码|钥)|(?<!商业)(?<!技术)秘\s*密\s*(?:★|☆|级)|[(（\[【]\s*秘\s*密\s*[)）\]】]"
    r"|[密★☆]\s*[★☆]\s*(?:\d+\s*年|长期)|\b(?:top\s+secret|state\s+secret)\b",
    re.IGNORECASE,
)
"""Marks of 绝密, 机密 and 秘密, as documents bear them; a trade secret is no state secret."""


def marked(values: Mapping[str, Any]) -> list[Fault]:
    """Return a fault for every text that bears a mark of a state secret; what was written is not repeated."""
    found = ((name, MARKS.search(value)) for name, value in values.items() if isinstance(value, str))
    return [Fault(name, _warning(match.group())) for name, match in found if match]


def undeclared(declared: bool) -> list[Fault]:
    """Return a fault unless somebody declared that nothing entered is a state secret."""
    if declared:
        return []
    sentence = _(
        "Declare that this contains no state secret. If it does, do not enter it here: tell your secrecy office."
    )
    return [Fault("no_state_secret", sentence)]


def _warning(mark: str) -> str:
    return _(
        "“{mark}” is a mark of state secrets, which must never be entered into this system. "
        "Nothing was saved. Remove the text, and tell your secrecy office if the document is classified."
    ).format(mark=mark)
