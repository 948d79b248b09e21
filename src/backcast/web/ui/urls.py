"""Addresses of the shell: its switches, and in demonstrations the page of components."""

from __future__ import annotations

from django.urls import path

from backcast.web.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.style, name="style"),
    path("language/", views.set_language, name="language"),
    path("scheme/", views.set_scheme, name="scheme"),
]
