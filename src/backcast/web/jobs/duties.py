"""What background work tidies away of itself."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from backcast.web.core.duties import daily
from backcast.web.jobs.models import Job

KEPT = timedelta(days=90)
"""So long a finished job is kept, and as long as something refers to it."""


@daily("job")
def forget_jobs() -> int:
    """Forget jobs that ended long ago."""
    old = Job.objects.filter(finished_at__lt=timezone.now() - KEPT)
    for field in Job._meta.get_fields(include_hidden=True):
        if field.one_to_one or field.one_to_many:
            old = old.exclude(pk__in=field.related_model._default_manager.values(field.field.name))
    return old.delete()[0]
