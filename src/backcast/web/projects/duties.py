"""What is made up for every day: texts of projects that nobody brought up to date, because they were interrupted."""

from __future__ import annotations

from backcast.web.core.duties import daily
from backcast.web.projects import search

daily("searchentry")(search.refresh)
