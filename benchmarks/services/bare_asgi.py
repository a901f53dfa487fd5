"""The mutation as a bare ASGI callable: the same work on the native engine, without framework, router or dispatcher.

It answers with the same bytes as ours. What ours does beside the work (other functions, other errors, a cache, hooks)
it leaves out, so it is the floor.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

import mizan_native
from benchmarks.services import profiles
from benchmarks.services.mizan_fastapi_app import registry
from benchmarks.services.profiles import Profile, ProfileChange
from benchmarks.services.tokens import SECRET
from mizan_core.errors import MWTError
from mizan_core.interface.marks import ViewerMarks, interface_mark
from mizan_core.introspection.description import describe
from mizan_core.introspection.specification import specification_of
from mizan_core.viewer import Viewer

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_MAX_BYTES = 1_048_576


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")

    user_id: int
    profile: ProfileChange


class Call(BaseModel):
    model_config = ConfigDict(extra="forbid")

    fn: Literal["update_profile"]
    args: Arguments


_graph = mizan_native.compile_graph(specification_of(describe(registry.get_all_functions())))
_verifier = mizan_native.MWTVerifier(SECRET)
_read_call = TypeAdapter(Call).validator.validate_json
_write_profile = TypeAdapter(Profile).serializer.to_json
_interface = (b"x-mizan-interface", (interface_mark(registry.get_all_functions()) or "").encode("ascii"))
_mark_of = ViewerMarks(SECRET).of


class Refused(Exception):
    """With which status."""


async def app(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    try:
        await _answer(send, *await _admitted(scope, receive))
    except Refused as refusal:
        await _send(send, refusal.args[0], b"{}", [])


async def _admitted(scope: Message, receive: Receive) -> tuple[Viewer, Arguments]:
    headers = dict(scope["headers"])
    if scope["method"] != "POST" or scope["path"] != "/api/mizan/call/":
        raise Refused(404)
    if headers.get(b"content-type") != b"application/json":
        raise Refused(415)
    body = await _read_body(receive)
    if len(body) > _MAX_BYTES:
        raise Refused(413)
    try:
        claims = _verifier.decode(headers.get(b"x-mizan-token", b"").decode("latin-1"))
        call: Call = _read_call(body)
    except MWTError:
        raise Refused(401) from None
    except ValidationError:
        raise Refused(422) from None
    return Viewer(True, claims.staff, claims.superuser, claims.sub), call.args


async def _read_body(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


async def _answer(send: Send, viewer: Viewer, arguments: Arguments) -> None:
    result = profiles.change_profile(arguments.user_id, vars(arguments.profile))
    scope = {"user_id": arguments.user_id}
    body, header, _ = mizan_native.encode_response(_graph, "update_profile", scope, _write_profile(result))
    marks = [_interface, (b"x-mizan-viewer", (_mark_of(viewer) or "").encode("ascii"))]
    await _send(send, 200, body, [*marks, (b"x-mizan-invalidate", (header or "").encode("ascii"))])


async def _send(send: Send, status: int, body: bytes, further: list[tuple[bytes, bytes]]) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        *further,
        (b"content-length", str(len(body)).encode("ascii")),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
