from __future__ import annotations

from django.db import models


class Stock(models.Model):
    """How many there are of a thing."""

    name: models.TextField[str, str] = models.TextField(unique=True)
    amount: models.IntegerField[int, int] = models.IntegerField(default=0)

    class Meta:
        app_label = "cache_under_test"

    def __str__(self) -> str:
        return self.name
