"""The door for web servers."""

from __future__ import annotations

import os

import django
from django.core.wsgi import get_wsgi_application

from backcast.web.config.collecting import lay_out

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backcast.web.config.settings")
django.setup(set_prefix=False)
lay_out()  # before the middleware looks which files there are
application = get_wsgi_application()
