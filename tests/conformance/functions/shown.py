"""A store whose bundles a mutation may bring along."""

from __future__ import annotations

import time
from typing import Annotated, Any

from pydantic import StringConstraints

from mizan_core.errors import Conflict
from mizan_core.http import shown as bringing
from tests.conformance.functions.identity import described, user_of
from tests.conformance.functions.serving import both, pair

Item = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True)]
_levels: dict[str, int] = {}
_SHORT, _LONG = bringing.LONGEST, 30.0
"""Seconds for what an answer brings along: as usual where that is tried, else enough for a busy machine."""


@both(context="stock")
def level(request: Any, item: Item, unit: str | None = None) -> int:
    return _levels.get(item, 0)


@both(context="stock")
def is_low(request: Any, item: Item) -> bool:
    return _levels.get(item, 0) < 2


@both(context="stock_of_mine", auth=True)
def my_level(request: Any, item: Item) -> str:
    return f"{described(user_of(request))}: {_levels.get(item, 0)}"


@both(context="stock_for_staff", auth="staff")
def staff_level(request: Any, item: Item) -> int:
    return _levels.get(item, 0)


@both(context="broken_stock")
def broken_level(request: Any, item: Item) -> int:
    raise Conflict("Nobody counts these.")


@both(context="collapsing_stock")
def collapsing_level(request: Any, item: Item) -> int:
    raise RuntimeError("the shelf collapsed")


@both(context="slow_stock")
def slow_level(request: Any, item: Item) -> int:
    if _levels.get(item):
        time.sleep(3)
    return 0


CONTEXTS = ["stock", "stock_of_mine", "stock_for_staff", "broken_stock", "collapsing_stock"]


@both(affects=CONTEXTS)
def put(request: Any, item: Item, count: int) -> int:
    bringing.LONGEST = _LONG
    _levels[item] = _levels.get(item, 0) + count
    return _levels[item]


@both(affects=["stock", "slow_stock"])
def put_slowly(request: Any, item: Item, count: int) -> int:
    bringing.LONGEST = _SHORT
    _levels[item] = _levels.get(item, 0) + count
    return _levels[item]


@both(affects=["stock"])
def put_and_fail(request: Any, item: Item, count: int) -> int:
    _levels[item] = _levels.get(item, 0) + count
    raise Conflict("After writing.")


# One slot that a result goes into, and one that it says to read again.


@both(context="shelf_life")
def days(request: Any, item: Item) -> int:
    return _levels.get(item, 0)


@both(merge="shelf_life")
def put_days(request: Any, item: Item, count: int) -> int:
    _levels[item] = count
    return count


@both(context="labels_of")
def labels_of(request: Any, item: Item) -> list[str]:
    return [f"{item}{number}" for number in range(_levels.get(item, 0))]


@both(merge="labels_of")
def put_label(request: Any, item: Item) -> str:
    _levels[item] = _levels.get(item, 0) + 1
    return f"{item}{_levels[item] - 1}"


def put_through(request: Any, item: Item, count: int) -> int:
    result: int = put.plain.call_sync(request, item=item, count=count)
    return result


async def _put_through(request: Any, item: Item, count: int) -> int:
    result: int = await put.coroutine.call(request, item=item, count=count)
    return result


pair(put_through, _put_through)


@both(affects="search")
def reindex(request: Any) -> None: ...
