"""The Django projects, in one process: no middleware, as none of them needs any, and URLs of its own for each service.

Importing it configures Django.
"""

from __future__ import annotations

from datetime import timedelta

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

from benchmarks.services.tokens import ALGORITHM, SECRET

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mizan"],
    MIDDLEWARE=[],
    ROOT_URLCONF="benchmarks.services.profile_urls",
    SECRET_KEY=SECRET,
    MIZAN_MWT_SECRET=SECRET,
    REST_FRAMEWORK={
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    SIMPLE_JWT={"ALGORITHM": ALGORITHM, "SIGNING_KEY": SECRET, "ACCESS_TOKEN_LIFETIME": timedelta(days=1)},
)
django.setup(set_prefix=False)
application = get_wsgi_application()
asgi_application = get_asgi_application()


def serve(urls: str) -> None:
    """From now on serve the patterns of that module of ``benchmarks.services``, and nothing else."""
    settings.ROOT_URLCONF = f"benchmarks.services.{urls}"
