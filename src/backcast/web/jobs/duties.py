"""What background work tidies away of itself."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone

from backcast.web.core.duties import daily
from backcast.web.jobs.models import Job

KEPT = timedelta(days=90)
"""So long a finished job is kept, and as long as something refers to it."""


@daily("job")
def forget_jobs() -> int:
    """Forget jobs that ended long ago."""
    old = Job.objects.filter(finished_at__lt=timezone.now() - KEPT)
    for relation in Job._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            users = relation.related_model._default_manager.values_list(relation.field.name, flat=True)
            old = old.exclude(pk__in=users)
    return old.delete()[0]
