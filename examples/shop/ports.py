"""What the shop needs from the outside; each framework fills it in once, before the first request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from examples.shop.domain import Category, Order, OrderLine, Product, Profile, Visitor


class Store(Protocol):
    """Where the shop keeps its things. None stands for what is not there."""

    def atomic(self) -> AbstractContextManager[object]:
        """What the synchronous methods do inside happens together or, when the block raises, not at all."""

    def visitor(self, customer: UUID) -> Visitor | None: ...

    def profile(self, customer: UUID) -> Profile | None: ...

    def rename(self, customer: UUID, name: str) -> Profile | None: ...

    def orders(self, customer: UUID) -> list[Order]:
        """Newest first."""

    def add_order(self, customer: UUID, lines: list[OrderLine], note: str | None) -> Order: ...

    def ship(self, customer: UUID, order: UUID) -> Order | None: ...

    def take(self, product: UUID, quantity: int) -> Product | None:
        """Take *quantity* from the shelf; None, and nothing taken, when there is not that much."""

    async def put(self, product: UUID, quantity: int) -> Product | None:
        """Put *quantity* on the shelf."""

    def show_picture(self, product: UUID, version: str) -> Product | None:
        """Say which picture it has from now on."""

    async def search(self, query: str, category: Category | None, max_price: Decimal | None) -> list[Product]:
        """By name."""


class Shop:
    """The one place where the server functions meet their framework."""

    store: Store
    user_of: Callable[[Any], Any]
    """The framework's user of a request; None for nobody."""
    server: str
    """What serves, for people to read."""
    pictures: Path
    """The folder that pictures of products are in."""

    def open(self, *, store: Store, user_of: Callable[[Any], Any], server: str, pictures: Path) -> None:
        self.store = store
        self.pictures = pictures
        self.user_of = user_of
        self.server = server


shop = Shop()
