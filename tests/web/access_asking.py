"""Everybody asks for everything: each route of the URLconf and each operation of the API, at home and elsewhere.

The scene is a province with a plan, a project in Lingqiu of Datong and one in Taiyuan. Whoever asks changes nothing:
every request is rolled back.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from io import StringIO
from typing import Any

import project_scene
from cast import NAMES, PROVINCE, actor_for, client_of, user_of
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from forecast_scene import finished_run
from plan_builders import definition, whole_plan

from backcast.planbook import schema
from backcast.web.config.api import api
from backcast.web.core.roles import Role
from backcast.web.exchange import actions as exchange
from backcast.web.forecasts.models import Forecast
from backcast.web.plans.models import Indicator, Plan, Task
from backcast.web.plans.views.finding import mark_of
from backcast.web.projects import actions as projects
from backcast.web.projects.models import Project, StatisticsEntry

WHO = (*NAMES, "nobody")
OFFICER = replace(actor_for(Role.PLAN_OFFICER, PROVINCE), name="plan-officer")
AWAY = "TAIYUAN-1"
"""The project of another city."""
FIGURE = {"region": "140000", "day": "2025-12-31", "mark": mark_of("规划")}
OBSERVED = {"region": "140000", "day": "2021-12-31", "mark": mark_of(38_000.0, "省通信管理局")}
TIER = schema.LISTINGS["tier"].allowed[0]
NEW = {"name": "新", "code": "new-1"}
BODIES: dict[str, dict[str, Any]] = {
    "add_region": {**NEW, "level": "county", "parent": "140200"},
    "add_organisation": NEW,
    "add_plan": {**NEW, "starts": "2026-01-01", "ends": "2030-12-31"},
    "add_task": NEW,
    "add_measure": NEW,
    "add_indicator": {**NEW, "unit": "个", "kind": "stock", "direction": "higher"},
    "add_definition": {"version_code": "v2", "text": "累计"},
    "add_target": {"region": "140100", "date": "2025-12-31", "value": 5, "document": "意见"},
    "add_observation": {"region": "140100", "date": "2022-12-31", "value": 5},
    "add_project": {
        **NEW, "plan": "plan-2021", "name": "晋阳湖公园", "kind": "construction", "lead_region": "140224",
        "no_state_secret": True,
    },
    "advance_project": {"version": 1, "stage": "terminated", "stage_reason": "不再建设"},
    "add_project_approval": {"way": "filing", "item": "site-x"},
    "add_project_listing": {"year": 2025, "tier": TIER},
    "add_project_funding": {"year": 2025, "source": "own"},
    "add_project_statisticsentry": {"reason": "未开工"},
    "add_project_output": {"indicator": "racks", "amount": 5},
    "set_project_shares": {"version": 1, "shares": [{"region": "140224", "share": 1}]},
    "count_project": {"version": 1, "level": "parent"},
    "choose_project_route": {"way": "filing"},
    "freeze_project_baseline": {"reason": "批复"},
    "set_project_network": {"version": 1, "activities": [{"code": "A", "duration": 5}], "relationships": []},
    "merge_organisation": {"into": "txglj"},
    "unmerge_organisation": {},
    "revise_target": {"document": "中期评估", "issued": "2024-01-01", "value": 5},
    "name_import_columns": {"name": "平台", "columns": {}},
    "look_again_at_import": {},
    "decide_import": {"mine": [], "theirs": []},
    "confirm_import": {"seen": "0" * 64},
    "discard_import": {},
    "undo_import": {},
    "start_forecast": {},
    "cancel_forecast": {},
    "save_view": {"name": "在建", "query": "stage=construction"},
}  # fmt: skip
"""What is sent, so that a shape never hides a right; what is not here is sent the version alone."""
FORMS: dict[str, dict[str, str]] = {
    "upload_import": {"plan": "plan-2021", "table": "projects"},
    "add_project_file": {"title": "批复", "no_state_secret": "true"},
}
"""What is sent as a form, beside a file."""


def scene() -> None:
    """Make the province."""
    plan: Plan = whole_plan(project_scene.regions()["140000"])
    definition(Indicator.objects.get(code="stations"), "v1")
    for code, region in ((project_scene.CODE, "140224"), (AWAY, "140100")):
        project = project_scene.project(code=code, lead_region=project_scene.regions()[region])
        type(project).objects.filter(pk=project.pk).update(plan=plan)
        project.approvals.create(way="filing", item="site")
        project.listings.create(year=2024, tier=TIER)
        project.funding.create(year=2024, source="own")
        project.outputs.create(indicator=Indicator.objects.get(code="stations"), amount=10)
        StatisticsEntry.objects.create(project=project, reason="未开工")
        project.activities.create(code="A", duration=10)
    KINDS.update(_made(plan))


def _made(plan: Plan) -> dict[str, dict[str, str]]:
    """Make what has a code of its own making, and return it by what the names of its routes have in them."""
    lines = ("code,name,kind,lead_region,stage", "N1,新一,construction,140200,reserve", "N2,,construction,999,reserve")
    upload = SimpleUploadedFile("projects.csv", "\n".join(lines).encode())
    project = Project.objects.get(code=project_scene.CODE)
    run = finished_run(plan)
    kept = projects.attach(
        project, SimpleUploadedFile("批复.pdf", b"%PDF-1.7\n%%EOF"), "批复", by=OFFICER, no_state_secret=True
    )
    spare = project_scene.project(code="SPARE")
    Project.objects.filter(pk=spare.pk).update(plan=plan)
    edit = projects.bulk.set_field(Project.objects.filter(pk=spare.pk), "task", Task.objects.get(code="T1"), by=OFFICER)
    view = projects.save_view(
        "前期", "stage=preparation", "", shared=True, by=replace(OFFICER, user_id=user_of(OFFICER.name).pk)
    )
    imported = {"code": exchange.take(upload, "projects", plan.code, by=OFFICER).code}
    told = Forecast.objects.filter(run=run).first()
    target = {"code": run.code, "indicator": told.indicator, "region": told.region, "day": str(told.date)}
    of_imports = ("import", "names", "again", "decide", "confirm", "discard", "undo", "file", "marked")
    return {
        **{f"exchange:{name}": imported for name in of_imports},
        **{f"forecasts:{name}": target for name in ("run", "cancel", "document", "target")},
        **{f"jobs:{name}": {"code": run.job.code} for name in ("job", "cancel")},
        **{f"projects:bulk-{name}": {"code": edit.code} for name in ("done", "undo")},
        "api:/api/imports/": imported,
        "api:/api/forecasts/": {"code": run.code},
        "api:/api/views/": {"code": view.code},
        "/files/": {"file": kept.file.code},
        "projects:file": {"file_code": kept.file.code},
        "projects:detach": {"file_code": kept.file.code},
    }


def statuses(who: str) -> Iterator[tuple[str, str, str, int]]:
    """Yield route, method, place and status of everything that somebody asks for."""
    client = Client(headers={"accept-language": "en"}) if who == "nobody" else client_of(who)
    signed_in, client.raise_request_exception = client.cookies, False
    for name, method, place, address, body in requests():
        client.cookies = deepcopy(signed_in)  # who signs out is in again
        with transaction.atomic():
            response = _asked(client, name, method, address, body)
            list(getattr(response, "streaming_content", ()))  # a file is closed at its end
            transaction.set_rollback(True)
        yield name, method, place, response.status_code


def _asked(client: Client, name: str, method: str, address: str, body: dict[str, Any] | None) -> Any:
    """Send a request: with nothing, a form with a file, or JSON."""
    ask = getattr(client, method)
    if (form := FORMS.get(name.removeprefix("api:"))) is not None:
        return ask(address, {**form, "file": SimpleUploadedFile("new.csv", b"code,name\nN9,nine\n")})
    return ask(address) if body is None else ask(address, body, content_type="application/json")


def requests() -> Iterator[tuple[str, str, str, str, dict[str, Any] | None]]:
    """Yield name, method, place, address and body of everything that can be asked for."""
    for name, names in sorted(set(routes(get_resolver().url_patterns))):
        for place, values in places(name, "code" in names):
            address = reverse(name, kwargs={each: values[each] for each in names})
            yield from ((name, method, place, address, None) for method in ("get", "post"))
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method, operation in operations.items():
            name = operation["operationId"]
            for place, values in places("api:" + path, "{code}" in path):
                body = None if method in {"get", "delete"} else BODIES.get(name, {"version": 1})
                query = "?version=1" if method == "delete" else ""
                yield f"api:{name}", method, place, path.format(**values) + query, body


def routes(patterns: list[URLPattern | URLResolver], space: str = "", names: tuple[str, ...] = ()) -> Iterator[Any]:
    """Yield the name of each route, except those of the API, with the names in its address."""
    for pattern in patterns:
        here = (*names, *pattern.pattern.converters, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver) and pattern.namespace != "api":
            yield from routes(
                pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space, here
            )
        elif isinstance(pattern, URLPattern) and pattern.name != "api-nothing":
            yield f"{space}{pattern.name}", tuple(sorted(set(here)))


def places(name: str, coded: bool) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where something is asked for: at home, and if it is a project's, in another city as well."""
    part = KINDS.get(max((mark for mark in KINDS if mark in name), key=len, default=""), {})
    for start, home in CODES.items():
        if name.startswith(start):
            values = {**ANY, "code": home, **part}
            yield "home", values
            if coded and home == project_scene.CODE:
                yield "away", {**values, "code": AWAY}
            return
    yield "home", {**ANY, **part}


