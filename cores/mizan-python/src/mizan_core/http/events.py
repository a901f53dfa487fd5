"""Signals without a socket: a response that goes on, for clients whose proxies let no socket through.

``POST live/`` names what is watched; the events of the answer (``text/event-stream``) say what is stale. A watch is a
fetch here, too: whoever may not have a bundle is told so, and hears nothing of it. The bundle itself is not sent: the
client fetches what is stale as it does otherwise. It ends after a while, or with its token, and is asked for again:
then whoever asks is admitted again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from mizan_core.cache.announcing import SOCKET_HEADER, socket_id
from mizan_core.call.asked import Fetch
from mizan_core.call.dispatcher import Dispatcher
from mizan_core.call.flow import admit, answer_fetch, refused
from mizan_core.call.outcome import Refused
from mizan_core.call.progress import Progress
from mizan_core.call.telling import told_envelope
from mizan_core.errors import APIError, BadRequest, NotSupported
from mizan_core.http.exchange import refusal
from mizan_core.http.port import HttpPort
from mizan_core.http.reading import check_head
from mizan_core.http.response import Reply
from mizan_core.interface.interface import Bundle, Interface, Selection
from mizan_core.live.broker import Message, Position
from mizan_core.live.frames import MAX_ID
from mizan_core.live.hub import Hub
from mizan_core.live.serving import Serving
from mizan_core.live.versions import version_of

MOST = 100
"""What one response may watch."""
BEAT = 15.0
"""Seconds after which a quiet response says that it is alive."""
LONGEST = 300.0
"""Seconds that a response goes on."""
_STOPPED = 60.0
"""Seconds that a client may read nothing."""
_MEMBERS = {"id", "context", "params"}
_PLACE = "live/"
HEADERS = (
    ("Content-Type", "text/event-stream"),
    ("Cache-Control", "no-store, no-transform"),
    ("X-Accel-Buffering", "no"),  # nginx would keep events until it has many
)


class Watched(NamedTuple):
    """What is to be watched.

    :param version: that of the bundle which the client holds.
    """

    id: int
    context: str
    params: dict[str, Any]
    version: str | None


class EventStream:
    """What a response says, part by part, until it ends; asynchronous iterators can do no more than this.

    :param seconds: how long it goes on.
    """

    def __init__(self, hub: Hub, socket: str | None, seconds: float) -> None:
        self.socket = socket
        self._hub = hub
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []
        self._stale: dict[int, None] = {}
        self._waiter: asyncio.Future[None] | None = None
        self._is_over = False
        self._said = self._taken = self._loop.time()
        self._end = self._said + seconds
        hub.attach(self)

    def say(self, value: object) -> None:
        """An event."""
        self._parts.append(b"data: " + to_json(value) + b"\n\n")

    def close(self) -> None:
        """Watch no more; from any thread, and any number of times."""
        self._loop.call_soon_threadsafe(self._close)

    def _close(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._hub.detach(self, ())
            self._wake()

    def on_tick(self) -> None:
        """See ``Attached``."""
        now = self._loop.time()
        if now >= self._end or now - self._taken >= _STOPPED:
            self._close()
        elif now - self._said >= BEAT and not self._parts:
            self._parts.append(b":\n\n")
            self._wake()

    def on_stale(self, ids: Sequence[int]) -> None:
        """See ``Attached``."""
        self._stale.update(dict.fromkeys(ids))
        self._wake()

    def on_message(self, topic: str, epoch: str, message: Message) -> None:
        """There are no channels here."""

    def on_lost(self, topic: str, position: Position) -> None:
        """There are no channels here."""

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def __aiter__(self) -> EventStream:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await self._next()
        except BaseException:  # whoever waited is gone
            self._close()
            raise

    async def _next(self) -> bytes:
        self._taken = self._loop.time()
        while not (self._parts or self._stale or self._is_over):
            self._waiter = self._loop.create_future()
            await self._waiter
        self._taken = self._said = self._loop.time()
        if self._stale and not self._is_over:
            ids, self._stale = list(self._stale), {}
            self.say({"action": "stale", "ids": ids})
        if self._is_over or not self._parts:
            raise StopAsyncIteration
        parts, self._parts = self._parts, []
        return b"".join(parts)


async def refuse_events(port: HttpPort, method: str, content_type: str | None) -> Reply:
    """``POST live/`` where there is no event loop."""
    try:
        check_head(method, content_type)
        raise NotSupported("Signals need an event loop: serve the application with ASGI.")
    except APIError as error:
        return await refusal(port, None, refused(port, Progress(_PLACE), error))


async def post_live(
    dispatcher: Dispatcher,
    serving: Serving,
    port: HttpPort,
    method: str,
    content_type: str | None,
    token: str | None,
) -> Reply | EventStream:
    """``POST live/``: what is to be written with ``HEADERS`` until it ends, or why there is nothing.

    :param port: of an event loop.
    """
    try:
        check_head(method, content_type)
        return await _open(dispatcher, serving, port, token)
    except Exception as error:  # noqa: BLE001 - whatever settings and middleware raise
        return await refusal(port, None, refused(port, Progress(_PLACE), error))


async def _open(dispatcher: Dispatcher, serving: Serving, port: HttpPort, token: str | None) -> EventStream:
    """:raises APIError: for a request that is none, a token that is refused, or where there are no signals."""
    if not serving.limits.enabled:
        raise NotSupported("There are no signals here: MIZAN_LIVE is off.")
    hub = serving.hub()  # which makes bundles be told by tags
    interface = dispatcher.interface()
    watched = read_watched(await port.read_body(interface.settings.max_body_bytes))
    await admit(port, interface, (), token, Progress(_PLACE), guarded=False)
    stream = EventStream(hub, socket_id(port.header(SOCKET_HEADER)), _seconds(interface, token))
    try:
        works = [partial(_watch, _Watching(stream, hub, interface, token), port.apart(), each) for each in watched]
        answers = [answer for answer in await port.side_by_side(works) if answer is not None]
    except BaseException:
        stream.close()
        raise
    _begin(stream, answers)
    return stream


def read_watched(body: bytes) -> list[Watched]:
    """What a request names.

    :raises BadRequest: saying what is wrong, without repeating it.
    """
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise BadRequest("The request body is not valid JSON.") from None
    entries = value.get("watch") if type(value) is dict and len(value) == 1 else None
    if type(entries) is not list or not 0 < len(entries) <= MOST:
        raise BadRequest(f'The body must be {{"watch": [...]}} with 1 to {MOST} entries.')
    watched = [_read_entry(index, entry) for index, entry in enumerate(entries)]
    if len({each.id for each in watched}) < len(watched):
        raise BadRequest('"watch": two entries have the same id.')
    return watched


def _read_entry(index: int, entry: Any) -> Watched:
    if type(entry) is not dict or not _MEMBERS <= entry.keys() <= _MEMBERS | {"version"}:
        raise BadRequest(
            f'"watch", entry {index}: it must be {{"id", "context", "params"}}, with or without "version".'
        )
    number, context, params = entry["id"], entry["context"], entry["params"]
    if type(number) is not int or not 0 <= number <= MAX_ID:
        raise BadRequest(f'"watch", entry {index}: "id" must be an integer from 0 to {MAX_ID}.')
    version = entry.get("version")
    if type(context) is not str or type(params) is not dict or not (version is None or type(version) is str):
        raise BadRequest(f'"watch", entry {index}: "context" and "version" are strings, "params" is an object.')
    return Watched(number, context, params, version)


class _Watching(NamedTuple):
    """What the entries of one request have in common."""

    stream: EventStream
    hub: Hub
    interface: Interface
    token: str | None


class _Answer(NamedTuple):
    """What has come of an entry.

    :param error: why it is not watched.
    :param is_stale: whether the client has another bundle than there is.
    """

    id: int
    error: Mapping[str, Any] | None
    is_stale: bool


async def _watch(watching: _Watching, port: HttpPort, watched: Watched) -> _Answer:
    """Fetch it, so that whoever asks is admitted, and watch what it is made of from before it is read."""
    stream, hub, interface, token = watching

    def read(bundle: Bundle) -> Selection:
        return bundle.select_shown(watched.params)

    async def watch(tags: list[str]) -> None:
        await hub.watch(stream, watched.id, tags)

    fetch = Fetch(watched.context, read, token, port.header, port.has_credentials, watch)
    outcome = await answer_fetch(port, interface, fetch, Progress(_PLACE))
    if isinstance(outcome, Refused):
        hub.watches.leave(stream, watched.id)
        return _Answer(watched.id, await told_envelope(port, outcome), is_stale=False)
    return _Answer(watched.id, None, is_stale=version_of(outcome.body) != watched.version)


def _begin(stream: EventStream, answers: Sequence[_Answer]) -> None:
    """The first events: what is not watched, what is, and what of that is stale already."""
    for answer in answers:
        if answer.error is not None:
            stream.say({"id": answer.id, "ok": False, "error": answer.error})
    stream.say({"action": "watching", "ids": [answer.id for answer in answers if answer.error is None]})
    stream.on_stale([answer.id for answer in answers if answer.is_stale])


def _seconds(interface: Interface, token: str | None) -> float:
    """How long it goes on: no longer than its token."""
    if token is None:
        return LONGEST
    return min(LONGEST, interface.token_user(token).claims.exp - time.time())
