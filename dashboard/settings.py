"""All settings, from the environment. Every variable is explained in docs/configuration.md."""

from __future__ import annotations

import contextlib
import re
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from dashboard import production

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.FileAwareEnv()
env.read_env(BASE_DIR / ".env", overwrite=False)

INSECURE_SECRET_KEY = "insecure-key-for-development-only"
SECRET_KEY = env.str("SECRET_KEY", default=INSECURE_SECRET_KEY).strip()
# Keys from before: they still verify what they signed.
SECRET_KEY_FALLBACKS = [key.strip() for key in env.list("SECRET_KEY_FALLBACKS", default=[]) if key.strip()]
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# A server that only its own machine reaches starts as it is; any other has to be ready for it.
PRODUCTION = env.bool(
    "PRODUCTION", default=env.bool("HTTPS", default=False) or production.is_reachable(ALLOWED_HOSTS)
)
HTTPS = env.bool("HTTPS", default=PRODUCTION)
if PRODUCTION:
    production.insist(
        production.faults(
            key=SECRET_KEY, insecure_key=INSECURE_SECRET_KEY, debug=DEBUG, hosts=ALLOWED_HOSTS, https=HTTPS
        )
    )

INSTALLED_APPS = [
    "dashboard.people.admin_apps.DashboardAdminConfig",
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
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "sentry_logs",
    "dashboard",
    "dashboard.audit",
    "dashboard.people",
    "dashboard.keys",
    "dashboard.backup",
    "dashboard.calls",
    "dashboard.erased",
    "dashboard.erasure",
    "dashboard.retention",
    "dashboard.ingest",
    "dashboard.evidence",
    "dashboard.reveal",
]

MIDDLEWARE = [
    "dashboard.request_ids.RequestIdMiddleware",
    "dashboard.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "dashboard.middleware.ApiErrorMiddleware",
    "dashboard.methods.MethodMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dashboard.sessions.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dashboard.people.sign_in.proxy.ProxySignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dashboard.audit.middleware.AuditMiddleware",
    "dashboard.failures.DatabaseFailureMiddleware",
    "dashboard.unaskable.UnaskableMiddleware",
    "dashboard.keys.middleware.ApiKeyMiddleware",
    "dashboard.people.sign_in.middleware.SessionLimitsMiddleware",
    "dashboard.middleware.LoginRequiredMiddleware",
    "dashboard.people.sign_in.proof.ProofMiddleware",
    "dashboard.people.middleware.RoleMiddleware",
    "dashboard.middleware.EnvironmentMiddleware",
    "waffle.middleware.WaffleMiddleware",
    "axes.middleware.AxesMiddleware",
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
                "dashboard.people.context.rights",
                "dashboard.storage.context",
            ],
        },
    },
]

with production.naming("DATABASE_URL"):
    _DATABASE = env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'data' / 'dashboard.sqlite3'}")
DATABASES = {"default": _DATABASE}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        # FULL: an acknowledged write survives a power cut, not only a crash of the process.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; "
        "PRAGMA journal_size_limit=67108864;",
    }
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        # A page that gets no connection says so after two seconds; it does not queue for minutes.
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=16), "timeout": 2.0},
        "connect_timeout": 2,
        "options": "-c lock_timeout=2s -c statement_timeout=10s -c idle_in_transaction_session_timeout=15s",
        **DATABASES["default"].get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

with production.naming("CACHE_URL"):
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

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "dashboard.people.backend.PeopleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "dashboard.people.passwords.NotOurWords"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "calls:list"
LOGOUT_REDIRECT_URL = "login"
# Somebody who does nothing is signed out, and everybody is after a while.
SESSION_COOKIE_AGE = round(env.float("SESSION_IDLE_HOURS", default=12.0) * 3600)
SESSION_LONGEST = timedelta(days=env.float("SESSION_LONGEST_DAYS", default=7.0))
# For how long a password or a code that was just given opens what asks for one again.
PROOF_HOLDS = timedelta(minutes=15)
# Whose role comes with the duty to have a second factor; everybody may have one.
SECOND_FACTOR_ROLES = env.list("SECOND_FACTOR_ROLES", default=["administrator"] if PRODUCTION else [])
SECOND_FACTOR_FOR_REVEAL = env.bool("SECOND_FACTOR_FOR_REVEAL", default=False)
OTP_TOTP_ISSUER = "AI Receptionist"
# Which group at an identity provider, or in a proxy's header, stands for which role.
ROLE_GROUPS = {
    "agent": env.str("GROUP_AGENT", default="").strip(),
    "lead": env.str("GROUP_LEAD", default="").strip(),
    "administrator": env.str("GROUP_ADMINISTRATOR", default="").strip(),
}
PROXY_USER_HEADER = env.str("PROXY_USER_HEADER", default="").strip()
PROXY_GROUPS_HEADER = env.str("PROXY_GROUPS_HEADER", default="").strip()
PROXY_ADDRESSES = [part.strip() for part in env.list("PROXY_ADDRESSES", default=[]) if part.strip()]
# Single sign-on with OpenID Connect, off without a client id; it needs the extra `oidc`.
OIDC_RP_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="").strip()
OIDC_RP_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="").strip()
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").strip()
OIDC_OP_AUTHORIZATION_ENDPOINT = env.str("OIDC_AUTHORIZATION_URL", default="").strip()
OIDC_OP_TOKEN_ENDPOINT = env.str("OIDC_TOKEN_URL", default="").strip()
OIDC_OP_JWKS_ENDPOINT = env.str("OIDC_KEYS_URL", default="").strip()
OIDC_OP_USER_ENDPOINT = ""
OIDC_NAME_CLAIM = env.str("OIDC_NAME_CLAIM", default="preferred_username").strip()
OIDC_GROUPS_CLAIM = env.str("OIDC_GROUPS_CLAIM", default="groups").strip()
OIDC_RP_SCOPES = env.str("OIDC_SCOPES", default="openid profile").strip()
OIDC_RP_SIGN_ALGO, OIDC_USE_PKCE, OIDC_TIMEOUT = "RS256", True, 5
LOGIN_REDIRECT_URL_FAILURE = "/login/"
if OIDC_RP_CLIENT_ID:
    AUTHENTICATION_BACKENDS.append("dashboard.people.sign_in.oidc.OidcBackend")
