"""The Django app that registers the functions."""

from __future__ import annotations

from django.apps import AppConfig


class AllauthConfig(AppConfig):
    name = "mizan.allauth"
    label = "mizan_allauth"
    verbose_name = "Mizan: allauth"

    def ready(self) -> None:
        from mizan.allauth.registration import register_functions

        register_functions()
