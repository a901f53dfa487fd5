"""The compiled interface of one registry and its settings, for as long as it is served, and those beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any
from weakref import WeakSet, finalize, ref

from mizan_core.cache.store import Store
from mizan_core.errors import ConfigurationError, GraphError
from mizan_core.interface.interface import Interface
from mizan_core.registry import Registry
from mizan_core.settings import Settings


class Peers:
    """The dispatchers of a process, for as long as each is used: what a function makes stale is purged in all."""

    def __init__(self) -> None:
        self._members: WeakSet[Dispatcher] = WeakSet()
        self.changes = 0
        """Grows with every member that comes, goes, or opens its cache."""

    def add(self, dispatcher: Dispatcher) -> None:
        """Include *dispatcher*."""
        self._members.add(dispatcher)
        self.change()
        finalize(dispatcher, self.change)

    def change(self) -> None:
        """Have everybody look again."""
        self.changes += 1

    def __iter__(self) -> Iterator[Dispatcher]:
        return iter(list(self._members))


class Others:
    """Gives the interfaces of a dispatcher's peers whose cache is another store than its own.

    They are looked for when something has changed. An interface holds this, so it must not keep its dispatcher alive.
    """

    __slots__ = ("_changes", "_dispatcher", "_found", "peers")

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.peers: Peers | None = None
        self._dispatcher = ref(dispatcher)
        self._found: list[Interface] = []
        self._changes = 0

    def __call__(self) -> list[Interface]:
        """The same list until something has changed."""
        peers = self.peers
        if peers is not None and peers.changes != self._changes:
            self._look(peers)
        return self._found

    def _look(self, peers: Peers) -> None:
        dispatcher, changes = self._dispatcher(), peers.changes
        if dispatcher is not None:
            known = dispatcher.shared_store()
            found = [peer.stored_apart_from(known) for peer in peers if peer is not dispatcher]
            self._found = [interface for interface in found if interface is not None]
            self._changes = changes


class Dispatcher:
    """What requests to one registry are answered with.

    :param load_settings: gives the settings when they are first needed, and after a ``reset``.
    :param current_user: gives the framework's user of a request.
    """

    def __init__(
        self, registry: Registry, load_settings: Callable[[], Settings], current_user: Callable[[Any], Any]
    ) -> None:
        self.registry = registry
        self._load_settings = load_settings
        self._current_user = current_user
        self._interface: Interface | None = None
        self._untagged: Interface | None = None
        """What has been compiled when nobody watched; calls of it may be under way."""
        self._store: Store | None = None
        self._settings: Settings | None = None
        self.others = Others(self)
        self.prepare: Callable[[], None] | None = None
        """What is done before the interface is compiled: by whoever has to be ready before the first request is."""
        self._compiling = Lock()

    def interface(self) -> Interface:
        """The compiled interface; compiled again only when something has been registered since.

        :raises GraphError: with everything that contradicts itself.
        :raises ConfigurationError: for a setting that cannot be used.
        """
        interface = self._interface
        if interface is not None and interface.version == self.registry.version:
            return interface
        if self.prepare is not None:
            self.prepare()
        with self._compiling:
            if self._interface is None or self._interface.version != self.registry.version:
                self._interface = self._compile()
            return self._interface

    def _compile(self) -> Interface:
        settings = self.settings()
        if self._store is None:
            self._store = settings.open_store()
        if self.others.peers is not None:
            self.others.peers.change()
        compiled = Interface(self.registry, settings, self._current_user, self._store, self.others)
        if self._untagged is not None:
            # What they write may be read by the first who watch, before it is there.
            self._untagged.tagging, self._untagged = compiled.tagging, None
        return compiled

    def watched_store(self) -> Store:
        """What keeps the versions of tags: the cache's store, and one of their own where there is no cache.

        :raises ConfigurationError: for a setting that cannot be used.
        """
        with self._compiling:
            if self._store is None:
                settings = self.settings()
                self._store = settings.open_store() or settings.open_tag_store()
                # What has been compiled without it does not purge.
                self._untagged, self._interface = self._interface, None
                if self.others.peers is not None:
                    self.others.peers.change()
            return self._store

    def settings(self) -> Settings:
        """:raises ConfigurationError: for a setting that cannot be used."""
        if self._settings is None:
            self._settings = self._load_settings()
        return self._settings

    def join(self, peers: Peers) -> None:
        """From now on be one of *peers*."""
        self.others.peers = peers
        peers.add(self)

    def shared_store(self) -> object:
        """What tells the store that several processes have from others; None for one of this process alone."""
        return self.settings().shared_store

    def stored_apart_from(self, known: object) -> Interface | None:
        """The interface; None when its cache is the *known* shared store, or holds nothing."""
        try:
            own = self.shared_store()
            if own == known if own is not None else self._store is None:
                return None
            interface = self.interface()
        except (ConfigurationError, GraphError):  # nobody can serve it
            return None
        return interface if interface.tagging is not None else None

    def reset(self) -> None:
        """Forget the settings: they have changed."""
        with self._compiling:
            self._interface = self._settings = None
            abandoned, self._store = self._store, None
        if abandoned is not None:
            abandoned.close()

    def close(self) -> None:
        """End what the cache keeps open for threads; it opens it again when it is used again.

        The store itself is kept: what it knows of an outage must not be forgotten, nor a purge miss its entries.
        """
        if self._store is not None:
            self._store.close()

    async def aclose(self) -> None:
        """As ``close``, and for the running event loop."""
        if self._store is not None:
            await self._store.aclose()

    def contexts(self) -> set[str]:
        """The names of the contexts that have functions."""
        return set(self.registry.get_context_groups())
