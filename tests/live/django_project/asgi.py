"""As the user's documents have it."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.live.django_project.settings")

from mizan import wrap_asgi

application = wrap_asgi(get_asgi_application())
