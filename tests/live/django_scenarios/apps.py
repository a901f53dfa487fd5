from __future__ import annotations

from django.apps import AppConfig


class ScenariosConfig(AppConfig):
    name = "tests.live.django_scenarios"
    label = "live_scenarios"

    def ready(self) -> None:
        from mizan_core.registry import default_registry
        from tests.live.functions import register_in

        register_in(default_registry)
