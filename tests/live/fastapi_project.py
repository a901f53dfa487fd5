"""The application of ``fastapi_app`` as servers load it, configured by the environment."""

from __future__ import annotations

from mizan_core.live import hub
from mizan_fastapi.routing import settings_from_environment
from tests.live.fastapi_app import make_app

hub.COMPARE = 3_600.0  # which makes up for what nobody is told, and tells whoever has changed something
app = make_app(settings_from_environment())
