"""The mutation as a FastAPI endpoint written by hand, as FastAPI's documentation writes one with a token."""

from __future__ import annotations

from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, ValidationError

from benchmarks.services import invalidations, profiles
from benchmarks.services.profiles import Profile, ProfileChange
from benchmarks.services.tokens import Viewer, verified

bearer = OAuth2PasswordBearer(tokenUrl="token")


async def current_viewer(token: Annotated[str, Depends(bearer)]) -> Viewer:
    try:
        return verified(token)
    except (jwt.InvalidTokenError, ValidationError):
        raise HTTPException(401, "The token is refused.", headers={"WWW-Authenticate": "Bearer"}) from None


CurrentViewer = Annotated[Viewer, Depends(current_viewer)]


class UpdateProfile(BaseModel):
    user_id: int
    profile: ProfileChange


class UpdatedProfile(BaseModel):
    result: Profile
    invalidate: list[dict[str, Any]]


app = FastAPI()


@app.post("/profile/")
async def update_profile(body: UpdateProfile, viewer: CurrentViewer, response: Response) -> UpdatedProfile:
    result = profiles.change_profile(body.user_id, vars(body.profile))
    response.headers.update(invalidations.headers(body.user_id))
    return UpdatedProfile(result=result, invalidate=invalidations.stale_user(body.user_id))
