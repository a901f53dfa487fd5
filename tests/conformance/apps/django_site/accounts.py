"""The accounts as rows."""

from __future__ import annotations

from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType

from tests.conformance.apps.accounts import ACCOUNTS


def create_users() -> None:
    for account in ACCOUNTS.values():
        user = User.objects.create(
            username=account.name, is_staff=account.staff, is_superuser=account.superuser, password="!"
        )
        user.user_permissions.add(*(_permission(name) for name in account.permissions))


def _permission(name: str) -> Permission:
    app, codename = name.split(".")
    content_type = ContentType.objects.get(app_label=app, model="user")
    permission: Permission = Permission.objects.get(content_type=content_type, codename=codename)
    return permission
