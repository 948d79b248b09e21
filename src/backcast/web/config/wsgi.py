"""The door for web servers."""

from __future__ import annotations

import os

import django

from backcast.web.config.collecting import wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backcast.web.config.settings")
django.setup(set_prefix=False)
application = wsgi_application()
