"""One call: what its answer says, and what it makes stale in the cache (protocol.md sections 6 to 8 and 10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mizan_core.engine.pure.canonical import Json, dump, exact
from mizan_core.engine.pure.checks import bytes_argument, dict_argument, list_argument
from mizan_core.engine.pure.envelope import respond
from mizan_core.engine.pure.graph import Effect, Graph, Merge, Purge, graph_argument
from mizan_core.engine.pure.invalidation import entries_of, entry_of
from mizan_core.engine.pure.merges import merges_of
from mizan_core.engine.pure.path import root


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call entails; made by ``plan_call``.

    :param purged: the contexts that become stale in the cache, each with what its purge is narrowed to.
    """

    entries: list[Json]
    merges: list[tuple[Merge, dict[str, Json]]]
    purged: list[tuple[str, dict[str, Json]]]

    def finish(
        self, result_json: bytes, nested: Sequence[Plan] = (), refresh_json: bytes | None = None
    ) -> tuple[bytes, str | None]:
        """The body of the call's answer, and the ``X-Mizan-Invalidate`` value.

        :param result_json: the serialised result, spliced in unchanged.
        :param nested: the calls that it made; their entries stand behind its own, equal ones once.
        :param refresh_json: the serialised list of the bundles that the answer brings along, spliced in unchanged.
        """
        result = bytes_argument(result_json, "result_json")
        others = plans_argument(nested, "nested")
        refresh = None if refresh_json is None else bytes_argument(refresh_json, "refresh_json")
        entries = _distinct([*self.entries, *_stale(others)]) if others else self.entries
        return respond(result, entries, self.merges, refresh)


def plan_call(
    graph: Graph,
    function: str,
    args: dict[str, object],
    identities: dict[str, object],
    unidentified: Sequence[str] = (),
) -> Plan:
    """What a call entails; to be made before the function runs, which may change its arguments.

    :param args: the validated arguments that the caller passed, and those left at a default of None, as JSON values.
    :param identities: what tells these arguments apart (section 3).
    :param unidentified: the names of those that have no identity; they narrow no purge.
    :raises LookupError: for a function that is not in the graph.
    """
    found = graph_argument(graph).function(function)
    arguments, known = dict_argument(args, "args"), dict_argument(identities, "identities")
    return Plan(
        entries_of(found, arguments),
        merges_of(found, arguments),
        [(purge.context, _narrowed(purge, known, unidentified)) for purge in found.purges],
    )


def stale_entries(plans: Sequence[Plan]) -> list[Json]:
    """What is stale after calls whose results reach no client, equal entries once."""
    return _distinct(_stale(plans_argument(plans, "plans")))


def plans_argument(value: object, name: str) -> list[Plan]:
    """*value*, which must be a list or a tuple of plans of this engine."""
    plans = []
    for plan in value if isinstance(value, tuple) else list_argument(value, name):
        if not isinstance(plan, Plan):
            raise TypeError(f"{name}: expected Plan, not {type(plan).__name__}")
        plans.append(plan)
    return plans


def _stale(plans: Iterable[Plan]) -> Iterator[Json]:
    for plan in plans:
        yield from plan.entries
        for merge, params in plan.merges:
            known: dict[str, Json] = {name: value for name, value in params.items() if value is not None}
            yield entry_of(Effect(merge.context, merge.slot, merge.scope), known)


def _narrowed(purge: Purge, identities: dict[object, object], unidentified: Collection[str]) -> dict[str, Json]:
    """What a purge is narrowed to by a call; nothing when it is broad."""
    narrowed: dict[str, Json] = {}
    for name, is_always_there in purge.narrowing:
        identity = dict.get(identities, name)
        if identity is not None:
            narrowed[name] = exact(identity, root("identities") / name)
        elif is_always_there or name in unidentified:
            return {}
    return narrowed


def _distinct(entries: Iterable[Json]) -> list[Json]:
    return list({dump(entry): entry for entry in entries}.values())
