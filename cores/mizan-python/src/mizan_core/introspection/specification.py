"""The graph specification: ``compile_graph``'s argument (docs/engine-data.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mizan_core.client import ClientFunction, Merge
from mizan_core.client.context import Context
from mizan_core.errors import GraphError
from mizan_core.identity.names import IdentityNames
from mizan_core.introspection.description import DescribedFunction, Description
from mizan_core.introspection.named_types import NamedTypes
from mizan_core.introspection.shapes import Mode, Shape


def specification_of(description: Description) -> dict[str, Any]:
    """The specification of every described function, private and view-path ones too.

    :raises GraphError: when something could not be read, types have no names of their own, or a target is a function
        that is not registered.
    """
    if description.problems:
        raise GraphError(description.problems)
    named_types = NamedTypes(description.types, _roots(description), taken={})
    names = {described.function: described.name for described in description.functions}
    problems = [*named_types.problems, *_unregistered_targets(description, names)]
    if problems:
        raise GraphError(problems)
    identities = IdentityNames()
    functions = [_function(described, named_types, names, identities) for described in description.functions]
    return {"types": named_types.types(), "functions": functions}


def _roots(description: Description) -> Iterator[tuple[Shape, Mode]]:
    for described in description.functions:
        for param in described.params:
            yield param.shape, "input"
        if described.output is not None:
            yield described.output, "output"


def _unregistered_targets(description: Description, names: Mapping[ClientFunction[..., Any], str]) -> Iterator[str]:
    for described in description.functions:
        declaration = described.function.declaration
        if not (declaration.affects or declaration.merge):
            continue
        for word, targets in (("affects", declaration.affects), ("merge", declaration.merge)):
            for said in targets:
                target = said.target if isinstance(said, Merge) else said
                if isinstance(target, ClientFunction) and target not in names:
                    yield f'function "{described.name}": {word} names {target.where}, which is not registered'


def _function(
    described: DescribedFunction,
    named_types: NamedTypes,
    names: Mapping[ClientFunction[..., Any], str],
    identities: IdentityNames,
) -> dict[str, Any]:
    function = described.function
    declaration, around = function.declaration, function.names
    narrows = declaration.context is not None or declaration.affects or declaration.merge
    return {
        "name": described.name,
        "context": declaration.context,
        "params": [
            {
                "name": param.name,
                "shape": named_types.shape(param.shape, "input"),
                "required": param.required,
                "identity": identities.name(described.name, param.name, declared.annotation, around)
                if narrows
                else None,
            }
            for param, declared in zip(described.params, function.parameters, strict=True)
        ],
        "output": None if described.output is None else named_types.shape(described.output, "output"),
        "affects": [_target(target, names) for target in declaration.affects] if declaration.affects else [],
        "merge": [_merge_target(target, names) for target in declaration.merge] if declaration.merge else [],
        "auto_scope": declaration.auto_scope,
        "private": declaration.private,
        "auth": auth_word(declaration.auth),
    }


def auth_word(auth: object) -> str | None:
    """The word for a function's ``auth``; None where everybody may call it."""
    if auth is None or isinstance(auth, str):
        return auth
    return "required" if auth is True else "custom"


def _merge_target(target: object, names: Mapping[ClientFunction[..., Any], str]) -> dict[str, str]:
    if not isinstance(target, Merge):
        return _target(target, names)
    said = {"key": target.key, "place": target.place}
    return {**_target(target.target, names), **{name: word for name, word in said.items() if word is not None}}


def _target(target: object, names: Mapping[ClientFunction[..., Any], str]) -> dict[str, str]:
    if isinstance(target, Context):
        return {"context": target.name}
    if isinstance(target, ClientFunction):
        return {"function": names[target]}
    return {"name": str(target)}
