from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


class Note(models.Model):
    """A row, with a column that answers do not declare."""

    text: models.TextField[str, str] = models.TextField()
    password: models.TextField[str, str] = models.TextField(default="leak-7d1f0c")

    class Meta:
        app_label = "site_under_test"

    def __str__(self) -> str:
        return self.text


class Signature(models.Model):
    """A row that belongs to a user."""

    user: models.ForeignKey[Any, Any] = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)

    class Meta:
        app_label = "site_under_test"

    def __str__(self) -> str:
        return f"of {self.user}"
