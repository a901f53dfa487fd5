"""Answering what a socket has asked: the flow's outcomes as frames."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple, TypeAlias, TypeVar

from mizan_core.call.asked import Call, Fetch
from mizan_core.call.dispatcher import Dispatcher
from mizan_core.call.flow import answer_call, answer_fetch, refused
from mizan_core.call.outcome import Dressed, Refused, Result
from mizan_core.call.progress import Progress
from mizan_core.call.telling import tell, told_envelope
from mizan_core.engine import ENGINE
from mizan_core.errors import APIError, InternalError, NotSupported
from mizan_core.interface.endpoint import SOCKET
from mizan_core.interface.interface import Bundle, Interface, Selection
from mizan_core.live.driver import Peer, SocketPort
from mizan_core.live.frames import Rpc, Watch, answer_frame, plain_refusal, refusal_frame, result_frame
from mizan_core.live.versions import version_of

T = TypeVar("T")
PLACE = "ws/"
_FAILED = 500


class Request(NamedTuple):
    """One of whoever has a socket, while it is answered."""

    port: SocketPort
    interface: Interface
    progress: Progress

    async def refusal(self, number: int, error: Exception) -> str:
        """The frame of what *error* is to a client."""
        return await refusal_of(self.port, number, refused(self.port, self.progress, error, self.interface))

    async def meaning(self, error: Exception) -> APIError:
        """What *error* is to a client; what nobody has foreseen is reported."""
        return await tell(self.port, refused(self.port, self.progress, error, self.interface))


Work: TypeAlias = "Callable[[Request], Coroutine[Any, Any, T]]"


class Answering:
    """For one socket."""

    __slots__ = ("_dispatcher", "peer")

    def __init__(self, dispatcher: Dispatcher, peer: Peer) -> None:
        self._dispatcher = dispatcher
        self.peer = peer

    async def run(self, number: int, work: Callable[[Request], Coroutine[Any, Any, str]]) -> str:
        """The frame that *work* gives; whatever goes wrong outside of it is a refusal, too."""
        try:
            return await self.perform(work)
        except APIError as error:
            return plain_refusal(number, error)

    async def perform(self, work: Work[T]) -> T:
        """What *work* gives, as a request of whoever has the socket.

        :raises APIError: where it could not be done.
        """
        progress = Progress(PLACE)
        try:
            interface = self._dispatcher.interface()
            return await self.peer.run(lambda port: work(Request(port, interface, progress)))
        except APIError:
            raise
        except Exception as error:
            progress.failure(error).log()
            raise InternalError from error

    async def call(self, asked: Rpc, token: str | None, answer: Callable[[str], Awaitable[None]]) -> str | None:
        """The answer to a call; None where it has been given.

        :param answer: is given it, and begins to send it, where something is left to do after it.
        """
        is_answered = False

        async def work(request: Request) -> str:
            nonlocal is_answered
            port, interface, progress = request
            outcome = await answer_call(port, interface, Call(asked.fn, asked.args, token, carrier=SOCKET), progress)
            if type(outcome) is Dressed:
                text = _result(asked.id, outcome.result)
                is_answered = True
                await answer(text)
                await _afterwards(request, outcome)
                return ""
            if type(outcome) is Result:
                return _result(asked.id, outcome)
            if type(outcome) is Refused:
                return await refusal_of(port, asked.id, outcome)
            return plain_refusal(asked.id, NotSupported("This function answers over HTTP alone."))

        said = await self.run(asked.id, work)
        return None if is_answered else said

    async def watch(
        self, asked: Watch, token: str | None, enter: Callable[[list[str]], Awaitable[None]]
    ) -> tuple[str, bool]:
        """The answer to a watch, and whether it is granted.

        :param enter: is told the tags before their versions are read.
        """
        granted = False

        def read(bundle: Bundle) -> Selection:
            return bundle.select_shown(asked.params)

        async def work(request: Request) -> str:
            nonlocal granted
            port, interface, progress = request
            fetch = Fetch(asked.context, read, token, port.header, port.has_credentials, enter)
            outcome = await answer_fetch(port, interface, fetch, progress)
            if type(outcome) is Refused:
                return await refusal_of(port, asked.id, outcome)
            granted = True
            return _bundle(asked, outcome.body, progress.scope)

        return await self.run(asked.id, work), granted


async def _afterwards(request: Request, outcome: Dressed) -> None:
    """The tasks that a function has left for after its answer; what they have changed is purged once more."""
    port, _, progress = request
    try:
        await outcome.dress.afterwards()
    except Exception as error:  # noqa: BLE001 - whatever user code raises
        await port.report(progress.failure(error, "a background task failed"))
    for purge in outcome.purges:
        await port.purge(purge, is_answered=False)  # that was before it


def _result(number: int, result: Result) -> str:
    body, _ = result.plan.finish(result.json, result.nested)
    return result_frame(number, body)


async def refusal_of(port: SocketPort, number: int, outcome: Refused) -> str:
    """The frame of a refusal; what nobody has foreseen is reported."""
    return refusal_frame(number, await told_envelope(port, outcome), outcome.progress.stale)


def is_unforeseen(error: APIError) -> bool:
    """Whether *error* says that something could not be found out, and not that it is so."""
    return error.status >= _FAILED


def _bundle(asked: Watch, body: bytes, scope: str | None) -> str:
    version = version_of(body)
    members = [("version", b'"%s"' % version.encode())]
    if scope is not None:
        members.append(("scope", ENGINE.canonical_json(scope)))
    first = ("unchanged", b"true") if version == asked.version else ("data", body)
    return answer_frame(asked.id, [first, *members])
