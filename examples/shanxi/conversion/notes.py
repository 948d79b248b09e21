"""Raw notes made fit to publish: no addresses of pages that repeat news, no remarks about the raw files."""

from __future__ import annotations

import re
from collections.abc import Sequence

OTHER_PAGE = "另页"
ADDRESS = re.compile(r"[(（]?https?://[^\s;；)）]+[)）]?")
REMARKS = (
    (r"via " + OTHER_PAGE, "经第三方数据集转录 (through a third party's data set)"),
    (r"\s*\[page already held in progress\.csv; value newly split out\]", ""),
    (r"\s*\(progress\.csv only had it derived\)", ""),
    (r" in progress\.csv", ""),
    (r";?\s*see slips\.csv", ""),
    (r";\s*actual_finish is the report date", ""),
    (r"in slips\.csv already; kept for the joint row", "目标责任书的专项 (programme of the letter of responsibility)"),
    (r"\s*\|\s*", "; "),
)


def joined(parts: Sequence[str]) -> str:
    """Join the parts of a note that are not empty."""
    return "；".join(part for part in parts if part)


def cleaned(note: str) -> str:
    """Take addresses and remarks about the raw files out of a raw note."""
    note = ADDRESS.sub(OTHER_PAGE, note)
    for pattern, instead in REMARKS:
        note = re.sub(pattern, instead, note)
    return note.strip("; ")
