"""Builds that are broken on purpose, so that the soak can prove that it would notice.

Each fault is one that a careless change could bring. It is put into the running program, and made likely by a wait
where it hurts.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from mizan_core.cache.flights import Flights
from mizan_core.cache.store import Purge, Store
from mizan_core.call import building, flow
from mizan_core.call.dispatcher import Others
from mizan_core.call.effects import Effects
from mizan_core.call.port import Port
from mizan_core.coroutines import complete_now
from mizan_core.engine.contract import Keyer
from mizan_core.errors import APIError
from mizan_core.interface import interface
from mizan_core.interface.caching import Caching
from mizan_core.interface.endpoint import Endpoint, NestedCalls
from mizan_core.interface.interface import Interface
from mizan_core.viewer import ANONYMOUS, Viewer
from tests.breaking import replace

_WINDOW = 0.01
"""Seconds that a fault's window stays open, at most."""
_dice = random.Random()  # noqa: S311 - a game


class Fault(NamedTuple):
    """*world* is where it shows; *install* breaks this process before it serves."""

    world: str
    install: Callable[[], None]


def purge_before_commit() -> None:
    """The purge does not wait for Django's transaction."""
    from mizan import port, transactions

    def purge(cache: Store, tags: list[str], *_: object) -> None:
        complete_now(cache.purge(cache.in_thread, tags))
        _wait()

    for module in (port, transactions):
        replace(module, "purge", purge)


def purge_after_answer() -> None:
    """The answer does not wait for the purge."""
    purge = Store.purge

    async def later(self: Store, _: Any, tags: list[str], origin: str | None = None) -> None:
        _later(lambda: complete_now(purge(self, self.in_thread, tags, origin)))

    replace(Store, "purge", later)


def versions_read_after_functions() -> None:
    """An entry is sealed with the versions that its tags have when it is stored."""

    async def build(port: Port, entry: Any, _: Any, run: Callable[[None], Any]) -> Any:
        built = await run(None)
        _wait()
        store, access = entry.caching.store, port.access(entry.caching.store)
        lookup = await store.look_up(access, "nothing", entry.tags)
        await store.save(access, entry.key, entry.tags, lookup.versions or [], built, entry.ttl)
        return built, built

    replace(building, "_build_and_save", build)


def missing_tag_trusted() -> None:
    """A tag that has been evicted counts as unchanged."""

    unseal = Store._body

    def trust(self: Store, key: str, entry: bytes, versions: list[bytes | None]) -> bytes | None:
        # The epoch, of 16 bytes, and the tags, of 8; a byte in front of each tells how many.
        tags = range(52, 52 + 9 * (len(versions) - 1), 9)
        sealed = [entry[35:51], *(entry[place : place + 8] for place in tags)]
        known = [old if new is None else new for old, new in zip(sealed, versions, strict=True)]
        return unseal(self, key, entry, list(known))

    replace(Store, "_body", trust)


def tag_not_bumped() -> None:
    """A scoped purge forgets the entries that have just its parameters."""
    _break_tags(lambda tags: tags if len(tags) == 1 else tags[1:])


def any_tag_not_bumped() -> None:
    """A scoped purge forgets the entries that lack one of its parameters."""
    _break_tags(lambda tags: tags[:1])


def key_without_viewer() -> None:
    """All viewers have the same key."""
    bundle_key = Caching.bundle_key

    def without(self: Caching, context: str, policy: Any, params: Any, viewer: Viewer, header: Any) -> Any:
        return bundle_key(self, context, policy, params, ANONYMOUS, header)

    replace(Caching, "bundle_key", without)


def key_without_flags() -> None:
    """A user has the same key with and without the staff flag."""
    bundle_key = Caching.bundle_key

    def without(self: Caching, context: str, policy: Any, params: Any, viewer: Viewer, header: Any) -> Any:
        return bundle_key(self, context, policy, params, viewer._replace(staff=False), header)

    replace(Caching, "bundle_key", without)


