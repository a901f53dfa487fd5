"""The application of ``fastapi_app`` as servers load it, configured by the environment."""

from __future__ import annotations

from mizan_fastapi.routing import settings_from_environment
from tests.live.fastapi_app import make_app

app = make_app(settings_from_environment())
