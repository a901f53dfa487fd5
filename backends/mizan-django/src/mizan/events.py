"""``POST live/``: signals without a socket."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from mizan.doors import port_of
from mizan.serving import dispatcher, serving
from mizan.threads import run_in_thread
from mizan.transactions import without_request_transaction
from mizan.views import TOKEN, arespond
from mizan_core.client.calls import threads_of
from mizan_core.http.events import HEADERS, EventStream, post_live, refuse_events
from mizan_core.http.response import Reply


@csrf_exempt  # it changes nothing, and no foreign page can read what it answers
@without_request_transaction
async def live(request: HttpRequest) -> HttpResponseBase:
    """``POST live/``; WSGI can only say that it has none."""
    meta, port, method = request.META, port_of(request), request.method or ""
    if not isinstance(request, ASGIRequest):
        return await arespond(request, refuse_events(port, method, meta.get("CONTENT_TYPE")))
    with threads_of(run_in_thread):
        reply = await post_live(dispatcher, serving, port, method, meta.get("CONTENT_TYPE"), meta.get(TOKEN))
    if not isinstance(reply, EventStream):
        return await arespond(request, _already(reply))
    await sync_to_async(close_old_connections)()  # it needs none, however long it goes on
    return StreamingHttpResponse(reply, headers=dict(HEADERS))


async def _already(reply: Reply) -> Reply:
    return reply
