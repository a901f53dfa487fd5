"""Functions with URLs of their own whose result is data; those with responses stand beside the applications."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from tests.conformance.functions.declared import OutOfStock
from tests.conformance.functions.serving import Twins, both


class Item(BaseModel):
    id: int
    tab: str
    tags: list[str] = []


def routed(route: str, **options: Any) -> Callable[[Callable[..., Any]], Twins]:
    """As ``both``, below ``/routed``; the coroutine twin below ``/async/routed``."""
    return both(route=f"/routed{route}", **options)


@routed("/items/<id>/")
def routed_item(request: Any, id: int, tab: str = "all", tags: list[str] = []) -> Item:  # noqa: A002, B006
    return Item(id=id, tab=tab, tags=tags)


@routed("/items/<int:number>/", methods=["PUT", "DELETE"], affects="user", errors=[OutOfStock])
def routed_change(request: Any, number: int, user_id: int = 1, note: str | None = None) -> str:
    if number == 13:
        raise OutOfStock(left=1)
    return f"{number} {note}"


@routed("/items/", affects="user")
def routed_add(request: Any, user_id: int, note: str = "", tags: list[str] = []) -> list[str]:  # noqa: B006
    return [note, *tags]


@routed("/items/new/")
def routed_new(request: Any) -> str:
    return "new"


@routed("/kinds/<uuid:uid>/<slug:slug>/<path:rest>")
def routed_kinds(request: Any, uid: UUID, slug: str, rest: str) -> list[str]:
    return [str(uid), slug, rest]


@routed("/few/<number>/")
def routed_few(request: Any, number: Annotated[int, Field(le=10)]) -> int:
    return number


@routed("/private/<name>/", private=True)
def routed_private(request: Any, name: str) -> str:
    return name


@routed("/staff/", auth="staff")
def routed_staff(request: Any) -> str:
    return "staff"


@routed("/members/", methods=["GET", "POST"], auth=True)
def routed_members(request: Any, note: str = "none") -> str:
    return note


@routed("/failing/")
def routed_failing(request: Any) -> str:
    raise RuntimeError("the-cause-of-a-page")
