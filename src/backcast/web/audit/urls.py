"""Addresses of the audit."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from backcast.web.audit import views


class NumberConverter(IntConverter):
    """A number that the table can hold."""

    regex = "[0-9]{1,18}"


register_converter(NumberConverter, "event_number")

app_name = "audit"
urlpatterns = [
    path("", views.events, name="events"),
    path("<event_number:number>/", views.event, name="event"),
]
