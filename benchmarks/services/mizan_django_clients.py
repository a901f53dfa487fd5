"""The service in Mizan on Django."""

from __future__ import annotations

from typing import Any

from benchmarks.services import profiles
from benchmarks.services.profiles import Order, Profile, ProfileChange
from mizan.client import client
from mizan_core.registry import register


@register
@client(context="user", auth=True)
def user_profile(request: Any, user_id: int) -> Profile:
    return profiles.find_profile(user_id)


@register
@client(context="user", auth=True)
def user_orders(request: Any, user_id: int) -> list[Order]:
    return profiles.find_orders(user_id)


@register
@client(affects="user", merge="user", auth=True)
def update_profile(request: Any, user_id: int, profile: ProfileChange) -> Profile:
    return profiles.change_profile(user_id, vars(profile))
