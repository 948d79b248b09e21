"""Attaching files to projects, and removing them."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor
from backcast.web.files.actions import keep
from backcast.web.files.models import StoredFile
from backcast.web.projects import access, lifecycle, rules, secrecy
from backcast.web.projects.models import Attachment, Project


@transaction.atomic
def attach(
    project: Project, upload: UploadedFile[bytes], title: str = "", *, by: Actor, no_state_secret: bool = False
) -> Attachment:
    """Attach a file to a project; what it holds is declared to be no state secret, as everything that enters."""
    access.require(by, lifecycle.REPORTERS, project)
    texts = {"title": title, "file": upload.name}
    rules.require([*secrecy.undeclared(no_state_secret), *secrecy.marked(texts)])
    attachment = Attachment.objects.create(project=project, file=keep(upload, by=by), title=title)
    kept = attachment.file
    told = {"title": title, "name": kept.name, "size": kept.size, "sha256": kept.sha256}
    audit.record(by, "attachment.added", project, after=told)
    return attachment


def take(attachment: Attachment, *, by: Actor) -> StoredFile:
    """Return a file of a project to be handed over; that it was taken is recorded."""
    audit.note(by, "attachment.taken", {"name": attachment.file.name}, obj=attachment.project)
    return attachment.file


@transaction.atomic
def detach(attachment: Attachment, *, by: Actor) -> None:
    """Take a file off a project; its content is deleted once that is certain."""
    access.require(by, lifecycle.OFFICERS, attachment.project)
    kept = attachment.file
    audit.record(by, "attachment.removed", attachment.project, before={"name": kept.name, "sha256": kept.sha256})
    attachment.delete()
    kept.delete()
    transaction.on_commit(lambda: kept.content.delete(save=False))
