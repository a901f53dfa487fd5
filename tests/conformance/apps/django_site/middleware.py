"""Another idea of what a user is than Django's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from tests.conformance.apps.odd_users import HEADER, NO_STAFF, ODD_USERS


@sync_and_async_middleware
def odd_user_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Puts the user that a header names where the adapter looks for it."""
    if iscoroutinefunction(get_response):

        async def on_event_loop(request: HttpRequest) -> HttpResponseBase:
            _put(request)
            response: HttpResponseBase = await get_response(request)
            return response

        return on_event_loop

    def in_thread(request: HttpRequest) -> HttpResponseBase:
        _put(request)
        response: HttpResponseBase = get_response(request)
        return response

    return in_thread


def _put(request: HttpRequest) -> None:
    name = request.headers.get(HEADER)
    if name is None:
        return
    user: Any = (ODD_USERS | NO_STAFF)[name]

    async def auser() -> Any:
        return user

    request.user = user
    request.auser = auser


def auditing_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Asks who it was when all is done."""

    def audit(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = get_response(request)
        response.headers["X-Audited"] = str(request.user.pk)
        return response

    return audit
