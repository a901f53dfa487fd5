"""The test project's users have telephone numbers, which live as long as the process; so do the codes sent to them."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import get_user_model

sent: list[str] = []
"""The codes, oldest first."""
_numbers: dict[Any, tuple[str, bool]] = {}


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth's classes have no types
    """``ACCOUNT_ADAPTER``."""

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        _numbers[user.pk] = phone, verified

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return _numbers.get(user.pk)

    def set_phone_verified(self, user: Any, phone: str) -> None:
        _numbers[user.pk] = phone, True

    def get_user_by_phone(self, phone: str) -> Any:
        owner = next((owner for owner, (number, _) in _numbers.items() if number == phone), None)
        return get_user_model().objects.filter(pk=owner).first()

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **_: Any) -> None:
        sent.append(code)
