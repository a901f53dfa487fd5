"""Functions that call functions: private ones, and ones that invalidate."""

from __future__ import annotations

from typing import Any

from mizan_core.errors import Conflict
from tests.conformance.functions.contexts import rename, transfer
from tests.conformance.functions.merges import put_item
from tests.conformance.functions.serving import as_coroutine, both, pair


@both(private=True, affects="team")
def move_team(request: Any, team_id: int) -> str:
    return f"moved {team_id}"


@both(private=True, auth="staff")
def private_for_staff(request: Any, number: int) -> int:
    return number


def promote(request: Any, user_id: int) -> str:
    """Calls a private function and a public one."""
    moved: str = move_team.plain.call_sync(request, team_id=3)
    return moved + ", " + str(rename.plain.call_sync(request, user_id=user_id, name="Boss"))


async def _promote(request: Any, user_id: int) -> str:
    moved: str = await move_team.coroutine.call(request, team_id=3)
    return moved + ", " + str(await rename.coroutine.call(request, user_id=user_id, name="Boss"))


pair(promote, _promote)


def promote_and_affect(request: Any, user_id: int) -> str:
    """Its own entries, and the same ones again from inside."""
    return str(transfer.plain.call_sync(request, user_id=user_id, team_id=3))


async def _promote_and_affect(request: Any, user_id: int) -> str:
    return str(await transfer.coroutine.call(request, user_id=user_id, team_id=3))


pair(promote_and_affect, _promote_and_affect, affects="user")


def put_inside(request: Any, cart_id: int) -> str:
    """Calls a function that merges; its result is not this call's."""
    put_item.plain.call_sync(request, cart_id=cart_id, item_id=9)
    return "put"


async def _put_inside(request: Any, cart_id: int) -> str:
    await put_item.coroutine.call(request, cart_id=cart_id, item_id=9)
    return "put"


pair(put_inside, _put_inside)


def promote_across(request: Any, user_id: int) -> str:
    """From each world a function of the other."""
    return str(rename.coroutine.call_sync(request, user_id=user_id, name="Boss"))


async def _promote_across(request: Any, user_id: int) -> str:
    return str(await rename.plain.call(request, user_id=user_id, name="Boss"))


pair(promote_across, _promote_across)


def call_wrongly(request: Any, text: str) -> str:
    """The arguments of this call are not valid: a mistake of the server's, not of its client."""
    return str(rename.plain.call_sync(request, user_id=text))


async def _call_wrongly(request: Any, text: str) -> str:
    return str(await rename.coroutine.call(request, user_id=text))


pair(call_wrongly, _call_wrongly)


def promote_and_fail(request: Any, user_id: int) -> str:
    rename.plain.call_sync(request, user_id=user_id, name="Boss")
    raise Conflict("There is a boss already.")


pair(promote_and_fail, as_coroutine(promote_and_fail))
