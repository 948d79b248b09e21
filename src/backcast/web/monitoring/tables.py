"""Where the table of returns lives."""

from __future__ import annotations

from backcast.planbook import schema
from backcast.web.core.roles import EDITORS
from backcast.web.exchange.registry import Home, register
from backcast.web.monitoring.models import Return
from backcast.web.projects.importing import no_secrets
from backcast.web.projects.tables import PROJECT, of_projects

register(
    Home(
        schema.RETURNS,
        Return,
        of_projects(Return),
        EDITORS,
        place=PROJECT,
        rules=(no_secrets(schema.RETURNS.name),),
    )
)
