"""Addresses of forecasts."""

from __future__ import annotations

from django.urls import path

from backcast.web.forecasts.views import runs, targets

app_name = "forecasts"
urlpatterns = [
    path("", runs.plans, name="list"),
    path("of/<str:plan>/", runs.plan, name="plan"),
    path("of/<str:plan>/start/", runs.start, name="start"),
    path("<slug:code>/", runs.run, name="run"),
    path("<slug:code>/cancel/", runs.cancel, name="cancel"),
    path("<slug:code>/run.json", runs.document, name="document"),
    path("<slug:code>/<str:indicator>/<str:region>/<day:day>/", targets.target, name="target"),
]
