"""The real settings, in a folder of their own; passwords are hashed fast, because tests sign in often."""

import os
import tempfile

_HOME = tempfile.TemporaryDirectory(prefix="backcast-tests-")  # goes with the process
os.environ["BACKCAST_HOME"] = _HOME.name
os.environ.pop("BACKCAST_HOSTS", None)
os.environ.pop("BACKCAST_DEMO", None)

from backcast.web.config.settings import *  # noqa: E402, F403

LANGUAGE_CODE = "en"  # what tests read outside of requests
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATABASES["default"]["TEST"] = {"NAME": ENVIRONMENT.home / "test.sqlite3"} if not ENVIRONMENT.database_url else {}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # as files are here
STATIC_ROOT.mkdir(parents=True)
