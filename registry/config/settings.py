"""Every setting, from the environment; production refuses to start half configured."""

import os
from pathlib import Path

import environ
import pghistory
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from registry.config import beat

ROOT = Path(__file__).resolve().parents[2]
env = environ.Env()
environ.Env.read_env(ROOT / ".env", overwrite=False)

MODE = env.str("REGISTRY_MODE", default="production")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"REGISTRY_MODE is {MODE!r}; it must be production, demo or test.")
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
VAR = Path(env.str("REGISTRY_VAR", default=str(ROOT / "var")))

if PRODUCTION:
    needed = ("SECRET_KEY", "EQUALITY_KEY", "NOTES_KEYS", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS")
    if missing := [name for name in needed if not os.environ.get(name)]:
        raise ImproperlyConfigured(f"Production settings need {', '.join(missing)} in the environment.")

SECRET_KEY = env.str("SECRET_KEY", default=f"only for {MODE} on this machine, never for production")
# Ties equality answers to accounts: outside the database, and never renewed, or the answers are lost.
EQUALITY_KEY = env.str("EQUALITY_KEY", default=f"equality, {SECRET_KEY}")
# Seal private notes: outside the database. The first seals, all of them open; a note whose key is gone is lost.
NOTES_KEYS = [key.strip() for key in env.list("NOTES_KEYS", default=[f"notes, {SECRET_KEY}"]) if key.strip()]
if not NOTES_KEYS:
    raise ImproperlyConfigured("NOTES_KEYS holds no key.")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

ROOT_URLCONF = "registry.config.urls"
WSGI_APPLICATION = "registry.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "registry.dashboard",
    "registry.transfers",
    "registry.api",
    "programmes",
    "mentoring",
    "registry.boards",
    "registry.appraisals",
    "registry.competency",
    "registry.standing",
    "registry.contributions",
    "registry.clinicians",
    "registry.equality",
    "registry.session_log",
    "registry.accounts",
    "registry.notifications",
    "registry.audit",
    "registry.organisations",
    "registry.nhsuk",
    "registry.embedded",
    "allauth",
    "allauth.account",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "oauth2_provider",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "registry.config.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "registry.config.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "registry.config.middleware.AuditContextMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "registry.config.middleware.RefusalMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "environment": "registry.config.jinja2.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "registry.config.context.page",
            ],
        },
    },
    {
        # Only for what libraries render themselves (allauth's e-mails).
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
FORM_RENDERER = "registry.nhsuk.renderer.DesignSystemRenderer"

# Data ---------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL") | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "registry",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# Background work ------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 570
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Where Redis goes, a task that runs goes on: it is safe twice, and ended in the middle it would lose what it has done.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "global_keyprefix": "registry:",
    # Whoever asks for background work waits for a Redis that is away for a second, not for a minute.
    "socket_connect_timeout": 5,
    # One that is there and does not answer would otherwise be waited for without end.
    "socket_timeout": 5,
    "max_retries": 1,
    "interval_start": 0.2,
}
CELERY_TIMEZONE = "Europe/London"
CELERY_BEAT_SCHEDULE = beat.SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "celerybeat-schedule")

# People ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard:home"
ACCOUNT_ADAPTER = "registry.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_TEMPLATE_EXTENSION = "jinja"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# A stranger's address gets no mail from us.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "login": "registry.accounts.forms.LoginForm",
    "reset_password": "registry.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "registry.accounts.forms.ResetPasswordKeyForm",
    "change_password": "registry.accounts.forms.ChangePasswordForm",
}
CSRF_FAILURE_VIEW = "registry.dashboard.views.csrf_failure"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

if PRODUCTION:
    EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://localhost:25")
    vars().update(EMAIL_CONFIG)
elif DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(VAR / "mail")
# Where links in e-mails lead.
PUBLIC_URL = env.str(
    "PUBLIC_URL",
    default=f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else f"http://127.0.0.1:{env.int('PORT', default=8000)}",
).rstrip("/")
# With these, messages leave by GOV.UK Notify instead of a mail server. Its template is ((subject)) and ((body)).
NOTIFY_API_KEY = env.str("NOTIFY_API_KEY", default="")
NOTIFY_TEMPLATE_ID = env.str("NOTIFY_TEMPLATE_ID", default="")
NOTIFY_BASE_URL = env.str("NOTIFY_BASE_URL", default="https://api.notifications.service.gov.uk")
if bool(NOTIFY_API_KEY) != bool(NOTIFY_TEMPLATE_ID):
    raise ImproperlyConfigured("GOV.UK Notify needs NOTIFY_API_KEY and NOTIFY_TEMPLATE_ID, both or neither.")
# Seconds a mail server, or Notify, is waited for.
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="registry@localhost")

# API ------------------------------------------------------------------------------------------------
OAUTH2_PROVIDER = {
    "SCOPES": {"shortlists:read": "Read published shortlists of the organisations you are bound to"},
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    # RFC 9700, the current advice on OAuth security: among it, tokens are stored hashed.
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["registry.api.authentication.ClientAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("API_RATE", default="600/min")},
    "DEFAULT_PAGINATION_CLASS": "registry.api.pagination.KeysetPagination",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "registry.api.errors.problem_details",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

# History: what changed, kept by triggers, and never itself changed.
PGHISTORY_DEFAULT_TRACKERS = (
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
)
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_APPEND_ONLY = True

# How many clinicians the demonstration has.
DEMO_CLINICIANS = env.int("REGISTRY_DEMO_CLINICIANS", default=2000)

# Levels of groups of fewer people than this are never shown; it can be raised, and below 10 it counts as 10.
INSIGHT_SMALLEST_GROUP = env.int("INSIGHT_SMALLEST_GROUP", default=10)

# Language, time, files --------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "static"]
DESIGN_SYSTEM = ROOT / "node_modules" / "nhsuk-frontend" / "dist" / "nhsuk"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "registry.nhsuk.finders.DesignSystemFinder",
    "registry.nhsuk.finders.LibraryFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if MODE == "test"
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = MODE == "test"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = 10 * 1024 * 1024
# What a staff file said is kept this long: before it is confirmed, and after.
IMPORT_UNCONFIRMED_DAYS = env.int("IMPORT_UNCONFIRMED_DAYS", default=7)
IMPORT_DETAILS_DAYS = env.int("IMPORT_DETAILS_DAYS", default=30)
# A longer table is exported in the background, and its file kept for so many days.
EXPORT_ROWS_AT_ONCE = 5_000
EXPORT_KEEP_DAYS = env.int("EXPORT_KEEP_DAYS", default=7)
# What colleagues answered in a feedback round is kept this long after the release of its report.
FEEDBACK_KEEP_MONTHS = env.int("FEEDBACK_KEEP_MONTHS", default=24)
# What was sent to whom is kept this long, and as long as more could be sent about the same.
MESSAGES_KEEP_MONTHS = env.int("MESSAGES_KEEP_MONTHS", default=24)

# Security headers -------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING_CONFIG = "registry.config.logging.configure"
LOGGING = {"level": env.str("LOG_LEVEL", default="INFO"), "json": PRODUCTION}

SERVICE_NAME = env.str("SERVICE_NAME", default="Clinical leadership registry")
SPECTACULAR_SETTINGS = {
    "TITLE": SERVICE_NAME,
    "DESCRIPTION": "Published shortlists for board posts, with the reasons for every place.",
    "VERSION": "1.0.0",
    "SERVE_PUBLIC": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
}
