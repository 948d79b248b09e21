"""Django's settings; what differs between installations comes from :mod:`backcast.web.config.environment`."""

from __future__ import annotations

from datetime import timedelta

from csp.constants import NONE, SELF

from backcast.language import LOCALE
from backcast.web.config.environment import Environment
from backcast.web.config.static import fingerprint

ENVIRONMENT = Environment.read()

SECRET_KEY = ENVIRONMENT.secret_key()
DEBUG = False
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
ROOT_URLCONF = "backcast.web.config.urls"
WSGI_APPLICATION = "backcast.web.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": ENVIRONMENT.database()}

INSTALLED_APPS = [
    "backcast.web.ui",
    "backcast.web.core",
    "backcast.web.audit",
    "backcast.web.accounts",
    "backcast.web.directory",
    "backcast.web.jobs",
    "backcast.web.files",
    "backcast.web.exchange",
    "backcast.web.plans",
    "backcast.web.projects",
    "backcast.web.monitoring",
    "backcast.web.forecasts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_cotton",
    "django_filters",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "ninja",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "backcast.web.core.middleware.request_id",
    "backcast.web.core.middleware.address",
    "backcast.web.core.middleware.signing_in",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "backcast.web.accounts.middleware.lasting",
    "backcast.web.accounts.middleware.acting",
    "backcast.web.audit.middleware.refusals",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # deny by default
    "backcast.web.accounts.middleware.first_things",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "backcast.web.core.middleware.refusals",
    "axes.middleware.AxesMiddleware",
]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "apart"]}}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "backcast.web.ui.context.shell",
            ],
        },
    }
]

# ---- Who signs in.

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "backcast.web.accounts.passwords.Length", "OPTIONS": {"least": 12}},
    {"NAME": "backcast.web.accounts.passwords.Kinds", "OPTIONS": {"least": 3}},
    {"NAME": "backcast.web.accounts.passwords.NoNames"},
    {"NAME": "backcast.web.accounts.passwords.History"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HISTORY = 5
PASSWORD_EXPIRES = timedelta(days=90)
PASSWORD_RESET_TIMEOUT = 86_400
"""Seconds for which a one-time link works."""
IDLE_DISABLES = timedelta(days=90)
"""After so long without signing in an account is disabled."""
SESSION_IDLE = timedelta(minutes=15)
SESSION_ABSOLUTE = timedelta(hours=8)
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https

ACCOUNT_ADAPTER = "backcast.web.accounts.adapters.Accounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"login": "backcast.web.accounts.forms.SignIn"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_RATE_LIMITS = {"login_failed": "20/15m/ip,5/15m/key"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up; the library compares this with how one signs in
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
MFA_ADAPTER = "backcast.web.accounts.adapters.SecondFactor"
MFA_FORMS = {
    "activate_totp": "backcast.web.accounts.forms.FirstCode",
    "authenticate": "backcast.web.accounts.forms.Code",
    "reauthenticate": "backcast.web.accounts.forms.CodeAgain",
}
MFA_TOTP_ISSUER = "Backcast"
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "backcast.web.accounts.adapters.SingleSignOn"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": ENVIRONMENT.single_sign_on()}}
OIDC_CLAIM = ENVIRONMENT.oidc_claim

AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_DISABLE_ACCESS_LOG = True  # the audit keeps it
AXES_ENABLE_ADMIN = False
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = ["username"]  # addresses are allauth's to limit: a whole office may share one
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # that says the same
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "backcast.web.accounts.adapters.sign_in_name"
AXES_VERBOSE = False

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
"""Rate limits and used codes live here, so all processes share it."""

# ---- What a browser may do with our pages.

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *ENVIRONMENT.sign_on_origins()],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
X_FRAME_OPTIONS = "DENY"

FORM_RENDERER = "backcast.web.ui.forms.Renderer"

# ---- Languages and time.

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [LOCALE]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# ---- Files.

STATIC_URL = "static/"
STATIC_ROOT = ENVIRONMENT.home / "static" / fingerprint()
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ENVIRONMENT.home / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
