"""The Django app: system checks, and settings that follow ``override_settings``."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.signals import setting_changed

from mizan_core.settings import PREFIX


class MizanConfig(AppConfig):
    name = "mizan"
    verbose_name = "Mizan"

    def ready(self) -> None:
        from mizan import checks  # noqa: F401 - registers the checks

        setting_changed.connect(_forget_settings)


def _forget_settings(*, setting: str, **_: Any) -> None:
    if setting.startswith(PREFIX):
        from mizan.views import dispatcher

        dispatcher.reset()
