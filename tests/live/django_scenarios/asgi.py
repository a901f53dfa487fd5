"""The project behind ``wrap_asgi``, and behind Channels."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.live.django_scenarios.settings"
djangos = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 - behind the settings
from django.urls import path  # noqa: E402

from mizan import wrap_asgi  # noqa: E402
from mizan.consumers import MizanConsumer  # noqa: E402
from mizan_core.live import hub  # noqa: E402

hub.COMPARE = 3_600.0  # which makes up for what nobody is told, and tells whoever has changed something
application = wrap_asgi(djangos)
channels = ProtocolTypeRouter(
    {"http": djangos, "websocket": URLRouter([path("api/mizan/ws/", MizanConsumer.as_asgi())])}
)
