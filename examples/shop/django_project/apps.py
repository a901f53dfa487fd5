"""The Django app: it opens the shop on Django's models and users."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path

from django import get_version
from django.apps import AppConfig
from django.conf import settings


class ShopConfig(AppConfig):
    name = "examples.shop.django_project"
    label = "shop"

    def ready(self) -> None:
        from examples.shop.django_project.store import DjangoStore
        from examples.shop.ports import shop
        from mizan.setup import mizan_clients

        shop.open(
            store=DjangoStore(),
            user_of=attrgetter("user"),
            server=f"Django {get_version()}",
            pictures=Path(settings.DATABASES["default"]["NAME"]).with_suffix(".pictures"),
        )
        mizan_clients(self.name)
