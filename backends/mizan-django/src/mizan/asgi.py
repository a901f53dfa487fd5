"""What a project's ``asgi.py`` can put around Django.

Django reads the whole body of a request before any view or middleware of its own is asked, into a temporary file if
need be. What is to hold before that stands in front of it: limits, and who may send anything at all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from mizan.serving import dispatcher
from mizan.waiting_bodies import WaitingBody
from mizan_core.errors import APIError, PayloadTooLarge
from mizan_core.http.reading import check_body_headers
from mizan_core.http.response import Response, error_response
from mizan_core.http.uploading import is_multipart, upload_limit
from mizan_core.live.asgi import Application, Receive, Scope, Send, field


def limit_body(application: Callable[[Any, Any, Any], Awaitable[None]], path: str = "/api/mizan/") -> Application:
    """*application*, which never sees a body over ``MIZAN_MAX_BODY_BYTES`` below *path*: the client gets 413.

    A declared length is looked at before anything is read; an undeclared one is counted as it comes in::

        application = limit_body(get_asgi_application())

    What goes to a function that takes files, or to a guarded one at a URL of its own, is not read before whoever sends
    it has been admitted, and then as far as the function's limits reach.

    :param path: where ``mizan.urls`` is included. Other paths are left alone, but for those of functions.
    """
    # It needs the project's settings; importing this module does not.
    from mizan.waiting import waits

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        where, kind = _path(scope), field(scope, b"content-type")
        is_plain_call = where.startswith(f"{path}call/") and not is_multipart(kind)
        if not is_plain_call and waits(scope, where, kind):
            body = WaitingBody(receive)
            await application(body.scope(scope), body.receive, send)
        elif where.startswith(path):
            await _limited(application, path, scope, receive, send)
        else:
            await application(scope, receive, send)

    return limited


def wrap_asgi(application: Callable[[Any, Any, Any], Awaitable[None]]) -> Application:
    """*application* with Mizan's sockets: those at ``ws/`` below where ``mizan.urls`` is included.

    A socket is opened as a request of its own URL, through the project's middleware, and so is each call it carries.
    Requests, a server's lifespan and other sockets are passed on::

        application = wrap_asgi(get_asgi_application())
    """
    # It makes the project's middleware ready, which needs its settings; importing this module does not.
    from mizan.sockets import SocketApplication

    return SocketApplication(application)


async def _limited(application: Application, path: str, scope: Scope, receive: Receive, send: Send) -> None:
    limit = _limit(scope, path)
    length = 0
    started = False

    async def counted() -> MutableMapping[str, Any]:
        nonlocal length
        message = await receive()
        length += len(message.get("body", b""))
        # Django ends a request whose client has left, and throws away what it has read.
        return message if length <= limit else {"type": "http.disconnect"}

    async def watched(message: MutableMapping[str, Any]) -> None:
        nonlocal started
        started = True
        await send(message)

    try:
        check_body_headers(field(scope, b"content-length"), None, limit)
    except APIError as error:
        await _answer(error, send)
        return
    await application(scope, counted, watched)
    if length > limit and not started:
        await _answer(PayloadTooLarge(), send)


def _path(scope: Scope) -> str:
    full: str = scope["path"]
    return full.removeprefix(scope.get("root_path", ""))


def _limit(scope: Scope, path: str) -> int:
    """What the body may have; more where files go to a function that takes them."""
    interface = dispatcher.interface()
    call, _, name = _path(scope).removeprefix(path).removesuffix("/").rpartition("/")
    if call == "call" and is_multipart(field(scope, b"content-type")):
        return upload_limit(interface, name)
    return interface.settings.max_body_bytes


async def _answer(error: APIError, send: Send) -> None:
    response: Response = error_response(error)
    headers = [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in response.headers]
    headers.append((b"content-length", b"%d" % len(response.body)))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