# A name and an address together are shut, so that a stranger cannot shut out the person, nor one
# person a whole office. Tries while it is shut do not prolong it.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "dashboard.audit.asking.address_of"
AXES_LOCKOUT_CALLABLE = "dashboard.people.sign_in.lockout.locked_out"
# The audit trail says who came in; a second list of them would be one more to prune.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = AXES_ENABLE_ADMIN = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken", "old_password", "code"]

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
        "report-uri": "/csp-report",
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Health checks come from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# With this prefix a browser takes a cookie over HTTPS alone and keeps it for this one host.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_HTTPONLY = True
WAFFLE_COOKIE, WAFFLE_TEST_COOKIE = f"{COOKIE_PREFIX}dwf_%s", f"{COOKIE_PREFIX}dwft_%s"
WAFFLE_SECURE = HTTPS
# Not in a cookie of their own: what a message says may be about a person.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "line": {"()": "dashboard.logs.OneLine"},
        "secrets": {"()": "dashboard.logs.RedactSecrets"},
        "personal": {"()": "dashboard.logs.HidePersonal"},
        "request": {"()": "dashboard.logs.NameRequest"},
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s [%(request_id)s] %(name)s: %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["line", "secrets", "personal", "request"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # It tells of every step at INFO; the audit trail says who came in.
    "loggers": {"axes": {"level": "WARNING"}},
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

# What signs the webhooks of each platform, by name of the variable; see dashboard/ingest/secrets.py.
WEBHOOK_VARIABLES = (
    "VAPI_WEBHOOK_SECRET",
    "RETELL_API_KEY",
    "TWILIO_AUTH_TOKEN",
    "ELEVENLABS_WEBHOOK_SECRET",
    "LIVEKIT_API_KEY",
    "LIVEKIT_API_SECRET",
)
WEBHOOK_SECRETS = {
    name: secret
    for variable in WEBHOOK_VARIABLES
    for environment in ("", *(f"_{re.sub('[^A-Z0-9]', '_', name.upper())}" for name in SENTRY_ENVIRONMENTS))
    for name in (f"{variable}{environment}", f"{variable}{environment}_NEXT")
    if (secret := env.str(name, default="").strip())
}
WEBHOOK_BODY_LIMIT = env.int("WEBHOOK_BODY_LIMIT", default=16 * 1024 * 1024)
PUBLIC_URL = env.str("PUBLIC_URL", default="").strip().rstrip("/")
SECURITY_CONTACT = [text for item in env.list("SECURITY_CONTACT", default=[]) if (text := item.strip())]
CUSTOMER_TIME_ZONE = env.str("CUSTOMER_TIME_ZONE", default="UTC").strip()
CALL_END_TIMEOUT_HOURS = env.float("CALL_END_TIMEOUT_HOURS", default=4.0)
TRANSCRIPTS_RETENTION_DAYS = env.int("TRANSCRIPTS_RETENTION_DAYS", default=90)
CALLS_RETENTION_DAYS = env.int("CALLS_RETENTION_DAYS", default=400)
# Six years, as is asked where health data is handled.
AUDIT_RETENTION_DAYS = env.int("AUDIT_RETENTION_DAYS", default=6 * 365)
DELIVERIES_RETENTION_DAYS = env.int("DELIVERIES_RETENTION_DAYS", default=30)

REVEALS_AN_HOUR = env.int("REVEALS_AN_HOUR", default=20)
REVEALS_AN_HOUR_LEAD = env.int("REVEALS_AN_HOUR_LEAD", default=100)
EVIDENCE_PIN_FAILING = env.bool("EVIDENCE_PIN_FAILING", default=True)
EVIDENCE_LIMIT_BYTES = env.int("EVIDENCE_LIMIT_BYTES", default=512 * 1024)
BACKUP_FOLDER = env.str("BACKUP_FOLDER", default=str(BASE_DIR / "data" / "backups"))
BACKUP_KEEP = env.int("BACKUP_KEEP", default=14)
EVIDENCE_RETENTION_DAYS = env.int("EVIDENCE_RETENTION_DAYS", default=400)

# How the logs pages find the call of a correlation id, and calls to check; they know no calls themselves.
CALL_LINKS = "dashboard.calls.lookup.call_links"
CALLS_OF_ISSUE = "/calls/?issue={issue}&range=7d"
CALLS_BETWEEN = "dashboard.calls.lookup.calls_between"
# What else is due when the marks are up to date; they know neither calls nor evidence.
AFTER_SYNC = "dashboard.evidence.automatic.keep_evidence"
