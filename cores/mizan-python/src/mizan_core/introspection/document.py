"""The interface document: ``emit_ir``'s argument (docs/engine-data.md, protocol.md section 11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mizan_core.client.cache_policy import CacheRule
from mizan_core.client.options import Declaration
from mizan_core.engine import ENGINE
from mizan_core.errors import GraphError
from mizan_core.introspection.description import DescribedFunction, Description
from mizan_core.introspection.docs import docstring
from mizan_core.introspection.named_types import NamedTypes
from mizan_core.introspection.naming import camel_case, pascal_case
from mizan_core.introspection.part_documents import (
    channel_bodies,
    channel_document,
    channel_roots,
    channel_types,
    composition_documents,
    error_documents,
    form_documents,
    name_problems,
    part_problems,
    view_document,
)
from mizan_core.introspection.shapes import Body, Mode, Shape, reference
from mizan_core.introspection.specification import auth_word, specification_of
from mizan_core.introspection.types import TypeTable


def document_of(description: Description) -> dict[str, Any]:
    """The document of the functions that clients know.

    :raises GraphError: with everything that contradicts itself.
    """
    graph = ENGINE.compile_graph(specification_of(description)).describe()
    writer = _Writer(description)
    problems = [*client_name_problems(description), *part_problems(description), *writer.named_types.problems]
    if problems:
        raise GraphError(problems)
    return writer.write(graph["functions"])


def client_name_problems(description: Description) -> list[str]:
    """Functions whose names come out as one name for clients, or as none."""
    known = [described.name for described in description.functions if described.is_public or described.is_page]
    return list(name_problems("function", known))


class _Writer:
    """Writes one document; its parts need the names that all parts together lead to."""

    def __init__(self, description: Description) -> None:
        self._description = description
        self._functions = [described for described in description.functions if described.is_public]
        self._pages = [described for described in description.functions if described.is_page]
        self._outputs = {described.name: _output(described, description.types) for described in self._functions}
        roots: list[tuple[Shape, Mode]] = [(shape, "output") for shape, _ in self._outputs.values()]
        for described in (*self._functions, *self._pages):
            roots += [(param.shape, "input") for param in described.params]
            roots += [(error.data, "output") for error in described.errors if error.data is not None]
        for channel in description.channels:
            roots += channel_roots(channel, description.types)
        roots += [(shape, "input") for form in description.forms for shape in form.shapes]
        self.named_types = NamedTypes(description.types, roots, self._function_types())

    def _function_types(self) -> dict[str, str | None]:
        """The names of functions' types; that of an output may be the returned type's own."""
        names: dict[str, str | None] = {}
        for described in self._functions:
            shape, _ = self._outputs[described.name]
            names[_input_name(described)] = None
            names[_output_name(described)] = shape["name"] if shape["kind"] == "ref" else None
        for described in self._pages:
            names[_input_name(described)] = None
        for channel in self._description.channels:
            names.update((name, None) for _, name, _, _ in channel_types(channel))
        return names

    def write(self, plans: Mapping[str, Any]) -> dict[str, Any]:
        types = {**self.named_types.types()}
        for described in self._functions:
            types.update(self._own_types(described))
        for described in self._pages:
            types.update(self._input_type(described))
        for channel in self._description.channels:
            types.update(channel_bodies(channel, self.named_types, self._description.types))
        said = self.named_types.descriptions()
        whole: dict[str, Any] = {
            "types": [
                {"name": name, **({"description": said[name]} if name in said else {}), "body": body}
                for name, body in sorted(types.items())
            ],
            "functions": [self._function(described, plans[described.name]) for described in self._functions],
            "contexts": self._contexts(),
        }
        rare = {
            "channels": [channel_document(channel) for channel in self._description.channels],
            "forms": form_documents(self._description, self.named_types),
            "views": [self._view(described, plans[described.name]) for described in self._pages],
            "compositions": composition_documents(self._description),
        }
        return whole | {name: parts for name, parts in rare.items() if parts}

    def _view(self, described: DescribedFunction, plan: Mapping[str, Any]) -> dict[str, Any]:
        return view_document(described, self._affects(plan), _input_name(described) if described.params else None)

    def _own_types(self, described: DescribedFunction) -> dict[str, Body]:
        output = self.named_types.shape(self._outputs[described.name][0], "output")
        types: dict[str, Body] = {}
        if output != reference(_output_name(described)):
            types[_output_name(described)] = {"kind": "alias", "shape": output}
        return {**types, **self._input_type(described)}

    def _input_type(self, described: DescribedFunction) -> dict[str, Body]:
        """The type of a function's arguments, if it has any."""
        if not described.params:
            return {}
        fields = [
            {
                "name": param.name,
                "required": param.required,
                **param.default,
                **({} if param.description is None else {"description": param.description}),
                "shape": self.named_types.shape(param.shape, "input"),
            }
            for param in described.params
        ]
        return {_input_name(described): {"kind": "struct", "fields": fields}}

    def _function(self, described: DescribedFunction, plan: Mapping[str, Any]) -> dict[str, Any]:
        declaration = described.function.declaration
        known = {None, *self._outputs}
        errors = error_documents(described, self.named_types)
        return {
            "name": described.name,
            "description": docstring(described.function.function),
            "idempotent": declaration.idempotent,
            "camel": camel_case(described.name),
            "transport": _transport(declaration),
            "auth": auth_word(declaration.auth),
            "context": declaration.context,
            "cache": _cache(declaration.cache),
            "affects": self._affects(plan),
            "merge": [
                {name: word for name, word in target.items() if name != "scope"}
                for target in plan["merge"]
                if target["slot"] in known
            ],
            "input": _input_name(described) if described.params else None,
            "output": _output_name(described),
            "nullable": self._outputs[described.name][1],
            **({"errors": errors} if errors else {}),
        }

    def _affects(self, plan: Mapping[str, Any]) -> list[dict[str, Any]]:
        known = {None, *self._outputs}
        return [
            {"context": target["context"], "function": target["function"]}
            for target in plan["affects"]
            if target["function"] in known
        ]

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
                "shape": self.named_types.shape(shared[0][1].shape, "input"),
                "shared_by": [function for function, _ in shared],
            }
            for name, shared in sorted(sharing.items())
        ]


