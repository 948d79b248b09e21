"""Addresses of import and export."""

from __future__ import annotations

from django.urls import path

from backcast.web.exchange import downloads, views

app_name = "exchange"
urlpatterns = [
    path("", views.begin, name="home"),
    path("upload/", views.upload, name="upload"),
    path("tables/<str:plan>/<slug:table>/template/", downloads.template, name="template"),
    path("tables/<str:plan>/<slug:table>/<slug:form>/", downloads.table, name="table"),
    path("imports/<slug:code>/", views.imported, name="import"),
    path("imports/<slug:code>/names/", views.names, name="names"),
    path("imports/<slug:code>/again/", views.look_again, name="again"),
    path("imports/<slug:code>/decide/", views.decide, name="decide"),
    path("imports/<slug:code>/confirm/", views.confirm, name="confirm"),
    path("imports/<slug:code>/discard/", views.discard, name="discard"),
    path("imports/<slug:code>/undo/", views.undo, name="undo"),
    path("imports/<slug:code>/file/", downloads.uploaded, name="file"),
    path("imports/<slug:code>/marked/", downloads.marked, name="marked"),
]
