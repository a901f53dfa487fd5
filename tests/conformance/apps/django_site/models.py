from __future__ import annotations

from django.db import models


class Note(models.Model):
    """A row, with a column that answers do not declare."""

    text: models.TextField[str, str] = models.TextField()
    password: models.TextField[str, str] = models.TextField(default="leak-7d1f0c")

    class Meta:
        app_label = "site_under_test"

    def __str__(self) -> str:
        return self.text
