"""At the start every app's ``jobs.py`` and ``duties.py`` are read: handlers of jobs, and what is done every day."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Background work."""

    name = "backcast.web.jobs"

    def ready(self) -> None:
        """Read what each app has to do in the background."""
        autodiscover_modules("jobs", "duties")
