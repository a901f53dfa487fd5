"""What serves the sockets of one dispatcher: a hub for each event loop, and the way of what server code publishes."""

from __future__ import annotations

import asyncio
import logging
import os
import weakref
from collections.abc import Coroutine, Hashable
from typing import Any
from weakref import WeakKeyDictionary

from mizan_core.call.dispatcher import Dispatcher
from mizan_core.errors import BadRequest, NotSupported
from mizan_core.live import publishing
from mizan_core.live.asgi import SUBPROTOCOL, Scope, offers_protocol
from mizan_core.live.connection import Connection
from mizan_core.live.driver import Peer, Wire
from mizan_core.live.hub import Hub
from mizan_core.live.opening import Live, go_live
from mizan_core.live_settings import LiveSettings
from mizan_core.setting_warnings import WORKERS, about_messages
from mizan_core.settings import Settings

_log = logging.getLogger("mizan.settings")


class Serving:
    """One dispatcher's."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        publishing.serve(dispatcher.registry, self)
        reference = weakref.ref(self)

        def prepare() -> None:
            alive = reference()
            if alive is not None:
                alive.announce()

        dispatcher.prepare = prepare
        self._hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[Live, Hub]] = WeakKeyDictionary()

    @property
    def limits(self) -> LiveSettings:
        """:raises ConfigurationError: for a setting that cannot be used."""
        return self._dispatcher.settings().live_settings

    def check(self, scope: Scope) -> None:
        """Whether a socket may be opened here, by whoever it is.

        :raises APIError: where it may not.
        :raises ConfigurationError: as ``limits``.
        """
        if not self.limits.enabled:
            raise NotSupported("Sockets are not served here: MIZAN_LIVE is off.")
        if not offers_protocol(scope):
            raise BadRequest(f"The client must offer the subprotocol {SUBPROTOCOL}.")

    @property
    def place(self) -> Hashable:
        """See ``Publisher``."""
        return self._dispatcher.settings().shared_messages or id(self)

    def announce(self) -> None:
        """Have purges announced where others may listen, before there is a socket here.

        In a process that has its broker alone the first socket is soon enough.

        :raises ConfigurationError: for a broker that cannot be used.
        """
        if self.limits.enabled and self._dispatcher.settings().shared_messages is not None:
            go_live(self._dispatcher)

    def hub(self) -> Hub:
        """The running event loop's.

        :raises ConfigurationError: for a broker that cannot be used.
        """
        live, loop = go_live(self._dispatcher), asyncio.get_running_loop()
        known = self._hubs.get(loop)
        if known is None or known[0] is not live:
            if known is not None:
                known[1].spawn(known[1].aclose())
            known = self._hubs[loop] = (live, Hub(live.broker, live.store))
            _warn(self._dispatcher.settings())
        return known[1]

    def serve(
        self, wire: Wire, peer: Peer, socket: str | None = None, token: str | None = None
    ) -> Coroutine[Any, Any, None]:
        """Converse with an accepted socket until it ends.

        :param socket: the id that its client has given it.
        :param token: one that came with the handshake, and was found good then.
        """
        return Connection(wire, self.hub(), peer, self._dispatcher, self.limits, socket).run(token)

    async def aclose(self) -> None:
        """End what the running event loop has."""
        known = self._hubs.pop(asyncio.get_running_loop(), None)
        if known is not None:
            await known[1].aclose()
            await known[0].broker.aclose()

    def publish(self, topic: str, data: bytes) -> None:
        """See ``Publisher``."""
        go_live(self._dispatcher).broker.publish(topic, data)

    async def apublish(self, topic: str, data: bytes) -> None:
        """As ``publish``, on an event loop."""
        await go_live(self._dispatcher).broker.apublish(topic, data)


def _warn(settings: Settings) -> None:
    """Whoever says nothing of live pages is told of them when somebody opens one."""
    warning = about_messages(settings, os.environ.get(WORKERS))
    if warning is not None and settings.live is None:
        _log.warning("%s: %s %s", warning.id.value, warning.message, warning.hint)
