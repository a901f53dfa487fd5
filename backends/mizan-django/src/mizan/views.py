"""One view per endpoint, sync and async: read the request's parts, drive the dispatcher, write the reply."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie

from mizan.conf import load_settings
from mizan.performer import AsyncPerformer, Performer
from mizan.threads import run_in_thread
from mizan.transactions import without_request_transaction
from mizan.users import current_user
from mizan_core.client.calls import threads_of
from mizan_core.dispatch import Dispatcher, PassThrough, Reply, Steps, drive, drive_async
from mizan_core.mwt import HEADER
from mizan_core.registry import default_registry

# The dispatcher asks for the CSRF check itself, only it knows whether a token decides: the views are exempt.
dispatcher = Dispatcher(default_registry, load_settings, current_user)


@csrf_exempt
@ensure_csrf_cookie
def session(request: HttpRequest) -> HttpResponseBase:
    """``GET session/``."""
    return _respond(request, dispatcher.session(request.method or ""))


@csrf_exempt
@ensure_csrf_cookie
async def asession(request: HttpRequest) -> HttpResponseBase:
    """``GET session/`` on an event loop."""
    return await _arespond(request, dispatcher.session(request.method or ""))


@csrf_exempt
@without_request_transaction
def call(request: HttpRequest) -> HttpResponseBase:
    """``POST call/``."""
    return _respond(request, _call_steps(request))


@csrf_exempt
async def acall(request: HttpRequest) -> HttpResponseBase:
    """``POST call/`` on an event loop."""
    return await _arespond(request, _call_steps(request))


@csrf_exempt
@without_request_transaction
def fetch(request: HttpRequest, name: str) -> HttpResponseBase:
    """``GET ctx/<name>/``."""
    return _respond(request, _fetch_steps(request, name))


@csrf_exempt
async def afetch(request: HttpRequest, name: str) -> HttpResponseBase:
    """``GET ctx/<name>/`` on an event loop."""
    return await _arespond(request, _fetch_steps(request, name))


def _call_steps(request: HttpRequest) -> Steps:
    return dispatcher.call(request.method or "", request.headers.get("Content-Type"), request.headers.get(HEADER))


def _fetch_steps(request: HttpRequest, name: str) -> Steps:
    query = request.META.get("QUERY_STRING", "")
    return dispatcher.fetch(request.method or "", name, query, request.headers.get(HEADER), request.headers.get)


def _respond(request: HttpRequest, steps: Steps) -> HttpResponseBase:
    return _written(drive(steps, Performer(request)))


async def _arespond(request: HttpRequest, steps: Steps) -> HttpResponseBase:
    with threads_of(run_in_thread):
        return _written(await drive_async(steps, AsyncPerformer(request)))


def _written(reply: Reply) -> HttpResponseBase:
    if isinstance(reply, PassThrough):
        response: HttpResponseBase = reply.response
    else:
        response = HttpResponse(reply.body, status=reply.status)
    for name, value in reply.headers:
        response.headers[name] = value
    return response
