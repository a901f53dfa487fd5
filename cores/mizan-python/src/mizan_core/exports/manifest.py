"""The edge manifest, version 1: what a cache in front of the server has to know of the functions (docs/edge.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mizan_core.client.cache_policy import CachePolicy
from mizan_core.engine import ENGINE
from mizan_core.interface.caching import DEFAULT_TTL
from mizan_core.introspection.description import DescribedFunction, describe
from mizan_core.introspection.specification import auth_word, specification_of
from mizan_core.registry import Registry, default_registry

VERSION = 1
EDGE_TTL = 60
"""Seconds that an edge keeps an entry, at most: what is put there after a purge stays as long."""


def manifest(registry: Registry | None = None, *, base: str = "/api/mizan") -> dict[str, Any]:
    """The manifest of the functions in *registry*, by default the default one.

    :param base: where the endpoints are, without a slash at the end.
    :raises GraphError: with everything that contradicts itself.
    """
    registry = default_registry if registry is None else registry
    description = describe(registry.get_all_functions())
    graph = ENGINE.compile_graph(specification_of(description)).describe()
    functions = {described.name: described for described in description.functions}
    contexts = {
        name: _context(name, members, context["params"], base)
        for name, context in graph["contexts"].items()
        if (members := [functions[member] for member in context["functions"] if functions[member].is_public])
    }
    mutations = {
        name: _mutation(functions[name], plan)
        for name, plan in graph["functions"].items()
        if plan["affects"] or plan["merge"]
    }
    return {"version": VERSION, "base": base, "contexts": contexts, "mutations": mutations}


def manifest_text(registry: Registry | None = None, *, base: str = "/api/mizan") -> str:
    """As ``manifest``, as indented JSON that ends with a line feed."""
    return json.dumps(manifest(registry, base=base), indent=2, ensure_ascii=False) + "\n"


def _context(name: str, members: Sequence[DescribedFunction], params: Sequence[str], base: str) -> dict[str, Any]:
    ttl, is_shared = _policy(members)
    render = "never" if ttl == 0 else "shared" if is_shared else "viewer"
    return {
        "endpoint": f"{base}/ctx/{name}/",
        "functions": [_function(described) for described in members],
        "params": list(params),
        "shared": is_shared,
        "render": render,
        "ttl": min(ttl, EDGE_TTL) if render == "shared" else 0,
    }


def _policy(members: Sequence[DescribedFunction]) -> tuple[int, bool]:
    """How long a bundle may be kept, and whether one serves all viewers: declared, never guessed.

    What anybody may not see, or what varies by headers, an edge cannot share.
    """
    rules = [described.function.declaration.cache for described in members]
    policies = [rule if isinstance(rule, CachePolicy) else CachePolicy() for rule in rules]
    ttl = min((policy.ttl for policy in policies if policy.ttl is not None), default=DEFAULT_TTL)
    is_open = not any(described.function.declaration.auth is not None for described in members)
    is_shared = is_open and all(policy.shared and not policy.vary for policy in policies)
    return (0 if any(rule is False for rule in rules) else ttl), is_shared


def _function(described: DescribedFunction) -> dict[str, Any]:
    declaration = described.function.declaration
    if declaration.route is None:
        return {"name": described.name, "path": "rpc"}
    methods = list(declaration.methods or ("GET",))
    return {"name": described.name, "path": "view", "route": declaration.route, "methods": methods}


def _mutation(described: DescribedFunction, plan: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{word: value for word, value in _function(described).items() if word != "name"},
        "affects": [
            {"context": target["context"], "scope": list(target["scope"])}
            for target in (*plan["affects"], *plan["merge"])
        ],
        "private": plan["private"],
        "auth": auth_word(described.function.declaration.auth),
    }
