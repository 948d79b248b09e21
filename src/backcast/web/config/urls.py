"""Every address of the web application."""

from __future__ import annotations

from django.urls import include, path, re_path

from backcast.web.config import api
from backcast.web.core import views as core
from backcast.web.ui import views as ui

urlpatterns = [
    path("healthz", core.healthz, name="healthz"),
    path("readyz", core.readyz, name="readyz"),
    path("", ui.home, name="home"),
    path("ui/", include("backcast.web.ui.urls")),
    path("accounts/", include("backcast.web.accounts.urls")),
    path("accounts/", include("backcast.web.accounts.library_urls")),
    path("audit/", include("backcast.web.audit.urls")),
    path("jobs/", include("backcast.web.jobs.urls")),
    path("", include("backcast.web.directory.urls")),
    path("exchange/", include("backcast.web.exchange.urls")),
    path("plans/", include("backcast.web.plans.urls")),
    path("projects/", include("backcast.web.projects.urls")),
    path("api/", api.urls),
    re_path(r"^api(?:/.*)?$", api.nothing, name="api-nothing"),
    path("forecasts/", include("backcast.web.forecasts.urls")),
]

handler400 = "backcast.web.core.failures.bad_request"
handler429 = "backcast.web.accounts.views.entrance.too_many"
handler500 = "backcast.web.core.failures.server_error"
