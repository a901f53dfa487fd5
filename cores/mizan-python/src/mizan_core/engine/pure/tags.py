"""Tags (protocol.md section 10): what a purge changes, and what an entry stays valid by."""

from __future__ import annotations

from mizan_core.engine.pure.canonical import Json, dump, plain
from mizan_core.engine.pure.checks import list_argument, text_argument
from mizan_core.engine.pure.hs256 import Hs256
from mizan_core.engine.pure.path import root
from mizan_core.engine.pure.plan import Plan

TAG_DIGITS = 32


def entry_tags(mac: Hs256, context: str, params: dict[str, Json], scopes: object) -> list[str]:
    """The context's tag, and one for each scope, in their order.

    :param params: the entry's, in their plain form.
    :param scopes: as ``CacheKeyer.key_and_tags`` takes them.
    """
    names = [] if scopes is None else _names(scopes)
    return [_context_tag(context), *(_entry_tag(mac, context, scope, params) for scope in names)]


def purge_tags(mac: Hs256, context: str, params: dict[str, Json]) -> list[str]:
    """The context's tag, or the two of the scope that *params*, in their plain form, narrow it to."""
    if not params:
        return [_context_tag(context)]
    return [_exact_tag(mac, context, params), _any_tag(mac, context, sorted(params))]


def call_tags(mac: Hs256, plans: list[Plan]) -> list[str]:
    """The tags that calls make stale, each once."""
    purged = (scope for plan in plans for scope in plan.purged)
    tags = (tag for context, identities in purged for tag in purge_tags(mac, context, _plain(identities)))
    return list(dict.fromkeys(tags))


def _plain(identities: dict[str, Json]) -> dict[str, Json]:
    """*identities* in their plain form, on the level that they have in what is hashed."""
    return {name: plain(identity, root("identities") / name, depth=3) for name, identity in identities.items()}


def _names(scopes: object) -> list[list[str]]:
    """Each scope's names, sorted, each name once."""
    return [
        sorted({text_argument(name, "scopes") for name in list_argument(scope, "scopes")})
        for scope in list_argument(scopes, "scopes")
    ]


def _entry_tag(mac: Hs256, context: str, scope: list[str], values: dict[str, Json]) -> str:
    """The tag of an entry for one scope; an entry that lacks a value may show the state of any."""
    if all(values.get(name) is not None for name in scope):
        return _exact_tag(mac, context, {name: values[name] for name in scope})
    return _any_tag(mac, context, scope)


def _exact_tag(mac: Hs256, context: str, values: dict[str, Json]) -> str:
    return _tag(mac, context, {"c": context, "s": values})


def _any_tag(mac: Hs256, context: str, names: list[str]) -> str:
    return _tag(mac, context, {"c": context, "w": [*names]})


def _tag(mac: Hs256, context: str, scope: dict[str, Json]) -> str:
    digest = mac.sign(dump(scope).encode("ascii"))
    return f"{_context_tag(context)}:{digest.hex()[:TAG_DIGITS]}"


def _context_tag(context: str) -> str:
    return f"tag:{context}"
