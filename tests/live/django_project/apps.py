from __future__ import annotations

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "tests.live.django_project"
    label = "live_under_test"

    def ready(self) -> None:
        from mizan.setup import mizan_clients

        mizan_clients(self.name)
