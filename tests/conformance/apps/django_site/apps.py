from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "tests.conformance.apps.django_site"
    label = "site_under_test"

    def ready(self) -> None:
        from mizan.setup import mizan_clients

        mizan_clients(self.name)
