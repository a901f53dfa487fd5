"""The shop's tables."""
# What a field holds is known to mypy only through django-stubs' plugin, which this example does not ask for.
# mypy: disable-error-code="var-annotated"

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.db import models

from examples.shop.domain import Category, OrderStatus

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Customer(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=80)


class Product(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=80)
    category = models.CharField(max_length=10, choices=[(one.value, one.name.title()) for one in Category])
    price = models.DecimalField(max_digits=9, decimal_places=2)
    stock = models.PositiveIntegerField()
    picture = models.CharField(max_length=16, null=True)


class Purchase(models.Model):
    lines: RelatedManager[PurchaseLine]

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="purchases")
    status = models.CharField(max_length=10, choices=[(one.value, one.name.title()) for one in OrderStatus])
    placed_at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(max_length=200, null=True)


class PurchaseLine(models.Model):
    """A line as it was sold; it outlives the product."""

    purchase = models.ForeignKey(Purchase, models.CASCADE, related_name="lines")
    product_id = models.UUIDField()
    name = models.CharField(max_length=80)
    quantity = models.PositiveSmallIntegerField()
    unit_price = models.DecimalField(max_digits=9, decimal_places=2)
