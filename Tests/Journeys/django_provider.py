"""A Django project of one file with django-oauth-toolkit in it, run by far_providers.django_toolkit."""

import os
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

FOLDER = Path(os.environ["FAR_FOLDER"])


class EverybodyIsAda:
    """No sign-in page: this is about what comes after it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        from django.contrib.auth import get_user_model

        if request.path.startswith("/o/authorize"):
            request.user = get_user_model().objects.get(username="ada")
        return self.get_response(request)


settings.configure(
    SECRET_KEY="only for this test",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="__main__",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "__main__.EverybodyIsAda",
        "oauth2_provider.middleware.OAuth2TokenMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend", "oauth2_provider.backends.OAuth2Backend"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(FOLDER / "django.sqlite")}},
    OAUTH2_PROVIDER={
        "SCOPES": {"read": "Read", "write": "Write"}, "PKCE_REQUIRED": True, "ROTATE_REFRESH_TOKEN": True,
        "ACCESS_TOKEN_EXPIRE_SECONDS": 3600, "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"],
    },  # fmt: skip
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.http import HttpResponse, JsonResponse  # noqa: E402
from django.urls import include, path  # noqa: E402


def whoami(request):
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    return JsonResponse({"name": request.user.username})


urlpatterns = [
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("whoami", whoami),
    path("alive", lambda request: HttpResponse("yes")),
]


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def main() -> None:
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from oauth2_provider.models import get_application_model

    call_command("migrate", verbosity=0)
    ada = get_user_model().objects.create_user("ada")
    get_application_model().objects.create(
        name="Acme", user=ada, client_id=os.environ["FAR_ID"], client_secret=os.environ["FAR_SECRET"],
        client_type="confidential", authorization_grant_type="authorization-code",
        redirect_uris=os.environ.get("FAR_CALLBACK", "http://127.0.0.1/oauth/callback"),
    )  # fmt: skip
    get_application_model().objects.create(
        name="Machine", user=ada, client_id="machine", client_secret=os.environ["FAR_SECRET"],
        client_type="confidential", authorization_grant_type="client-credentials",
    )  # fmt: skip
    make_server("127.0.0.1", int(os.environ["FAR_PORT"]), get_wsgi_application(), handler_class=Quiet).serve_forever()


if __name__ == "__main__":
    main()