ANY = {
    "username": "leader", "token": "x-1", "code": "x", "mark": "x", "number": "1", "plan": "plan-2021",
    "table": "projects", "form": "xlsx", "part": "funding", "key": "2024~own", "to": "terminated", "file_code": "x",
    "indicator": "stations", "version": "v1", "provider_id": "none", "region": "140000", "day": "2025-12-31",
    "kind": "task", "run": "x", "target": "x", "view": "x", "project": project_scene.CODE,
}  # fmt: skip
"""What stands in addresses where nothing below says otherwise; ``x`` is nothing that there is."""
CODES = {
    "api:/api/regions": "140200", "api:/api/organisations": "txglj", "api:/api/projects": project_scene.CODE,
    "directory:region": "140200", "directory:edit-region": "140200", "directory:": "txglj",
    "plans:": "plan-2021", "projects:": project_scene.CODE, "forecasts:": "plan-2021",
    "exchange:template": "plan-2021",
}  # fmt: skip
"""What a code is, by how the name of a route begins."""
KINDS = {
    "edit-task": {"part": "T1"}, "edit-measure": {"part": "M1"}, "edit-indicator": {"part": "stations"},
    "target": FIGURE, "observation": OBSERVED,
    "/tasks/": {"code": "T1"}, "/measures/": {"code": "M1"}, "/indicators/{code}": {"code": "stations"},
    "/definitions/": {"code": "v1"}, "/approvals/": {"key": "site"}, "/listings/": {"key": f"2024~{TIER}"},
    "/outputs/": {"key": "stations~~"}, "/activities/": {"key": "A"}, "/statistics/": {"key": project_scene.CODE},
}  # fmt: skip
"""What stands in the address of one kind, by what its name has in it."""


def table() -> str:
    """Return the whole table: a line for each route, method and place, a column for everybody."""
    found = {who: {line[:3]: line[3] for line in statuses(who)} for who in WHO}
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("route", "method", "place", *WHO))
    writer.writerows((*key, *(found[who][key] for who in WHO)) for key in found["nobody"])
    return text.getvalue()
