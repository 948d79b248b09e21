"""Addresses of the project library."""

from __future__ import annotations

from django.urls import path

from backcast.web.projects.views import bulk, editing, keeping, library, lifecycle, network, pages, parts, steps

app_name = "projects"
urlpatterns = [
    path("", library.library, name="list"),
    path("add/", editing.add, name="add"),
    path("bulk/", bulk.bulk_edit, name="bulk"),
    path("bulk/<str:code>/", bulk.done, name="bulk-done"),
    path("bulk/<str:code>/undo/", bulk.undo, name="bulk-undo"),
    path("columns/", keeping.choose_columns, name="columns"),
    path("export/<slug:form>/", keeping.export_projects, name="export"),
    path("views/", keeping.save_view, name="save-view"),
    path("views/<str:code>/remove/", keeping.remove_view, name="remove-view"),
    path("views/<str:code>/open/", keeping.open_with, name="open-with"),
    path("lifecycle/", lifecycle.lifecycle_page, name="lifecycle"),
    path("<str:code>/", pages.project, name="project"),
    path("<str:code>/schedule/", pages.schedule, name="schedule"),
    path("<str:code>/money/", pages.money, name="money"),
    path("<str:code>/paperwork/", pages.paperwork, name="paperwork"),
    path("<str:code>/history/", pages.history_page, name="history"),
    path("<str:code>/edit/", editing.edit_project, name="edit"),
    path("<str:code>/advance/<str:to>/", editing.advance, name="advance"),
    path("<str:code>/network/", network.network, name="network"),
    path("<str:code>/shares/", steps.shares, name="shares"),
    path("<str:code>/counting/", steps.count_at, name="count-at"),
    path("<str:code>/baselines/add/", steps.freeze, name="freeze"),
    path("<str:code>/route/", steps.choose_route, name="choose-route"),
    path("<str:code>/early-network/", steps.draw_early_network, name="early-network"),
    path("<str:code>/files/add/", steps.attach, name="attach"),
    path("<str:code>/files/<str:file_code>/", steps.file, name="file"),
    path("<str:code>/files/<str:file_code>/remove/", steps.detach, name="detach"),
    path("<str:code>/<str:part>/<str:key>/", parts.edit_part, name="part"),
]
