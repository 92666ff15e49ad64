"""All settings, read once from the environment; a value that makes no sense stops the start and says how to mend it.

Every variable is listed in `.env.example` and explained in `docs/how-to/run.md`.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
import pghistory
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import make_conninfo

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Read by numpy when it is first imported. Its threads wait for each other by spinning: on a machine that does anything
# else, fitting a curve for a thousand customers took five minutes with two of them and six seconds with one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# -- Where we are ----------------------------------------------------------------------------------

DEVELOPMENT_KEY = "for-development-on-this-machine-only-and-refused-everywhere-else-0123456789"

PRODUCTION = env.bool("SODATE_PRODUCTION", default=False)
DEBUG = env.bool("SODATE_DEBUG", default=False) and not PRODUCTION
DEMO = env.bool("SODATE_DEMO", default=False)
HOME = Path(env.str("SODATE_HOME", default=str(BASE_DIR / "var")))
SECRET_KEY = env.str("SODATE_SECRET_KEY", default="" if PRODUCTION else DEVELOPMENT_KEY)
SECRET_KEY_FALLBACKS = env.list("SODATE_SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("SODATE_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
PUBLIC_URL = env.str("SODATE_URL", default="").rstrip("/") or (
    f"https://{ALLOWED_HOSTS[0]}"
    if PRODUCTION and ALLOWED_HOSTS
    else f"http://127.0.0.1:{env.str('SODATE_PORT', default='8000')}"
)
LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "[::1]", "testserver"}

if PRODUCTION and not SECRET_KEY:
    raise ImproperlyConfigured("Set SODATE_SECRET_KEY to a long random text; there is no default in production.")
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set SODATE_HOSTS to the host names that people type, separated by commas.")
if (DEMO or SECRET_KEY == DEVELOPMENT_KEY) and not set(ALLOWED_HOSTS) <= LOOPBACK_HOSTS:
    raise ImproperlyConfigured(
        "SODATE_HOSTS names hosts beyond this machine, but the demo logins or the development key are in use. "
        "Set SODATE_SECRET_KEY and switch SODATE_DEMO off first."
    )

# -- Apps ------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "crm",
    "accounts",
    "campaigns",
    "demo",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "rest_framework.authtoken",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm.middleware.ReaderMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crm.middleware.HistoryMiddleware",
    "accounts.views.survivors.SurvivorMiddleware",
    "crm.once.OnceMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "crm.lean.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
            ],
        },
    }
]
COTTON_DIR = "components"

# -- Database --------------------------------------------------------------------------------------

DATABASE = env.db_url("DATABASE_URL", default="postgres://sodate@127.0.0.1:5432/sodate")
# Pages ask short questions: starting a helper process or compiling a plan takes ten times as long as the answer. What was
# written since an index of words was last put in order is read through by every search: 4 MB (the default) take 7 ms each time.
SHORT_QUESTIONS = "-c max_parallel_workers_per_gather=0 -c jit=off -c gin_pending_list_limit=256"
DATABASES = {
    "default": {
        **DATABASE,
        "OPTIONS": {"options": SHORT_QUESTIONS, **DATABASE.get("OPTIONS", {})},
        "ATOMIC_REQUESTS": False,
        # A connection plans anew what its predecessor had planned (ADR 0017), so it lives for some minutes.
        "CONN_MAX_AGE": env.int("SODATE_CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Background work -------------------------------------------------------------------------------


def pgmq_options(database: dict[str, Any]) -> dict[str, Any]:
    """How to reach PGMQ in our own database; the reasons are in docs/adr/0003."""
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    known = {name: database[key] for name, key in names.items() if database.get(key)}
    return {
        "conn_string": make_conninfo(**{**known, **database.get("OPTIONS", {})}),
        "init_extension": False,
        "visibility_timeout": VISIBILITY_SECONDS,
        "use_notify": True,
        "wait_time_seconds": 0,
        "polling_interval": 0.5,
        "pool_size": 2,
    }


# Long work stands in the outbox under a lock, so a message that comes back while it runs finds nothing to do.
VISIBILITY_SECONDS = 60
TASK_SECONDS = env.int("SODATE_TASK_SECONDS", default=7200)
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="pgmq://own-database")
CELERY_BROKER_TRANSPORT_OPTIONS = (
    pgmq_options(DATABASES["default"])
    if CELERY_BROKER_URL == "pgmq://own-database"
    else {"visibility_timeout": VISIBILITY_SECONDS}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
# One process, one task at a time: when it dies, nobody waits for a lock that it held (docs/adr/0003).
CELERY_WORKER_POOL = "solo"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Tokyo"
SWEEP_SECONDS = env.float("SODATE_SWEEP_SECONDS", default=5.0)
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "heartbeat": {"task": "crm.heartbeat", "schedule": 5.0, "options": {"expires": 30}},
    "sweep-outbox": {"task": "crm.sweep_outbox", "schedule": SWEEP_SECONDS, "options": {"expires": 30}},
    "remind": {"task": "accounts.remind", "schedule": 30.0, "options": {"expires": 30}},
    "renew-guard": {"task": "campaigns.renew_guard_due", "schedule": 5.0, "options": {"expires": 30}},
    "launch-due": {"task": "campaigns.launch_due", "schedule": crontab(), "options": {"expires": 60}},
    "keep-sums": {"task": "campaigns.keep_sums_due", "schedule": 300.0, "options": {"expires": 300}},
    "count-shared": {"task": "campaigns.count_shared_due", "schedule": 30.0, "options": {"expires": 30}},
    "check-guardrails": {"task": "campaigns.check_guardrails", "schedule": 300.0, "options": {"expires": 300}},
    "tell-overdue": {"task": "accounts.tell_overdue", "schedule": crontab(hour=8, minute=0)},
    "forget-imports": {"task": "accounts.forget_imports", "schedule": crontab(hour=4, minute=10)},
    "mail-digests": {"task": "crm.ask_for_digests", "schedule": crontab(hour=7, minute=30)},
    "forget-deliveries": {"task": "crm.forget_deliveries", "schedule": crontab(hour=4, minute=20)},
    "turn-figures": {"task": "accounts.turn_figures", "schedule": 300.0, "options": {"expires": 300}},
    "listen": {"task": "campaigns.listen", "schedule": crontab(hour=7, minute=0)},
    "rescore": {"task": "accounts.ask_for_rescore", "schedule": crontab(hour=2, minute=30)},
    "find-duplicates": {"task": "accounts.ask_for_duplicates", "schedule": crontab(hour=4, minute=15)},
    "purge-files": {"task": "accounts.purge_files", "schedule": crontab(hour=4, minute=10)},
}

# -- People ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "crm.User"
AUTHENTICATION_BACKENDS = ["crm.signin.Door"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "crm.signin.ClosedAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "5/15m/key,30/15m/ip"}
SESSION_ENGINE = "crm.sessions"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
EMAIL_BACKEND = env.str("SODATE_EMAIL_BACKEND", default="django.core.mail.backends.console.EmailBackend")
if MAIL_SERVER := env.str("SODATE_SMTP", default=""):
    vars().update(
        {name: value for name, value in env.email_url_config(MAIL_SERVER).items() if name != "EMAIL_FILE_PATH"}
    )
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("SODATE_FROM_EMAIL", default="sodate@localhost")

# Addresses of this machine for webhooks, without https: for trying things out, never for others than you.
WEBHOOKS_TO_LOOPBACK = env.bool("SODATE_WEBHOOKS_TO_LOOPBACK", default=False) and not PRODUCTION

# -- Language and time -----------------------------------------------------------------------------

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"

# -- Files -----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static" if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
MEDIA_ROOT = env.str("SODATE_FILES", default=str(HOME / "files"))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# -- Logs ------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"news": {"()": "crm.logs.IsNews"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["news"]}},
    "root": {"handlers": ["console"], "level": env.str("SODATE_LOG_LEVEL", default="INFO")},
    "loggers": {"django": {"handlers": [], "propagate": True}, "celery.beat": {"level": "WARNING"}},
}

# -- Safety on the web -----------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "crm.views.errors.stale_form"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SODATE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

# -- History kept by triggers ----------------------------------------------------------------------
# The row as it was before each change: an import of a million new rows then writes each of them once.

PGHISTORY_APPEND_ONLY = True
PGHISTORY_DEFAULT_TRACKERS = (
    pghistory.UpdateEvent(row=pghistory.Old),
    pghistory.DeleteEvent(row=pghistory.Old),
)

# -- API -------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "crm.paging.Pages",
    "PAGE_SIZE": 50,
    "DEFAULT_THROTTLE_RATES": {"token": "10/min"},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sodate CRM",
    "DESCRIPTION": "Customers, suggestions, campaigns: the same rules and permissions as on screen.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "AccountKind": "accounts.models.Account.Kind",
        "ActivityKind": "accounts.models.activities.ActivityKind",
        "ActivityReaction": "accounts.models.Activity.Reaction",
        "ActivityResult": "accounts.models.Activity.Result",
        "CustomFieldKind": "crm.custom_fields.models.CustomField.Kind",
        "ChangePart": "campaigns.models.Change.Part",
        "ContactPart": "accounts.models.Contact.Part",
        "PlayKind": "campaigns.models.Play.Kind",
        "WrittenPlayKind": "campaigns.api.learning_shapes.WRITTEN",
        "PrivacyRequestKind": "accounts.models.PrivacyRequest.Kind",
        "CallSource": "campaigns.models.calls.CallRound.Source",
        "FeedbackSource": "campaigns.models.Feedback.Source",
        "CaseKind": "accounts.models.Case.Kind",
        "Channel": "accounts.models.accounts.Channel",
        "PathKind": "accounts.models.UpgradePath.Kind",
        "AnnouncementReaction": "campaigns.models.Reaction",
        "DismissReason": "campaigns.models.suggestions.DismissReason",
        "LostReason": "campaigns.models.suggestions.LostReason",
        "ProposalState": "campaigns.models.Proposal.State",
        "RevisionState": "campaigns.models.CampaignRevision.State",
        "SuggestionState": "campaigns.models.Suggestion.State",
        "ThemeState": "campaigns.models.Theme.State",
    },
}
