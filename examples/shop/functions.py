"""The shop's server functions. They know no framework: both serve this very module.

The first parameter is the framework's request; storage and identity come through ``shop`` (``ports.py``).
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import Field

from examples.shop.domain import (
    About,
    Category,
    Name,
    Note,
    Order,
    OrderLine,
    Price,
    Product,
    Profile,
    Quantity,
    Query,
    Visitor,
    Wanted,
)
from examples.shop.ports import shop
from mizan_core.client import ErrorCase, client
from mizan_core.client.cache_policy import CachePolicy
from mizan_core.client.merge import Merge
from mizan_core.engine import current
from mizan_core.errors import Forbidden, NotFound
from mizan_core.registry import register
from mizan_core.viewer import Viewer, viewer_of

T = TypeVar("T")


@register
@client
def about(request: Any) -> About:
    """Which server and which engine answer."""
    engine = current()
    return About(server=shop.server, engine=engine.name, reason=engine.reason)


@register
@client(context="global")
def current_user(request: Any) -> Visitor | None:
    """None until somebody logs in."""
    viewer = _viewer(request)
    return None if viewer.id is None else shop.store.visitor(UUID(viewer.id))


@register
@client(context="user", auth=True)
def user_profile(request: Any, user_id: UUID) -> Profile:
    _check_access(request, user_id)
    return _found(shop.store.profile(user_id))


@register
@client(context="user", auth=True)
def user_orders(request: Any, user_id: UUID) -> list[Order]:
    """Newest first."""
    _check_access(request, user_id)
    return shop.store.orders(user_id)


@register
@client(context="catalogue", cache=CachePolicy(shared=True))
async def search_products(
    request: Any, query: Query = "", category: Category | None = None, max_price: Price | None = None
) -> list[Product]:
    """The products whose names contain *query*; the same for everybody."""
    return await shop.store.search(query, category, max_price)


@register
@client(auth=True, affects="global", merge="user")
def rename(request: Any, user_id: UUID, name: Name) -> Profile:
    """The new profile goes straight into its slot of the user context; the global context is fetched again."""
    _check_access(request, user_id)
    return _found(shop.store.rename(user_id, name))


class OutOfStock(ErrorCase, status=409, message="There is not enough of this product."):
    """Fewer of it are on the shelf than are wanted."""

    product_id: UUID


@register
@client(private=True, affects="catalogue", errors=[OutOfStock])
def take_from_stock(request: Any, product_id: UUID, quantity: Quantity) -> Product:
    """For server code alone. Whoever calls it makes the catalogue stale, without having to say so."""
    product = shop.store.take(product_id, quantity)
    if product is None:
        raise OutOfStock(product_id=product_id)
    return product


# That the catalogue is stale would follow from take_from_stock. Said here, pages know it before they ask, and the
# answer brings them the shelves that they show.
@register
@client(
    auth=True,
    affects=[user_profile, "catalogue"],
    merge=Merge(user_orders, place="prepend"),
    errors=[OutOfStock],
)
def place_order(
    request: Any,
    user_id: UUID,
    lines: Annotated[list[Wanted], Field(min_length=1, max_length=20)],
    note: Note | None = None,
) -> Order:
    """The new order goes to the top of the user's orders; the profile, which counts them, is fetched again."""
    _check_access(request, user_id)
    with shop.store.atomic():
        return shop.store.add_order(user_id, [_sold(request, line) for line in lines], note)


@register
@client(auth="staff", affects="user")
def ship_order(request: Any, user_id: UUID, order_id: UUID) -> Order:
    """Invalidates the user context, but of this user alone: ``user_id`` is a parameter of both."""
    return _found(shop.store.ship(user_id, order_id))


@register
@client(auth="staff", affects="catalogue")
async def restock(request: Any, product_id: UUID, quantity: Quantity) -> Product:
    """Put more of a product on the shelf."""
    return _found(await shop.store.put(product_id, quantity))


def _viewer(request: Any) -> Viewer:
    return viewer_of(shop.user_of(request))


def _check_access(request: Any, user_id: UUID) -> None:
    """Customers see themselves, staff everybody."""
    viewer = _viewer(request)
    if viewer.id != str(user_id) and not viewer.staff:
        raise Forbidden("This belongs to another customer.")


def _sold(request: Any, wanted: Wanted) -> OrderLine:
    product: Product = take_from_stock.call_sync(request, product_id=wanted.product_id, quantity=wanted.quantity)
    return OrderLine(product_id=product.id, name=product.name, quantity=wanted.quantity, unit_price=product.price)


def _found(value: T | None) -> T:
    if value is None:
        raise NotFound("There is no such thing in this shop.")
    return value
