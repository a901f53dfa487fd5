"""One of several fetches of a request: each is answered as its own request would be (protocol.md section 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mizan_core.call.asked import Fetch
from mizan_core.call.flow import answer_fetch
from mizan_core.call.outcome import FetchOutcome
from mizan_core.call.progress import Progress
from mizan_core.http.port import HttpPort
from mizan_core.interface.interface import Bundle, Interface, Selection


class AskedPart(NamedTuple):
    """What a part asks for.

    :param read: as of ``Fetch``.
    """

    context: str
    read: Callable[[Bundle], Selection]


class AnsweredPart(NamedTuple):
    """What has come of it."""

    outcome: FetchOutcome
    progress: Progress


async def answer_part(port: HttpPort, interface: Interface, asked: AskedPart, token: str | None) -> AnsweredPart:
    """The bundle, or why there is none; raises nothing, as ``answer_fetch``.

    :param port: the part's own.
    """
    progress = Progress("ctx/")
    fetch = Fetch(asked.context, asked.read, token, port.header, port.has_credentials)
    return AnsweredPart(await answer_fetch(port, interface, fetch, progress), progress)
