"""What is registered, as a table: contexts and their functions, mutations and what they make stale, who may call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mizan_core.client import ClientFunction
from mizan_core.engine import ENGINE
from mizan_core.introspection.description import DescribedFunction, describe
from mizan_core.introspection.specification import auth_word, specification_of
from mizan_core.registry import Registry, default_registry

_EVERYBODY = "-"


class Row(NamedTuple):
    """One function.

    :param kind: ``context NAME``, ``mutation``, ``function`` or ``view``; behind it the methods and the route of its
        own, and ``private`` where clients cannot call it.
    :param effects: what it makes stale or merges, with the parameters that narrow it.
    """

    name: str
    arguments: str
    kind: str
    auth: str
    effects: Sequence[str]


def rows(registry: Registry | None = None) -> list[Row]:
    """The functions of *registry*, by default the default one: contexts first, each with its functions.

    :raises GraphError: with everything that contradicts itself.
    """
    registry = default_registry if registry is None else registry
    description = describe(registry.get_all_functions())
    plans = ENGINE.compile_graph(specification_of(description)).describe()["functions"]
    found = [_row(described, plans[described.name]) for described in description.functions]
    return sorted(found, key=lambda row: (not row.kind.startswith("context "), row.kind, row.name))


def listing(registry: Registry | None = None) -> str:
    """The table, ending with a line feed; a sentence where nothing is registered.

    :raises GraphError: with everything that contradicts itself.
    """
    found = rows(registry)
    if not found:
        return "No function is registered.\n"
    heading = Row("FUNCTION", "ARGUMENTS", "KIND", "WHO", ("MAKES STALE",))
    widths = [max(len(str(row[column])) for row in [heading, *found]) for column in range(4)]
    return "".join(line + "\n" for row in [heading, *found] for line in _lines(row, widths))


def effects_of(plan: Mapping[str, Any]) -> Iterator[str]:
    """What a function makes stale or merges, a text each; *plan* is its part of the described graph."""
    for target in plan["affects"]:
        function = "" if target["function"] is None else f".{target['function']}"
        yield f"{target['context']}{function}{_scope(target)}"
    for target in plan["merge"]:
        yield f"{target['context']}.{target['slot']}{_scope(target)} ({target['mode']})"


def _row(described: DescribedFunction, plan: Mapping[str, Any]) -> Row:
    arguments = ", ".join(param.name if param.required else f"{param.name}?" for param in described.params)
    who = auth_word(described.function.declaration.auth) or _EVERYBODY
    return Row(described.name, arguments, _kind(described.function, plan), who, tuple(effects_of(plan)))


def _kind(function: ClientFunction[..., Any], plan: Mapping[str, Any]) -> str:
    if plan["context"] is not None:
        kind = f"context {plan['context']}"
    elif function.is_view:
        kind = "view"
    else:
        kind = "mutation" if plan["affects"] or plan["merge"] else "function"
    declaration = function.declaration
    where = "" if declaration.route is None else f" {','.join(declaration.methods)} {declaration.route}"
    return f"{kind}{where}, private" if plan["private"] else f"{kind}{where}"


def _scope(target: Mapping[str, Any]) -> str:
    return f"({', '.join(target['scope'])})" if target["scope"] else ""


def _lines(row: Row, widths: Sequence[int]) -> Iterator[str]:
    """A line for each effect, the first beside the function."""
    cells = "  ".join(str(text).ljust(width) for text, width in zip(row[:4], widths, strict=True))
    first, *further = row.effects or ("",)
    yield f"{cells}  {first}".rstrip()
    for effect in further:
        yield f"{' ' * len(cells)}  {effect}"
