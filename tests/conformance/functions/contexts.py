"""Contexts, and mutations that make them stale or bring them up to date."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from mizan_core.client import Context
from mizan_core.errors import Conflict
from tests.conformance.functions.results import Colour
from tests.conformance.functions.serving import both, only


class Profile(BaseModel):
    user_id: int
    name: str


class Order(BaseModel):
    id: int
    user_id: int


# The context "user": one parameter that all share, one that a single function has.


@both(context="user")
def user_profile(request: Any, user_id: int) -> Profile:
    return Profile(user_id=user_id, name=f"user {user_id}")


@both(context="user")
def user_orders(request: Any, user_id: int, limit: int = 2) -> list[Order]:
    return [Order(id=number, user_id=user_id) for number in range(limit)]


@both(context="user", private=True)
def user_secret(request: Any, user_id: int) -> str:
    return "a secret of the server"


# Others, each for one thing that a test asks.


def site_name(request: Any) -> str:
    return "conformance"


only(site_name, context="global")


@both(context="team")
def team(request: Any, team_id: int, region: str = "north") -> str:
    return f"{team_id} {region}"


@both(context="search")
def hits(request: Any, query: str, tags: list[str] = [], numbers: list[int] = []) -> list[str]:  # noqa: B006
    return [query, *tags, *map(str, numbers)]


@both(context="search")
def suggestion(request: Any, query: str) -> str | None:
    return query.upper() or None


@both(context="half_broken")
def a_working_part(request: Any) -> int:
    return 1


@both(context="half_broken")
def broken_part(request: Any) -> int:
    raise Conflict("This part is broken.")


@both(context="all_broken")
def broken_once(request: Any) -> int:
    raise Conflict("This part is broken.")


@both(context="all_broken")
def broken_twice(request: Any) -> int:
    raise Conflict("This part is broken.")


@both(context="members")
def for_everybody(request: Any, number: int) -> int:
    return number


@both(context="members", auth=True)
def for_members(request: Any, number: int) -> int:
    return number


@both(context="back_office", auth="staff")
def for_staff(request: Any) -> str:
    return "staff"


@both(context="label")
def label(request: Any, name: str) -> str:
    return name


@both(context="caption")
def caption(request: Any, title: str) -> str:
    return title


@both(context="ledger")
def ledger(
    request: Any,
    active: bool,
    amount: Decimal,
    colour: Colour,
    day: dt.date,
    flags: list[int],
    limits: dict[str, int],
    moment: dt.datetime,
    ratio: float,
    ref: UUID,
) -> str:
    return "ledger"


@both(context="dial")
def dial(request: Any, ratio: float) -> str:
    return "dial"


Item: TypeAlias = str | int | float | None
Shelved: TypeAlias = Item | list[Item | list[int]] | dict[str, Item | list[Item]]


@both(context="shelf")
def shelf(request: Any, value: Shelved) -> str:
    return "shelf"


@both(context="pinboard")
def pinboard(request: Any, value: Any) -> str:
    return "pinboard"


# Mutations that invalidate.


@both(affects="user")
def rename_all(request: Any, name: str) -> str:
    return name


@both(affects="user")
def rename(request: Any, user_id: int, name: str = "Ada") -> str:
    return name


@both(affects="user")
def rename_maybe(request: Any, user_id: int | None) -> int | None:
    return user_id


@both(affects="user")
def rename_default(request: Any, user_id: int = 7) -> int:
    return user_id


@both(affects="user")
def relimit(request: Any, limit: int, user_id: int) -> int:
    return limit


@both(affects="user", auto_scope=False)
def rename_broadly(request: Any, user_id: int) -> int:
    return user_id


@both(affects="user_profile")
def repaint(request: Any, user_id: int) -> int:
    return user_id


@both(affects=user_profile)
def repaint_object(request: Any, user_id: int) -> int:
    return user_id


@both(affects="user_profile")
def repaint_all(request: Any) -> int:
    return 0


@both(affects=["user", "team"])
def transfer(request: Any, user_id: int, team_id: int) -> str:
    return "transferred"


@both(affects=["team", "user"])
def transfer_back(request: Any, user_id: int) -> str:
    return "transferred"


@both(affects=["user", "user"])
def twice(request: Any, user_id: int) -> str:
    return "twice"


@both(affects=["user_profile", "user"])
def profile_and_user(request: Any, user_id: int) -> str:
    return "both"


@both(affects=Context("elsewhere"))
def far_away(request: Any, user_id: int) -> str:
    return "elsewhere"


@both(affects="team")
def relocate(request: Any, region: str, team_id: int) -> str:
    return region


@both(affects="label")
def relabel(request: Any, name: str) -> int:
    return len(name)


@both(affects=["label", "caption"])
def relabel_both(request: Any, name: str, title: str) -> int:
    return len(name) + len(title)


@both(affects="ledger")
def book(
    request: Any,
    active: bool,
    amount: Decimal,
    colour: Colour,
    day: dt.date,
    flags: list[int],
    limits: dict[str, int],
    moment: dt.datetime,
    ratio: float,
    ref: UUID,
) -> str:
    return "booked"


@both(affects="dial")
def tune(request: Any, ratio: float) -> str:
    return "tuned"


@both(affects="shelf")
def put_up(request: Any, value: Shelved) -> str:
    return "up"


@both(affects="pinboard")
def pin(request: Any, value: Any) -> str:
    return "pinned"


# The context "handle" understands its parameter in lower case; one mutation does so, too, and one does not.

Handle = Annotated[str, StringConstraints(to_lower=True)]


@both(context="handle")
def handle_owner(request: Any, handle: Handle) -> str:
    return handle


@both(affects="handle")
def retire(request: Any, handle: Handle) -> None:
    return None


@both(affects="handle")
def retire_as_written(request: Any, handle: str) -> None:
    return None


@both(affects="user")
def rename_and_fail(request: Any, user_id: int) -> str:
    raise Conflict("The name is taken.")
