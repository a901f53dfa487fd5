"""The Django app: system checks, and settings that follow ``override_settings``."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.signals import setting_changed

from mizan.purging import apurge_called, purge_called
from mizan.serving import dispatcher
from mizan.threads import run_in_thread, run_on_loop
from mizan.tokens import has_user_model
from mizan_core.client.calls import observe_outside_requests, use_loops, use_threads_outside_requests
from mizan_core.settings import PREFIX

_OF_USERS = frozenset(("AUTH_USER_MODEL", "INSTALLED_APPS"))


class MizanConfig(AppConfig):
    name = "mizan"
    verbose_name = "Mizan"

    def ready(self) -> None:
        from mizan import checks  # noqa: F401 - registers the checks

        setting_changed.connect(_forget_settings)
        observe_outside_requests(purge_called, apurge_called)
        use_threads_outside_requests(run_in_thread)
        use_loops(run_on_loop)


def _forget_settings(*, setting: str, **_: Any) -> None:
    if setting in _OF_USERS:
        has_user_model.cache_clear()
    if setting.startswith(PREFIX):
        dispatcher.reset()
