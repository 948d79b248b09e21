"""Addresses of background work."""

from __future__ import annotations

from django.urls import path

from backcast.web.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.listed, name="list"),
    path("<slug:code>/", views.job, name="job"),
    path("<slug:code>/cancel/", views.cancel, name="cancel"),
]
