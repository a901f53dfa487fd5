"""One of several fetches of a request: each is answered as its own request would be (protocol.md section 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from mizan_core.call.asked import Fetch
from mizan_core.call.flow import answer_fetch
from mizan_core.call.outcome import FetchOutcome
from mizan_core.call.progress import Progress
from mizan_core.http.port import HttpPort
from mizan_core.interface.interface import Bundle, Interface, Selection


class AskedPart(NamedTuple):
    """What a part asks for.

    :param query: the texts of each parameter.
    :param size: how many values there are inside them, at most.
    """

    context: str
    query: Mapping[str, Sequence[str]]
    size: int


class AnsweredPart(NamedTuple):
    """What has come of it."""

    outcome: FetchOutcome
    progress: Progress


async def answer_part(port: HttpPort, interface: Interface, asked: AskedPart, token: str | None) -> AnsweredPart:
    """The bundle, or why there is none; raises nothing, as ``answer_fetch``.

    :param port: the part's own.
    """
    progress = Progress("ctx/")

    def read(bundle: Bundle) -> Selection:
        return bundle.select(bundle.read_texts(asked.query), asked.size)

    fetch = Fetch(asked.context, read, token, port.header, port.has_credentials)
    return AnsweredPart(await answer_fetch(port, interface, fetch, progress), progress)
