"""All settings, from the environment. Every variable is explained in docs/configuration.md."""

from __future__ import annotations

import contextlib
from pathlib import Path

import environ
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.FileAwareEnv()
env.read_env(BASE_DIR / ".env", overwrite=False)

INSECURE_SECRET_KEY = "insecure-key-for-development-only"
SECRET_KEY = env.str("SECRET_KEY", default=INSECURE_SECRET_KEY).strip()
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "waffle",
    "csp",
    "sentry_logs",
    "dashboard",
    "dashboard.keys",
    "dashboard.calls",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dashboard.middleware.ApiErrorMiddleware",
    "dashboard.keys.middleware.ApiKeyMiddleware",
    "dashboard.middleware.LoginRequiredMiddleware",
    "dashboard.middleware.EnvironmentMiddleware",
    "waffle.middleware.WaffleMiddleware",
]

ROOT_URLCONF = "dashboard.urls"
WSGI_APPLICATION = "dashboard.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboard.environment.context",
            ],
        },
    },
]

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'data' / 'dashboard.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        # FULL: an acknowledged write survives a power cut, not only a crash of the process.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://dashboard")}
if "locmem" in CACHES["default"]["BACKEND"]:
    CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 20_000}
if "redis" in CACHES["default"]["BACKEND"]:
    # A cache that hangs may cost a page a fifth of a second, not the five seconds of the library.
    CACHES["default"]["OPTIONS"] = {
        "socket_timeout": 0.2,
        "socket_connect_timeout": 0.2,
        **CACHES["default"].get("OPTIONS", {}),
    }
# Read from the database every time: a flag kept by one process would outlive its change in another, and a
# cache that is down would take the pages with it.
CACHES["flags"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "calls:list"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
with contextlib.suppress(OSError):
    STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
# After `collectstatic` names carry a hash and are cached for ever; without it files are served as they are.
_COLLECTED = (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = env.bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"secrets": {"()": "dashboard.logs.RedactSecrets"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["secrets"], "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}

# A flag nobody has made yet must not switch the product to its limited way.
WAFFLE_CACHE_NAME = "flags"
WAFFLE_FLAG_DEFAULT = True
WAFFLE_CREATE_MISSING_FLAGS = False

SENTRY_URL = env.str("SENTRY_URL", default="https://sentry.io").strip()
SENTRY_ORG = env.str("SENTRY_ORG", default="").strip()
SENTRY_PROJECTS = tuple(name.strip() for name in env.list("SENTRY_PROJECT", default=[]) if name.strip())
SENTRY_AUTH_TOKEN = env.str("SENTRY_AUTH_TOKEN", default="").strip()
SENTRY_CORRELATION_TAG = env.str("SENTRY_CORRELATION_TAG", default="correlation_id").strip()
SENTRY_ENVIRONMENTS = tuple(
    name.strip()
    for name in env.list("SENTRY_ENVIRONMENTS", default=["production", "staging"])
    if name.strip()
)
SENTRY_TIMEOUT = env.float("SENTRY_TIMEOUT", default=10.0)
SENTRY_CONCURRENCY = env.int("SENTRY_CONCURRENCY", default=4)
SENTRY_RETENTION_DAYS = env.int("SENTRY_RETENTION_DAYS", default=90)
SENTRY_LOGS = env.bool("SENTRY_LOGS", default=True)
SENTRY_LOGS_RETENTION_DAYS = env.int("SENTRY_LOGS_RETENTION_DAYS", default=30)
SENTRY_CANARY = env.bool("SENTRY_CANARY", default=True)

# How the logs pages find the call of a correlation id, and calls to check; they know no calls themselves.
CALL_LINKS = "dashboard.calls.lookup.call_links"
CALLS_BETWEEN = "dashboard.calls.lookup.calls_between"
