"""The interface document: ``emit_ir``'s argument (docs/engine-data.md, protocol.md section 11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mizan_core.engine import ENGINE
from mizan_core.errors import GraphError
from mizan_core.introspection.description import DescribedFunction, Description
from mizan_core.introspection.naming import camel_case
from mizan_core.introspection.shapes import Body, Mode, Shape
from mizan_core.introspection.specification import auth_word, specification_of
from mizan_core.introspection.types import TypeTable
from mizan_core.introspection.vocabulary import Vocabulary


def document_of(description: Description) -> dict[str, Any]:
    """The document of the functions that clients know.

    :raises GraphError: with everything that contradicts itself.
    """
    description.check()
    graph = ENGINE.compile_graph(specification_of(description)).describe()
    writer = _Writer(description)
    problems = [*client_name_problems(description), *writer.vocabulary.problems]
    if problems:
        raise GraphError(problems)
    return writer.write(graph["functions"])


def client_name_problems(description: Description) -> list[str]:
    """Functions whose names come out as one name for clients, or as none."""
    groups: dict[str, list[str]] = {}
    for described in filter(_is_public, description.functions):
        groups.setdefault(camel_case(described.name), []).append(f'"{described.name}"')
    problems = [
        f'functions {" and ".join(names)} are both "{camel}" for clients; rename all but one'
        for camel, names in groups.items()
        if len(names) > 1
    ]
    problems += [
        f'function {names[0]} would be "{camel}" for clients, which is no identifier; rename it'
        for camel, names in groups.items()
        if not camel.isidentifier()
    ]
    return problems


class _Writer:
    """Writes one document; its parts need the names that all parts together lead to."""

    def __init__(self, description: Description) -> None:
        self._functions = [described for described in description.functions if _is_public(described)]
        self._outputs = {described.name: _output(described, description.types) for described in self._functions}
        roots: list[tuple[Shape, Mode]] = [(body, "output") for body, _ in self._outputs.values()]
        roots += [(param.shape, "input") for described in self._functions for param in described.params]
        taken = {camel_case(described.name) + end for described in self._functions for end in ("Input", "Output")}
        self.vocabulary = Vocabulary(description.types, roots, taken)

    def write(self, plans: Mapping[str, Any]) -> dict[str, Any]:
        types = {**self.vocabulary.types()}
        for described in self._functions:
            types.update(self._own_types(described))
        return {
            "types": [{"name": name, "body": body} for name, body in sorted(types.items())],
            "functions": [self._function(described, plans[described.name]) for described in self._functions],
            "contexts": self._contexts(),
        }

    def _own_types(self, described: DescribedFunction) -> dict[str, Body]:
        camel = camel_case(described.name)
        body, _ = self._outputs[described.name]
        types = {f"{camel}Output": self.vocabulary.body(body, "output")}
        if described.params:
            fields = [
                {
                    "name": param.name,
                    "required": param.required,
                    **param.default,
                    "shape": self.vocabulary.shape(param.shape, "input"),
                }
                for param in described.params
            ]
            types[f"{camel}Input"] = {"kind": "struct", "fields": fields}
        return types

    def _function(self, described: DescribedFunction, plan: Mapping[str, Any]) -> dict[str, Any]:
        declaration, camel = described.function.declaration, camel_case(described.name)
        known = {None, *self._outputs}
        return {
            "name": described.name,
            "camel": camel,
            "transport": "http",
            "auth": auth_word(declaration.auth),
            "context": declaration.context,
            "affects": [
                {"context": target["context"], "function": target["function"]}
                for target in plan["affects"]
                if target["function"] in known
            ],
            "merge": [
                {"context": target["context"], "slot": target["slot"]}
                for target in plan["merge"]
                if target["slot"] in known
            ],
            "input": f"{camel}Input" if described.params else None,
            "output": f"{camel}Output",
            "nullable": self._outputs[described.name][1],
        }

    def _contexts(self) -> list[dict[str, Any]]:
        groups: dict[str, list[DescribedFunction]] = {}
        for described in self._functions:
            context = described.function.declaration.context
            if context is not None:
                groups.setdefault(context, []).append(described)
        return [
            {
                "name": name,
                "functions": [described.name for described in members],
                "params": self._context_params(members),
            }
            for name, members in sorted(groups.items())
        ]

    def _context_params(self, members: Sequence[DescribedFunction]) -> list[dict[str, Any]]:
        sharing: dict[str, list[tuple[str, Any]]] = {}
        for described in members:
            for param in described.params:
                sharing.setdefault(param.name, []).append((described.name, param))
        return [
            {
                "name": name,
                "required": len(shared) == len(members) and all(param.required for _, param in shared),
                "shape": self.vocabulary.shape(shared[0][1].shape, "input"),
                "shared_by": [function for function, _ in shared],
            }
            for name, shared in sorted(sharing.items())
        ]


def _is_public(described: DescribedFunction) -> bool:
    return described.is_public


def _output(described: DescribedFunction, types: TypeTable) -> tuple[Body, bool]:
    """The body of a function's output type, and whether the result may be None instead.

    A model's is a struct of its own, anything else an alias; names around the type are seen through.
    """
    shape, nullable, seen = described.output or {}, False, set[str]()
    while shape["kind"] in ("optional", "ref"):
        if shape["kind"] == "optional":
            shape, nullable = shape["item"], True
            continue
        settled = types.settle(shape["name"], "output")
        if not isinstance(settled, str):
            shape = settled
            continue
        body = types[settled].bodies["output"]
        if body["kind"] == "struct":
            return body, nullable
        if settled in seen:
            break
        seen.add(settled)
        shape = body["shape"]
    return {"kind": "alias", "shape": shape}, nullable
