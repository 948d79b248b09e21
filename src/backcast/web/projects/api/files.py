"""The files of a project by the API."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import FileResponse
from ninja import File, Form, Router, Schema, Status
from pydantic import Field

from backcast.web.core.api import READ, WRITE, Pages, Upload, one, page, sends_file
from backcast.web.core.requests import ActingRequest
from backcast.web.core.shapes import LINE, Code, Shape
from backcast.web.files.kinds import KINDS
from backcast.web.files.views import download
from backcast.web.plans.models import NAME
from backcast.web.projects import access, actions
from backcast.web.projects.models import Attachment

OF_FILE = {"name": "file__name", "kind": "file__kind", "size": "file__size", "sha256": "file__sha256"}
ATTACHMENT = Shape(
    "Attachment",
    Attachment,
    ("file", "title"),
    extra=(("name", str), ("kind", str), ("size", int), ("sha256", str)),
)

router = Router()


class About(Schema):
    """What is said of a file."""

    title: Annotated[str, Field(pattern=LINE, max_length=NAME)] = ""
    no_state_secret: Annotated[bool, Field(description="The file is declared to be no state secret.")] = False


@router.get("/projects/{code}/files", response={200: ATTACHMENT.page, **READ})
def project_files(request: ActingRequest, code: Code, paging: Pages) -> Any:
    """List the files of a project."""
    found = Attachment.objects.filter(project=access.visible_project(code, request.actor))
    return page(ATTACHMENT, found, paging, by="pk", **OF_FILE)


@router.post("/projects/{code}/files", response={201: ATTACHMENT.one, **WRITE})
def add_project_file(request: ActingRequest, code: Code, about: Form[About], file: File[Upload]) -> Any:
    """Attach a file to a project."""
    project = access.visible_project(code, request.actor)
    made = actions.attach(project, file, about.title, by=request.actor, no_state_secret=about.no_state_secret)
    return Status(201, one(ATTACHMENT, Attachment.objects.all(), made, **OF_FILE))


@router.get(
    "/projects/{code}/files/{file}",
    response={200: None, **READ},
    openapi_extra=sends_file(*(kind.mime for kind in KINDS)),
)
def take_project_file(request: ActingRequest, code: Code, file: Code) -> FileResponse:
    """Hand a file over."""
    return download(actions.take(access.visible_attachment(code, file, request.actor), by=request.actor))


@router.delete("/projects/{code}/files/{file}", response={204: None, **WRITE})
def remove_project_file(request: ActingRequest, code: Code, file: Code) -> Any:
    """Take a file off a project."""
    actions.detach(access.visible_attachment(code, file, request.actor), by=request.actor)
    return Status(204, None)
