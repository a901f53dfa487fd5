"""From settings to what carries messages and announcements.

Packages offer brokers as entry points in ``mizan.brokers``, by URL scheme. A cache's backend may have a broker of its
own: then a purge and its announcement are one round trip, and what is wrong with one is wrong with both.
"""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple, Protocol, runtime_checkable
from weakref import WeakKeyDictionary

from mizan_core.cache.backend import AnnouncingBackend
from mizan_core.cache.opening import BackendOptions, opened
from mizan_core.cache.store import Store
from mizan_core.call.dispatcher import Dispatcher
from mizan_core.live.broker import Broker
from mizan_core.live.memory import MemoryBroker

GROUP = "mizan.brokers"


@runtime_checkable
class BrokerBackend(AnnouncingBackend, Protocol):
    """An ``AnnouncingBackend`` whose servers carry messages, too."""

    def broker(self) -> Broker:
        """A broker on the same servers, told by ``write_announced`` as by ``announce``."""


class Live(NamedTuple):
    """What a dispatcher's live connections need.

    :param store: keeps the versions of tags; its purges are announced by *broker*.
    """

    broker: Broker
    store: Store


_opened: WeakKeyDictionary[Dispatcher, Live] = WeakKeyDictionary()
_opening = Lock()


def go_live(dispatcher: Dispatcher) -> Live:
    """From now on the purges of *dispatcher* are announced to those who watch.

    The same until its settings have changed.

    :raises ConfigurationError: for a URL that no installed package serves, or that its package cannot use.
    """
    store = dispatcher.watched_store()
    with _opening:
        found = _opened.get(dispatcher)
        if found is None or found.store is not store:
            found = _opened[dispatcher] = _open(dispatcher, store)
        return found


def open_broker(options: BackendOptions) -> Broker:
    """:raises ConfigurationError: for a URL that no installed package serves, or that its package cannot use."""
    broker: Broker = opened("broker", GROUP, options, MemoryBroker)
    return broker


def _open(dispatcher: Dispatcher, store: Store) -> Live:
    settings = dispatcher.settings()
    has_own_store = settings.cache_secret is None or settings.messages_url == settings.store_url
    if has_own_store and isinstance(store.backend, BrokerBackend):
        store.announce_by(store.backend)
        return Live(store.backend.broker(), store)
    broker = open_broker(settings.backend_options(settings.messages_url))
    store.announce_by(broker)
    return Live(broker, store)
