"""For an ASGI server: ``uvicorn examples.shop.django_project.asgi:application``."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from mizan.asgi import wrap_asgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examples.shop.django_project.settings")
application = wrap_asgi(get_asgi_application())
