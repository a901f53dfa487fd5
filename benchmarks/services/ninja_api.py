"""The mutation in django-ninja with PyJWT, as its documentation writes a token class and an operation."""

from __future__ import annotations

from typing import Any

import jwt
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.security import HttpBearer
from pydantic import ValidationError

from benchmarks.services import invalidations, profiles
from benchmarks.services.profiles import Profile, ProfileChange
from benchmarks.services.tokens import Viewer, verified


class TokenBearer(HttpBearer):
    def authenticate(self, _: HttpRequest, token: str) -> Viewer | None:
        try:
            return verified(token)
        except (jwt.InvalidTokenError, ValidationError):
            return None


class UpdateProfile(Schema):
    user_id: int
    profile: ProfileChange


class UpdatedProfile(Schema):
    result: Profile
    invalidate: list[dict[str, Any]]


api = NinjaAPI(auth=TokenBearer())


@api.post("/profile/", response=UpdatedProfile)
def update_profile(request: HttpRequest, body: UpdateProfile, response: HttpResponse) -> dict[str, Any]:
    result = profiles.change_profile(body.user_id, vars(body.profile))
    for name, value in invalidations.headers(body.user_id).items():
        response[name] = value
    return {"result": result, "invalidate": invalidations.stale_user(body.user_id)}
