"""The shop's storage port on Django's models."""

from __future__ import annotations

from contextlib import AbstractContextManager
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Max

from examples.shop import domain
from examples.shop.django_project.models import Customer, Product, Purchase, PurchaseLine


class DjangoStore:
    """``Store``."""

    def atomic(self) -> AbstractContextManager[object]:
        return transaction.atomic()

    def visitor(self, customer: UUID) -> domain.Visitor | None:
        row = Customer.objects.filter(pk=customer).first()
        return None if row is None else domain.Visitor(id=row.pk, name=row.name, staff=row.is_staff)

    def profile(self, customer: UUID) -> domain.Profile | None:
        row = (
            Customer.objects.filter(pk=customer)
            .annotate(order_count=Count("purchases"), last_order_at=Max("purchases__placed_at"))
            .values("id", "name", "date_joined", "order_count", "last_order_at")
            .first()
        )
        return None if row is None else domain.Profile(joined_at=row.pop("date_joined"), **row)

    def rename(self, customer: UUID, name: str) -> domain.Profile | None:
        Customer.objects.filter(pk=customer).update(name=name)
        return self.profile(customer)

    def orders(self, customer: UUID) -> list[domain.Order]:
        rows = Purchase.objects.filter(customer=customer).order_by("-placed_at").prefetch_related("lines")
        return [_order(row) for row in rows]

    def add_order(self, customer: UUID, lines: list[domain.OrderLine], note: str | None) -> domain.Order:
        with transaction.atomic():
            status = domain.OrderStatus.PLACED.value
            purchase = Purchase.objects.create(customer_id=customer, status=status, note=note)
            PurchaseLine.objects.bulk_create(PurchaseLine(purchase=purchase, **line.model_dump()) for line in lines)
        return _order(purchase)

    def ship(self, customer: UUID, order: UUID) -> domain.Order | None:
        rows = Purchase.objects.filter(pk=order, customer=customer)
        rows.update(status=domain.OrderStatus.SHIPPED.value)
        row = rows.first()
        return None if row is None else _order(row)

    def take(self, product: UUID, quantity: int) -> domain.Product | None:
        rows = Product.objects.filter(pk=product, stock__gte=quantity)
        if not rows.update(stock=F("stock") - quantity):
            return None
        return _product(Product.objects.get(pk=product))

    async def put(self, product: UUID, quantity: int) -> domain.Product | None:
        rows = Product.objects.filter(pk=product)
        await rows.aupdate(stock=F("stock") + quantity)
        row = await rows.afirst()
        return None if row is None else _product(row)

    def show_picture(self, product: UUID, version: str) -> domain.Product | None:
        rows = Product.objects.filter(pk=product)
        rows.update(picture=version)
        row = rows.first()
        return None if row is None else _product(row)

    async def search(
        self, query: str, category: domain.Category | None, max_price: Decimal | None
    ) -> list[domain.Product]:
        rows = Product.objects.filter(name__icontains=query).order_by("name")
        if category is not None:
            rows = rows.filter(category=category.value)
        if max_price is not None:
            rows = rows.filter(price__lte=max_price)
        return [_product(row) async for row in rows]


def _product(row: Product) -> domain.Product:
    return domain.Product(
        id=row.id,
        name=row.name,
        category=domain.Category(row.category),
        price=row.price,
        stock=row.stock,
        picture=row.picture,
    )


def _order(row: Purchase) -> domain.Order:
    lines = [
        domain.OrderLine(product_id=line.product_id, name=line.name, quantity=line.quantity, unit_price=line.unit_price)
        for line in row.lines.all()
    ]
    return domain.Order(
        id=row.id,
        status=domain.OrderStatus(row.status),
        placed_at=row.placed_at,
        lines=lines,
        total=domain.total_of(lines),
        note=row.note,
    )
