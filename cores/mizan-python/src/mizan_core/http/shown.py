"""What a mutation brings along: those of the bundles which its client shows that it has made stale (protocol.md 9).

None of them may be older than the mutation. They are read after its purge, as fetches that begin then: with a request
as it was before the function ran, whose user is loaded anew, and not where a commit is still to come. What cannot be
read so, or not soon enough, is left out, and the client fetches it as it would have without.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple

from mizan_core.call.asked import Call, Shown
from mizan_core.call.outcome import Fetched, Result
from mizan_core.engine import ENGINE
from mizan_core.errors import BadRequest, NotFound
from mizan_core.http.parts import AnsweredPart, AskedPart, answer_part
from mizan_core.http.port import HttpPort
from mizan_core.interface.interface import Bundle, Interface
from mizan_core.viewer import Viewer

LONGEST = 1.0
"""Seconds that the answer of a mutation waits for them."""
_NULL = b"null"
_log = logging.getLogger("mizan.request")


class _Item(NamedTuple):
    """A context, and the texts of parameters: in the form of ``X-Mizan-Invalidate``."""

    context: str
    texts: Mapping[str, str]

    def concerns(self, other: _Item) -> bool:
        """Whether something that is said of this may concern *other*: no parameter that both have differs."""
        return self.context == other.context and all(
            other.texts.get(name, text) == text for name, text in self.texts.items()
        )


class ShownBundles:
    """Those of one call; to be made before its function runs.

    :raises BadRequest: for a context that is not known.
    """

    def __init__(self, port: HttpPort, interface: Interface, call: Call) -> None:
        self._interface = interface
        self._call = call
        self._bundles = [_bundle(interface, index, shown) for index, shown in enumerate(call.shown)]
        self._port = port.apart()

    async def read(self, result: Result, viewer: Viewer | None) -> bytes | None:
        """The list ``refresh``; None where there is nothing to bring along.

        :param viewer: whom the call was made for.
        """
        try:
            return await self._read(result, viewer)
        except Exception:  # noqa: BLE001 - whatever user code raises: the call has been made, and that is its answer
            _log.warning("What a call of %s has changed could not be read", self._call.function, exc_info=True)
            return None

    async def _read(self, result: Result, viewer: Viewer | None) -> bytes | None:
        stale = self._stale(result)
        pairs = zip(self._call.shown, self._bundles, strict=True)
        asked = [(shown, self._asked(bundle, shown, stale)) for shown, bundle in pairs]
        wanted = [(shown, part) for shown, part in asked if part is not None]
        if not wanted or await self._port.in_transaction():
            return None
        token = self._call.token
        if token is None and not await self._is_still(viewer):
            return None
        works = [partial(answer_part, self._port.apart(), self._interface, part, token) for _, part in wanted]
        parts = await self._port.side_by_side(works, LONGEST)
        items = [_written(shown, part) for (shown, _), part in zip(wanted, parts, strict=True)]
        found = [item for item in items if item is not None]
        return b"[" + b",".join(found) + b"]" if found else None

    async def _is_still(self, viewer: Viewer | None) -> bool:
        """Whether the user, loaded anew, is whom the call was made for; it may have made somebody else of them."""
        return await self._port.renew_user() and await self._port.identify(guarded=False) == viewer

    def _stale(self, result: Result) -> list[_Item]:
        """What the answer says to be stale, and what its merges say to be read again."""
        # What is stale does not depend on the result: the answer is made once, when all is known.
        _, header = result.plan.finish(_NULL, result.nested)
        found = [] if header is None else list(_items(header))
        rereads = self._interface.endpoint(self._call.function).rereads
        if rereads and result.json != _NULL:
            entries = [entry for entry in ENGINE.stale_entries([result.plan]) if _target(entry) in rereads]
            found += _items(ENGINE.format_invalidate_header(entries)) if entries else ()
        return found

    @staticmethod
    def _asked(bundle: Bundle, shown: Shown, stale: list[_Item]) -> AskedPart | None:
        """What to fetch for an entry; None where it is not stale, or is none."""
        try:
            selection = bundle.select_shown(shown.params)
        except Exception:  # noqa: BLE001 - whatever validators raise: who fetches it is told
            return None
        own = _Item(bundle.name, {}) if selection.scope is None else next(_items(selection.scope))
        return AskedPart(bundle.name, lambda _: selection) if any(item.concerns(own) for item in stale) else None


def _bundle(interface: Interface, index: int, shown: Shown) -> Bundle:
    try:
        return interface.bundle(shown.context)
    except NotFound as error:
        raise BadRequest(f'"shown", entry {index}: {error.message}') from None


def _target(entry: object) -> tuple[object, object] | None:
    return (entry.get("context"), entry.get("function")) if isinstance(entry, dict) else None


def _items(header: str) -> Iterator[_Item]:
    """Those of a header that this process has written itself."""
    for item in header.split(", "):
        context, *pairs = item.split(";")
        yield _Item(context, dict(pair.split("=", 1) for pair in pairs))


def _written(shown: Shown, part: AnsweredPart | None) -> bytes | None:
    """An item of ``refresh``; None for what is not to be brought along."""
    if part is None or not isinstance(part.outcome, Fetched):
        return None
    scope = part.progress.scope
    members = [
        ("context", ENGINE.canonical_json(shown.context)),
        ("params", ENGINE.canonical_json(shown.params)),
        *([] if scope is None else [("scope", ENGINE.canonical_json(scope))]),
        ("bundle", part.outcome.body),
    ]
    return ENGINE.encode_bundle(members)
