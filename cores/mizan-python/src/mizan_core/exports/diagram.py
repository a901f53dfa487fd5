"""What makes what stale, as a picture: a flowchart in Mermaid's language.

Mutations stand on the left, contexts with their functions on the right. A line says what a call makes stale, a dotted
one what takes the call's result; words on it are the parameters that narrow it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mizan_core.engine import ENGINE
from mizan_core.introspection.description import describe
from mizan_core.introspection.specification import specification_of
from mizan_core.registry import Registry, default_registry


def diagram(registry: Registry | None = None) -> str:
    """The flowchart of the functions in *registry*, by default the default one.

    :raises GraphError: with everything that contradicts itself.
    """
    registry = default_registry if registry is None else registry
    description = describe(registry.get_all_functions())
    graph = ENGINE.compile_graph(specification_of(description)).describe()
    return "".join(line + "\n" for line in _lines(graph["functions"], graph["contexts"]))


def _lines(functions: Mapping[str, Any], contexts: Mapping[str, Any]) -> Iterator[str]:
    yield "flowchart LR"
    ids = {name: f"f{number}" for number, name in enumerate(functions)}
    targets = {target["context"] for plan in functions.values() for target in (*plan["affects"], *plan["merge"])}
    places = {name: f"c{number}" for number, name in enumerate(sorted(contexts.keys() | targets))}
    for name, place in places.items():
        yield f'  subgraph {place}["{_text(name)}"]'
        for function in contexts.get(name, {"functions": ()})["functions"]:
            yield f'    {ids[function]}["{_text(function)}"]'
        yield "  end"
    for name, plan in functions.items():
        if plan["affects"] or plan["merge"]:
            yield f'  {ids[name]}(["{_text(name)}"])'
    for name, plan in functions.items():
        for target in plan["affects"]:
            end = places[target["context"]] if target["function"] is None else ids[target["function"]]
            yield f"  {ids[name]} -->{_label(target['scope'])} {end}"
        for target in plan["merge"]:
            yield f"  {ids[name]} -.->{_label(target['scope'])} {ids[target['slot']]}"


def _label(scope: list[str]) -> str:
    return f'|"{_text(", ".join(scope))}"|' if scope else ""


def _text(name: str) -> str:
    """A name inside quotes; Mermaid spells what would end them as HTML does."""
    return name.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
