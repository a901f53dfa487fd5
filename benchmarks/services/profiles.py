"""What every service serves: the profiles and orders of users, in memory, without any framework."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

Line = Annotated[str, Field(min_length=1, max_length=80)]


class Address(BaseModel):
    street: Line
    city: Line
    postcode: Annotated[str, Field(min_length=3, max_length=10)]
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]


class ProfileChange(BaseModel):
    name: Line
    email: Annotated[str, Field(max_length=120, pattern=r"^[^@\s]+@[^@\s]+$")]
    address: Address
    interests: Annotated[list[Line], Field(max_length=10)]
    newsletter: bool


class Profile(ProfileChange):
    id: int


class Order(BaseModel):
    id: int
    placed: datetime
    status: Literal["open", "sent", "returned"]
    cents: int
    items: list[str]


def change_profile(user_id: int, fields: Mapping[str, Any]) -> Profile:
    """The profile as it is from now on.

    :param fields: those of a `ProfileChange`, validated.
    """
    profile = Profile(id=user_id, **fields)
    _profiles[user_id] = profile
    return profile


def find_profile(user_id: int) -> Profile:
    return _profiles[user_id]


def find_orders(user_id: int) -> list[Order]:
    return _orders[user_id]


def _order(number: int) -> Order:
    placed = datetime(2025, 1, 1, 12, tzinfo=timezone.utc) + timedelta(days=number)
    return Order(id=number, placed=placed, status="sent", cents=100 * number + 95, items=["green tea", "cup", "sieve"])


USER = 7
"""The user whom the benchmarks ask about, and who asks."""
CHANGE = ProfileChange(
    name="Ada Example",
    email="ada@example.org",
    address=Address(street="Long Street 12", city="Old Town", postcode="12345", country="NL"),
    interests=["tea", "chess", "mountains"],
    newsletter=True,
)
_profiles = {USER: Profile(id=USER, **vars(CHANGE))}
_orders = {USER: [_order(number) for number in range(1, 11)]}