def _transport(declaration: Declaration) -> str:
    """How clients call a function: the socket is for those that ask for it."""
    if not declaration.websocket:
        return "http"
    return "both" if declaration.http else "websocket"


def _cache(rule: CacheRule) -> dict[str, Any] | None:
    """What a function says about caching: 0 seconds for never, None for the server's own time to live."""
    if rule is None:
        return None
    return {"ttl": 0, "shared": False} if rule is False else {"ttl": rule.ttl, "shared": rule.shared}


def _input_name(described: DescribedFunction) -> str:
    return f"{pascal_case(described.name)}Input"


def _output_name(described: DescribedFunction) -> str:
    return f"{pascal_case(described.name)}Output"


def _output(described: DescribedFunction, types: TypeTable) -> tuple[Shape, bool]:
    """What a function returns other than None, and whether it may return None.

    Names of something that may be None are seen through; other names stay.
    """
    whole = described.output or {}
    seen: set[str] = set()
    shape, inner = whole, _without_none(whole, types, seen)
    while inner is not None:
        shape, inner = inner, _without_none(inner, types, seen)
    nullable = shape is not whole
    if shape["kind"] != "ref":
        return shape, nullable
    settled = types.settle(shape["name"], "output")
    return (reference(settled) if isinstance(settled, str) else settled), nullable


def _without_none(shape: Shape, types: TypeTable, seen: set[str]) -> Shape | None:
    """What an optional shape holds, or one that a name stands for; None when it is neither."""
    while shape["kind"] == "ref":
        settled = types.settle(shape["name"], "output")
        if not isinstance(settled, str):
            shape = settled
            continue
        body = types[settled].bodies["output"]
        if settled in seen or body["kind"] != "alias":
            return None
        seen.add(settled)
        shape = body["shape"]
    return shape["item"] if shape["kind"] == "optional" else None
