"""``manage.py open_shop``: a database that is ready for customers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from examples.shop.django_project.models import Customer, Product
from examples.shop.seed import CUSTOMERS, PRODUCTS, password


class Command(BaseCommand):
    help = "Migrate the database, and fill it unless that has been done. SHOP_PASSWORD: the customers' password."

    def handle(self, *_: Any, verbosity: int, **__: Any) -> None:
        call_command("migrate", verbosity=verbosity)
        if not Customer.objects.exists():
            _fill()


@transaction.atomic
def _fill() -> None:
    digest = make_password(password())
    Customer.objects.bulk_create(
        Customer(id=one.id, username=one.username, name=one.name, is_staff=one.staff, password=digest)
        for one in CUSTOMERS
    )
    Product.objects.bulk_create(
        Product(**one.model_dump(exclude={"category"}), category=one.category.value) for one in PRODUCTS
    )
