"""One view per endpoint, sync and async: read the request's parts, ask the dispatcher, write the reply.

All are exempt from Django's CSRF check: the dispatcher asks for it, since only it knows whether a token decides.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie

from mizan.failures import report
from mizan.passing import passed_through
from mizan.port import LoopPort, ThreadPort
from mizan.replies import ReplyResponse
from mizan.serving import dispatcher
from mizan.threads import run_in_thread
from mizan.transactions import without_request_transaction
from mizan_core.client.calls import threads_of
from mizan_core.coroutines import complete_now
from mizan_core.http.exchange import get_bundle, get_bundles, get_session, post_call
from mizan_core.http.port import HttpPort
from mizan_core.http.response import PassThrough, Reply
from mizan_core.mwt import HEADER

View = TypeVar("View", bound=Callable[..., Any])
TOKEN = "HTTP_" + HEADER.upper().replace("-", "_")


def _exempt(view: View) -> View:
    """As ``csrf_exempt``, without a function around the view."""
    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


@csrf_exempt
@ensure_csrf_cookie
def session(request: HttpRequest) -> HttpResponseBase:
    """``GET session/``."""
    return respond(request, get_session(dispatcher, ThreadPort(request), request.method or ""))


@csrf_exempt
@ensure_csrf_cookie
async def asession(request: HttpRequest) -> HttpResponseBase:
    """``GET session/`` on an event loop."""
    return await arespond(request, get_session(dispatcher, LoopPort(request), request.method or ""))


@_exempt
@without_request_transaction
def call(request: HttpRequest, function: str | None = None) -> HttpResponseBase:
    """``POST call/``, and ``POST call/<function>/``."""
    return respond(request, _call(request, ThreadPort(request), function))


@_exempt
async def acall(request: HttpRequest, function: str | None = None) -> HttpResponseBase:
    """``POST call/``, and ``POST call/<function>/``, on an event loop."""
    return await arespond(request, _call(request, LoopPort(request), function))


@_exempt
@without_request_transaction
def fetch(request: HttpRequest, name: str) -> HttpResponseBase:
    """``GET ctx/<name>/``."""
    return respond(request, _fetch(request, ThreadPort(request), name))


@_exempt
async def afetch(request: HttpRequest, name: str) -> HttpResponseBase:
    """``GET ctx/<name>/`` on an event loop."""
    return await arespond(request, _fetch(request, LoopPort(request), name))


@_exempt
@without_request_transaction
def fetch_several(request: HttpRequest) -> HttpResponseBase:
    """``GET ctx/``."""
    return respond(request, _fetch_several(request, ThreadPort(request)))


@_exempt
async def afetch_several(request: HttpRequest) -> HttpResponseBase:
    """``GET ctx/`` on an event loop."""
    return await arespond(request, _fetch_several(request, LoopPort(request)))


def _call(request: HttpRequest, port: HttpPort, named: str | None) -> Coroutine[Any, Any, Reply]:
    meta = request.META
    return post_call(dispatcher, port, request.method or "", meta.get("CONTENT_TYPE"), meta.get(TOKEN), named)


def _fetch(request: HttpRequest, port: HttpPort, name: str) -> Coroutine[Any, Any, Reply]:
    meta = request.META
    query = meta.get("QUERY_STRING", "")
    return get_bundle(dispatcher, port, request.method or "", name, query, meta.get(TOKEN))


def _fetch_several(request: HttpRequest, port: HttpPort) -> Coroutine[Any, Any, Reply]:
    meta = request.META
    return get_bundles(dispatcher, port, request.method or "", meta.get("QUERY_STRING", ""), meta.get(TOKEN))


def respond(request: HttpRequest, coroutine: Coroutine[Any, Any, Reply]) -> HttpResponseBase:
    reply = complete_now(coroutine)
    response = _written(reply)
    if reply.failure is not None:
        report(reply.failure, request, response)
    return response


async def arespond(request: HttpRequest, coroutine: Coroutine[Any, Any, Reply]) -> HttpResponseBase:
    with threads_of(run_in_thread):
        reply = await coroutine
        response = _written(reply)
        if reply.failure is not None:
            await sync_to_async(report, thread_sensitive=False)(reply.failure, request, response)
        return response


def _written(reply: Reply) -> HttpResponseBase:
    return passed_through(reply) if type(reply) is PassThrough else ReplyResponse(reply)
