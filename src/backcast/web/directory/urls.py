"""Addresses of the directory."""

from __future__ import annotations

from django.urls import path

from backcast.web.directory.views import organisations, regions

app_name = "directory"
urlpatterns = [
    path("regions/", regions.regions, name="regions"),
    path("regions/add/", regions.add_region, name="add-region"),
    path("regions/<str:code>/", regions.region, name="region"),
    path("regions/<str:code>/edit/", regions.edit_region, name="edit-region"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/add/", organisations.add_organisation, name="add-organisation"),
    path("organisations/duplicates/", organisations.duplicates, name="duplicates"),
    path("organisations/<str:code>/", organisations.organisation, name="organisation"),
    path("organisations/<str:code>/edit/", organisations.edit_organisation, name="edit-organisation"),
    path("organisations/<str:code>/merge/", organisations.merge, name="merge"),
    path("organisations/<str:code>/unmerge/", organisations.unmerge, name="unmerge"),
]
