"""Which tags bundles have and what changes them, and where bundles are kept (protocol.md section 10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mizan_core.cache.bypass import Bypass, BypassReason
from mizan_core.cache.flights import Flights
from mizan_core.cache.readings import ReadingReports
from mizan_core.cache.store import Purge, Store
from mizan_core.client.cache_policy import CachePolicy
from mizan_core.engine import ENGINE
from mizan_core.engine.contract import CallPlan, Keyer
from mizan_core.interface.endpoint import Endpoint
from mizan_core.viewer import Viewer

DEFAULT_TTL = 3_600


class BundlePolicy(NamedTuple):
    """What the functions of a context say together: the most careful of each."""

    caching: Caching
    ttl: int
    shared: bool
    vary: tuple[str, ...]
    rev: int

    @classmethod
    def of(cls, caching: Caching | None, endpoints: Sequence[Endpoint]) -> BundlePolicy | Bypass:
        """A bypass when there is no cache, or one of the functions must never be cached."""
        if caching is None:
            return Bypass(BypassReason.NO_SECRET)
        never = next((endpoint.name for endpoint in endpoints if endpoint.function.declaration.cache is False), None)
        if never is not None:
            return Bypass(BypassReason.NEVER, never)
        declarations = [endpoint.function.declaration for endpoint in endpoints]
        policies = [declaration.cache or CachePolicy() for declaration in declarations]
        return cls(
            caching,
            ttl=min((policy.ttl for policy in policies if policy.ttl is not None), default=DEFAULT_TTL),
            shared=all(policy.shared for policy in policies),
            vary=tuple(sorted({name for policy in policies for name in policy.vary})),
            rev=max(declaration.rev for declaration in declarations),
        )


class BundleKey(NamedTuple):
    """Where a bundle is kept, and what makes it invalid."""

    caching: Caching
    context: str
    key: str
    tags: list[str]
    ttl: int
    vary: tuple[str, ...]


class Tagging:
    """The tags of one interface's bundles: for its cache, and for those who watch whether there is a cache or not.

    :param store: keeps the versions of tags.
    :param scopes: the parameter names of each scope that a purge can have, by context.
    """

    def __init__(self, store: Store, keyer: Keyer, scopes: Mapping[str, list[list[str]]]) -> None:
        self.store = store
        self._keyer = keyer
        self._scopes = scopes

    def tags(self, context: str, params: dict[str, Any]) -> list[str]:
        """Those of a bundle."""
        return self._keyer.key_and_tags(context, params, None, 0, {}, self._scopes[context])[1]

    def purge_of(self, plans: Sequence[CallPlan]) -> Purge | None:
        """The purge of what calls make stale; None where nothing is."""
        return self._purge(self._keyer.call_tags(plans))

    def named_purge(self, context: str, params: Mapping[str, Any]) -> Purge | None:
        """The purge that server code asks for by name: broad where entries have no tag for just these parameters."""
        known = sorted(params) in self._scopes[context]
        return self._purge(self._keyer.purge_tags(context, dict(params) if known else {}))

    def whole_purge(self, contexts: Iterable[str]) -> Purge | None:
        """The purge of all bundles of *contexts*."""
        return self._purge([tag for context in contexts for tag in self._keyer.purge_tags(context, {})])

    def _purge(self, tags: list[str]) -> Purge | None:
        return Purge(self.store, tags, self.store.promise(tags)) if tags else None


class Caching(Tagging):
    """The cache of one interface. The parameters are those of ``Tagging``."""

    def __init__(self, store: Store, keyer: Keyer, scopes: Mapping[str, list[list[str]]]) -> None:
        super().__init__(store, keyer, scopes)
        self.flights = Flights()
        self.reports = ReadingReports()

    def bundle_key(
        self,
        context: str,
        policy: BundlePolicy,
        params: dict[str, Any],
        viewer: Viewer,
        header: Callable[[str], str | None],
    ) -> BundleKey | Bypass:
        """Where the bundle is kept; or why it is not, for a viewer whose bundles cannot be told from another's."""
        if not policy.shared and viewer.authenticated and viewer.id is None:
            return Bypass(BypassReason.VIEWER_WITHOUT_ID)
        varying: dict[str, Any] = {name: header(name) for name in policy.vary}
        if not policy.shared and viewer.staff:
            varying[":staff"] = True
        if not policy.shared and viewer.superuser:
            varying[":super"] = True
        user = None if policy.shared else viewer.id
        key, tags = self._keyer.key_and_tags(context, params, user, policy.rev, varying, self._scopes[context])
        return BundleKey(self, context, key, tags, policy.ttl, policy.vary)


def is_same(left: Any, right: Any) -> bool:
    """Whether two identities are one; Python's ``==`` takes True for 1."""
    return left is right or ENGINE.canonical_json(left) == ENGINE.canonical_json(right)