def key_without_headers() -> None:
    """``vary`` is forgotten."""
    bundle_key = Caching.bundle_key

    def without(self: Caching, context: str, policy: Any, params: Any, viewer: Any, header: Any) -> Any:
        return bundle_key(self, context, policy, params, viewer, lambda _: None)

    replace(Caching, "bundle_key", without)


def single_flight_ignores_versions() -> None:
    """Whoever misses an entry joins the flight for it, even if it took off before a purge."""
    join, land = Flights.join, Flights.land
    replace(Flights, "join", lambda self, identity: join(self, (identity[0], ())))

    def land_late(self: Flights, identity: Any, body: bytes | None) -> None:
        land(self, (identity[0], ()), body)

    replace(Flights, "land", land_late)


def nested_calls_not_purged() -> None:
    """What a mutation calls itself is not purged."""
    replace(Interface, "nested_plans", lambda self, calls: [])


def merges_not_purged() -> None:
    """The target of a merge is not purged."""
    specification_of = vars(interface)["specification_of"]

    def without(described: Any) -> dict[str, Any]:
        specification = specification_of(described)
        return {**specification, "functions": [{**function, "merge": []} for function in specification["functions"]]}

    replace(interface, "specification_of", without)


def failures_not_purged() -> None:
    """A mutation that fails after it has written purges nothing."""
    _forget_failures(BaseException)


def mutations_cut_off() -> None:
    """Whoever gives up takes the mutation along, which goes on writing in its thread, or its purge."""
    from mizan_fastapi import port

    class Unbegun:
        """Work that runs while its request does."""

        def __init__(self, coroutine: Any) -> None:
            self.coroutine = coroutine

        def done(self) -> bool:
            return False

        def add_done_callback(self, _: object) -> None: ...

    async def cut_off(work: Unbegun) -> Any:
        return await work.coroutine

    replace(port, "begin", Unbegun)
    replace(port, "shielded", cut_off)


def outliving_calls_not_purged() -> None:
    """A request takes calls when its function has ended, and nobody looks at them any more."""
    take = NestedCalls.take
    replace(NestedCalls, "take", lambda self, *call: take(self, *call) or self._knows(call[0]))


def other_registries_not_told() -> None:
    """A request takes calls of functions that its interface does not have."""
    take = NestedCalls.take
    replace(NestedCalls, "take", lambda self, *call: take(self, *call) or not self._knows(call[0]))


def ends_of_streams_not_purged() -> None:
    """A stream is purged for when it begins alone."""
    import mizan_fastapi.passing

    replace(mizan_fastapi.passing, "_is_done", lambda _: True)


def ends_of_streams_not_purged_in_django() -> None:
    """As ``ends_of_streams_not_purged``."""
    import mizan.passing

    replace(mizan.passing, "_purge_after", lambda *_: None)


def own_addresses_not_purged() -> None:
    """What a function at a URL of its own has changed is nobody's business."""
    _purge_unless(lambda endpoint: endpoint.function.declaration.route is not None)


def files_not_purged() -> None:
    """As ``own_addresses_not_purged``, of functions that take files."""
    _purge_unless(lambda endpoint: endpoint.uploads is not None)


def other_routers_not_told() -> None:
    """A call over HTTP is the business of its router alone."""
    replace(Others, "__call__", lambda _: [])


def conflicts_not_purged() -> None:
    """One of the protocol's own errors is taken for a refusal before the function ran."""
    _forget_failures(APIError)


def transactions_ignored() -> None:
    """Django: a bundle that was read inside a transaction is stored like any other."""
    from mizan import port

    def in_transaction() -> bool:
        _wait()
        return False

    replace(port, "in_transaction", in_transaction)


def nothing_is_stored() -> None:
    """Every fetch misses: nothing can be stale, and nothing is proved."""

    async def save(*_: Any) -> None: ...

    replace(Store, "save", save)


