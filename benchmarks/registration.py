"""Registries of any size, made of functions as applications have them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, create_model

from mizan_core.client import client
from mizan_core.registry import Registry

GROUP = 5
"""A context of four functions, and a mutation whose result is merged into it."""


class Status(str, Enum):
    OPEN = "open"
    PAID = "paid"


class Line(BaseModel):
    product: UUID
    quantity: int = 1


def registry_of(count: int, *, is_async: bool = False) -> Registry:
    """A registry of *count* functions, a multiple of ``GROUP``."""
    registry = Registry()
    fill(registry, count, is_async=is_async)
    return registry


def fill(registry: Registry, count: int, *, is_async: bool = False) -> None:
    """Register *count* functions, a multiple of ``GROUP``: ``update_0`` changes what ``summary_0`` shows, and so on.

    :param is_async: the mutations are coroutine functions, as an application on an event loop has them.
    """
    for group in range(count // GROUP):
        _register_group(registry, group, is_async=is_async)


def _register_group(registry: Registry, group: int, *, is_async: bool) -> None:
    order = order_model(group)
    summary = create_model(f"Summary{group}", user_id=(int, ...), note=(str, ...))

    def orders(request: Any, user_id: int, page: int = 1) -> Any:
        return []

    def find_order(request: Any, user_id: int, order_id: UUID) -> Any:
        return None

    def count_orders(request: Any, user_id: int) -> int:
        return 0

    def summarise(request: Any, user_id: int) -> Any:
        return summary(user_id=user_id, note="")

    def update(request: Any, user_id: int, note: str) -> Any:
        return summary(user_id=user_id, note=note)

    async def update_async(request: Any, user_id: int, note: str) -> Any:
        return update(request, user_id, note)

    context = f"shop_{group}"
    readers: dict[str, tuple[Callable[..., Any], Any]] = {
        "orders": (orders, list[order]),  # type: ignore[valid-type]  # the model is made above
        "order": (find_order, order | None),
        "order_count": (count_orders, int),
        "summary": (summarise, summary),
    }
    for name, (function, result) in readers.items():
        registry.register(client(context=context)(returning(function, result)), f"{name}_{group}")
    update_of = client(affects=f"orders_{group}", merge=context)(
        returning(update_async if is_async else update, summary)
    )
    registry.register(update_of, f"update_{group}")


def order_model(group: int) -> type[BaseModel]:
    return create_model(
        f"Order{group}",
        id=(UUID, ...),
        placed_at=(datetime, ...),
        status=(Status, Status.OPEN),
        total=(Decimal, ...),
        lines=(list[Line], ...),
        note=(str | None, None),
    )


def returning(function: Callable[..., Any], result: Any) -> Callable[..., Any]:
    """*function* with the annotation of its result, a model that is made while the program runs."""
    function.__annotations__["return"] = result
    return function
