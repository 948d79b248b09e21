"""Who said it and when: outlet and date for every row, a link only to the publisher's own page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from conversion.tables import day, lookup

HOSTS = lookup("hosts", "host")
OUTLETS = lookup("outlets", "raw")
REPEATED = ("re-host", "mirror", "spam", "summary of", "aggregator", "(Xinhua text)")
UNKNOWN = "转载页"
DATE_IN_ADDRESS = re.compile(r"(20\d\d)[-/]?(\d\d)[-/]?(\d\d)(?!\d{3}\.)")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a row was seen.

    Attributes
    ----------
    text
        Outlet and date.
    url
        The publisher's own page, or "" where the page only repeats another's news.
    published
        None where neither the row nor the address tells.
    status
        "page", or "secondary" where the page only repeats another's news.
    """

    text: str
    url: str
    published: date | None
    status: str


def source(url: str, outlet: str = "", published: str = "", rehost: str = "") -> Source:
    """Cite a page: linked where it is the publisher's own, else as outlet and date only."""
    host = _host(url)
    own = host.get("publisher") == "yes" and rehost != "yes" and not any(word in outlet for word in REPEATED)
    day_published = day(published or host.get("published", ""), end=True) or _date_in(url)
    named = OUTLETS.get(outlet, {}).get("outlet") or outlet or host.get("outlet") or UNKNOWN
    text = f"{named}，{day_published.isoformat() if day_published else '日期不详'}"
    return Source(text if own else f"{text}（转引）", url if own else "", day_published, "page" if own else "secondary")


def _host(url: str) -> dict[str, str]:
    """Return the row of the longest host name in the table that the address ends with."""
    name = urlsplit(url).hostname or ""
    fitting = [host for host in HOSTS if name == host or name.endswith(f".{host}")]
    return HOSTS[max(fitting, key=len)] if fitting else {}


def _date_in(url: str) -> date | None:
    for year, month, day_of_month in DATE_IN_ADDRESS.findall(url):
        try:
            return date(int(year), int(month), int(day_of_month))
        except ValueError:
            continue
    return None
