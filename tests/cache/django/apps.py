from __future__ import annotations

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "tests.cache.django"
    label = "cache_under_test"

    def ready(self) -> None:
        from tests.cache.django import functions  # noqa: F401 - it registers them
