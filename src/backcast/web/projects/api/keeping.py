"""Saved views of the list by the API."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Router, Status
from pydantic import Field

from backcast.web.core.api import READ, WRITE, Pages, named, one, page
from backcast.web.core.requests import ActingRequest
from backcast.web.core.shapes import LINE, Code, Given, Shape
from backcast.web.projects import actions
from backcast.web.projects.models import SavedView

VIEW = Shape("View", SavedView, ("code", "name", "query", "columns", "shared"))

router = Router()


class NewView(Given):
    """A question to the list, under a name."""

    name: Annotated[str, Field(pattern=LINE, min_length=1, max_length=64)]
    query: Annotated[str, Field(pattern=LINE, max_length=2000, description="As in the address of the list.")] = ""
    columns: Annotated[str, Field(pattern=LINE, max_length=500, description="Names of columns, with commas.")] = ""
    shared: Annotated[bool, Field(description="Everybody sees it.")] = False


@router.get("/views", response={200: VIEW.page, **READ})
def views(request: ActingRequest, paging: Pages) -> Any:
    """List one's own views of the list of projects, and those that are shared."""
    return page(VIEW, SavedView.objects.visible_to(request.actor), paging, by="pk")


@router.post("/views", response={201: VIEW.one, **WRITE})
def save_view(request: ActingRequest, body: NewView) -> Any:
    """Keep a view; the same name again replaces one's own."""
    return Status(201, one(VIEW, SavedView.objects.all(), actions.save_view(**body.model_dump(), by=request.actor)))


@router.delete("/views/{code}", response={204: None, **WRITE})
def remove_view(request: ActingRequest, code: Code) -> Any:
    """Remove a view."""
    actions.remove_view(named(SavedView.objects.visible_to(request.actor), code), by=request.actor)
    return Status(204, None)
