"""Regions and organisations by the API."""

from __future__ import annotations

from typing import Any

from ninja import Router, Status

from backcast.web.core.api import READ, WRITE, Pages, named, one, page, takes, unknown_code, values
from backcast.web.core.refusals import Invalid
from backcast.web.core.requests import ActingRequest
from backcast.web.core.shapes import Code, Given, Shape
from backcast.web.directory import actions, merging
from backcast.web.directory.models import Organisation, Region

SOURCED = ("status", "source", "url", "note", "known_from")
SAID = ("name", "name_en", "level", "role", "population", "area", "gdp", *SOURCED)
REGION = Shape("Region", Region, ("code", "parent", "path", *SAID), ("code", "parent", *SAID), ("code", "parent"))
ABOUT = ("name", "name_en", "kind", "region", *SOURCED)
ORGANISATION = Shape("Organisation", Organisation, ("code", *ABOUT, "merged_into"), ("code", *ABOUT))

router = Router(tags=["directory"])


@router.get("/regions", response={200: REGION.page, **READ})
def regions(request: ActingRequest, paging: Pages) -> Any:
    """List regions."""
    return page(REGION, Region.objects.visible_to(request.actor), paging)


@router.get("/regions/{code}", response={200: REGION.one, **READ})
def region(request: ActingRequest, code: Code) -> Any:
    """Show a region."""
    found = Region.objects.visible_to(request.actor)
    return one(REGION, found, named(found, code))


@router.post("/regions", response={201: REGION.one, **WRITE})
@takes(body=REGION.new)
def add_region(request: ActingRequest, body: Given) -> Any:
    """Add a region below its parent."""
    found = Region.objects.visible_to(request.actor)
    added = actions.add_region(Region(**values(REGION, body, {"parent": found})), by=request.actor)
    return Status(201, one(REGION, found, added))


@router.patch("/regions/{code}", response={200: REGION.one, **WRITE})
@takes(body=REGION.change)
def change_region(request: ActingRequest, code: Code, body: Any) -> Any:
    """Change what is said of a region."""
    found = Region.objects.visible_to(request.actor)
    row = named(found, code)
    actions.change_region(row, values(REGION, body, {}), expected=body.version, by=request.actor)
    return one(REGION, found, row)


@router.get("/organisations", response={200: ORGANISATION.page, **READ})
def organisations(request: ActingRequest, paging: Pages) -> Any:
    """List organisations; one that was merged names the one into which it was."""
    return page(ORGANISATION, Organisation.objects.visible_to(request.actor), paging)


@router.get("/organisations/{code}", response={200: ORGANISATION.one, **READ})
def organisation(request: ActingRequest, code: Code) -> Any:
    """Show an organisation."""
    found = Organisation.objects.visible_to(request.actor)
    return one(ORGANISATION, found, named(found, code))


@router.post("/organisations", response={201: ORGANISATION.one, **WRITE})
@takes(body=ORGANISATION.new)
def add_organisation(request: ActingRequest, body: Given) -> Any:
    """Add an organisation."""
    within = {"region": Region.objects.visible_to(request.actor)}
    added = actions.add_organisation(Organisation(**values(ORGANISATION, body, within)), by=request.actor)
    return Status(201, one(ORGANISATION, Organisation.objects.all(), added))


@router.patch("/organisations/{code}", response={200: ORGANISATION.one, **WRITE})
@takes(body=ORGANISATION.change)
def change_organisation(request: ActingRequest, code: Code, body: Any) -> Any:
    """Change what is said of an organisation."""
    found = Organisation.objects.visible_to(request.actor)
    row = named(found.select_related("region"), code)
    changes = values(ORGANISATION, body, {"region": Region.objects.visible_to(request.actor)})
    actions.change_organisation(row, changes, expected=body.version, by=request.actor)
    return one(ORGANISATION, found, row)


class Into(Given):
    """The organisation that stays."""

    into: Code


@router.post("/organisations/{code}/merge", response={200: ORGANISATION.one, **WRITE})
def merge_organisation(request: ActingRequest, code: Code, body: Into) -> Any:
    """Let everything that names an organisation name another; return the one that stays."""
    found = Organisation.objects.visible_to(request.actor)
    duplicate, survivor = named(found, code), found.filter(code=body.into).first()
    if survivor is None:
        raise Invalid([unknown_code("into", body.into)])
    return one(ORGANISATION, found, merging.merge(duplicate, survivor, by=request.actor))


@router.post("/organisations/{code}/unmerge", response={200: ORGANISATION.one, **WRITE})
def unmerge_organisation(request: ActingRequest, code: Code) -> Any:
    """Take a merged organisation apart again."""
    found = Organisation.objects.visible_to(request.actor)
    return one(ORGANISATION, found, merging.unmerge(named(found, code), by=request.actor))
