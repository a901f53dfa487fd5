"""What the socket has to come through, beside what Django brings along."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import async_only_middleware

TENANT: ContextVar[str | None] = ContextVar("tenant", default=None)
_SUFFIX = ".shop.test"


@async_only_middleware
def tenant_middleware(
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Chooses the tenant by the host, for as long as the request lasts."""

    async def choose(request: HttpRequest) -> HttpResponseBase:
        host = request.get_host()
        token = TENANT.set(host.removesuffix(_SUFFIX) if host.endswith(_SUFFIX) else None)
        try:
            return await get_response(request)
        finally:
            TENANT.reset(token)

    return choose


def blocking_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Refuses whoever is blocked, and sets a cookie for everybody else; sync, as much that is installed."""

    def block(request: HttpRequest) -> HttpResponse:
        if request.headers.get("X-Blocked") or request.session.get("blocked"):
            return HttpResponse("blocked", status=403, content_type="text/plain")
        response = get_response(request)
        response.set_cookie("seen", "yes")
        return response

    return block