HARMLESS = {"nothing-is-stored": Fault("memory-fastapi", nothing_is_stored)}
FAULTS = {
    "purge-before-commit": Fault("memory-django", purge_before_commit),
    "transactions-ignored": Fault("memory-django", transactions_ignored),
    "mutations-cut-off": Fault("memory-fastapi", mutations_cut_off),
    "purge-after-answer": Fault("memory-fastapi", purge_after_answer),
    "versions-read-after-functions": Fault("memory-fastapi", versions_read_after_functions),
    "missing-tag-trusted": Fault("redis", missing_tag_trusted),
    "tag-not-bumped": Fault("memory-fastapi", tag_not_bumped),
    "any-tag-not-bumped": Fault("memory-fastapi", any_tag_not_bumped),
    "key-without-viewer": Fault("memory-fastapi", key_without_viewer),
    "key-without-flags": Fault("memory-fastapi", key_without_flags),
    "key-without-headers": Fault("memory-fastapi", key_without_headers),
    "single-flight-ignores-versions": Fault("memory-fastapi", single_flight_ignores_versions),
    "nested-calls-not-purged": Fault("memory-fastapi", nested_calls_not_purged),
    "merges-not-purged": Fault("memory-fastapi", merges_not_purged),
    "failures-not-purged": Fault("memory-fastapi", failures_not_purged),
    "conflicts-not-purged": Fault("memory-fastapi", conflicts_not_purged),
    "outliving-calls-not-purged": Fault("memory-django", outliving_calls_not_purged),
    "other-registries-not-told": Fault("memory-fastapi", other_registries_not_told),
    "ends-of-streams-not-purged": Fault("memory-fastapi", ends_of_streams_not_purged),
    "ends-of-streams-not-purged-in-django": Fault("memory-django", ends_of_streams_not_purged_in_django),
    "own-addresses-not-purged": Fault("memory-fastapi", own_addresses_not_purged),
    "files-not-purged": Fault("memory-fastapi", files_not_purged),
    "other-routers-not-told": Fault("memory-fastapi", other_routers_not_told),
}


def _forget_failures(kind: type[BaseException]) -> None:
    """A function that ends with an error of that kind is not purged for."""
    purge_failed = vars(flow)["_purge_failed"]

    async def purge_others(*of: Any) -> None:
        if not any(isinstance(each, kind) for each in of):
            await purge_failed(*of)

    replace(flow, "_purge_failed", purge_others)


def _break_tags(keep: Callable[[list[str]], list[str]]) -> None:
    """Of the tags that each entry of a mutation purges, *keep* some."""
    make = Caching.__init__

    def make_broken(self: Caching, cache: Store, keyer: Keyer, scopes: Any) -> None:
        make(self, cache, _BrokenKeyer(keyer, keep), scopes)

    replace(Caching, "__init__", make_broken)


def _purge_unless(is_left_out: Callable[[Endpoint], bool]) -> None:
    purges = Effects.purges

    def purge(self: Effects, *arguments: Any) -> list[Purge]:
        return [] if is_left_out(self.endpoint) else purges(self, *arguments)

    replace(Effects, "purges", purge)


class _BrokenKeyer:
    def __init__(self, keyer: Keyer, keep: Callable[[list[str]], list[str]]) -> None:
        self.derive = keyer.derive
        self.key_and_tags = keyer.key_and_tags
        self.seal = keyer.seal
        self.unseal = keyer.unseal
        self.purge_tags = lambda *arguments: keep(keyer.purge_tags(*arguments))
        self.call_tags = lambda plans: [tag for plan in plans for tag in keep(keyer.call_tags([plan]))]


def _wait() -> None:
    time.sleep(_dice.uniform(0, _WINDOW))


def _later(work: Callable[[], None]) -> None:
    threading.Timer(_WINDOW, work).start()
