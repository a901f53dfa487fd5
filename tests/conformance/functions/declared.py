"""Functions that declare the errors which clients are told of, and functions that should have."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field

from mizan_core.client import ErrorCase
from tests.conformance.functions.serving import both, pair


class Variant(BaseModel):
    sku: str
    price: Decimal


class OutOfStock(ErrorCase, status=409, message="Only {left} left."):
    """There are fewer than were asked for."""

    left: Annotated[int, Field(ge=0)]
    others: list[Variant] = []  # noqa: RUF012 - a field's default
    back_on: date | None = None


class Closed(ErrorCase, status=423):
    """It carries nothing."""


class ClosedForGood(Closed, code="GONE_FOR_GOOD"):
    """Another error than its parent, of the same status."""


def _sell(count: int) -> int:
    """Somewhere below."""
    if count == 13:
        raise Closed
    if count == 14:
        raise ClosedForGood
    if count > 2:
        raise OutOfStock(left=2, others=[Variant(sku="b", price=Decimal("9.50"))], back_on=date(2030, 1, 2))
    return count


@both(affects="user", errors=[OutOfStock, Closed])
def buy(request: Any, user_id: int, count: int) -> int:
    return _sell(count)


@both(affects="user")
def buy_undeclared(request: Any, user_id: int, count: int) -> int:
    return _sell(count)


@both(errors=[OutOfStock])
def misuse_error(request: Any) -> None:
    raise OutOfStock(left=-1)


@both(context="rack", errors=[OutOfStock])
def rack(request: Any, count: int) -> int:
    return _sell(count)


@both(context="rack")
def rack_beside(request: Any) -> int:
    return 1


def _closed(request: Any) -> bool:
    raise Closed


@both(auth=_closed, errors=[Closed])
def asks_a_closed_door(request: Any) -> None:
    """Never runs."""


def order(request: Any, user_id: int, count: int) -> int:
    """Calls a function that declares more."""
    return int(buy.plain.call_sync(request, user_id=user_id, count=count))


async def _order(request: Any, user_id: int, count: int) -> int:
    return int(await buy.coroutine.call(request, user_id=user_id, count=count))


pair(order, _order, errors=[OutOfStock])
