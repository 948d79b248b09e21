"""Imports that take long, written in the background."""

from __future__ import annotations

from django.utils.translation import gettext as _

from backcast.web.exchange import actions
from backcast.web.exchange.models import Import, Stage
from backcast.web.jobs import actions as jobs


@jobs.kind("exchange.write", in_own_process=True)
def write(job: jobs.Job, payload: jobs.Payload, report: jobs.Report) -> jobs.Payload:
    """Write an import; it is done exactly if the job is."""
    taken = Import.objects.get(code=payload["import"])
    if taken.stage != Stage.WRITING:
        raise jobs.Failed(_("This import does not wait to be written any more."))
    actions.write(taken, by=jobs.acting(job), report=report)
    return {"url": taken.get_absolute_url()}
