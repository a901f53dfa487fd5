"""The interface for tools that know OpenAPI (version 3.1): a path for each function, each context, and each URL of a
function's own.

It is written from the document that clients are generated from, so it says the same; what OpenAPI has no words for
(what a mutation makes stale, how a result is merged) stands in ``x-mizan``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from mizan_core.exports.json_schema import body_schema, component, shape_schema
from mizan_core.exports.multipart_schema import CallParts
from mizan_core.exports.openapi_views import view_paths
from mizan_core.http.multipart import MULTIPART
from mizan_core.http.uploading import HEADER as CALL_HEADER
from mizan_core.introspection.description import describe
from mizan_core.introspection.document import document_of
from mizan_core.mwt import HEADER
from mizan_core.registry import Registry, default_registry

Schema = dict[str, Any]

VERSION = "3.1.0"
_TOKEN, _ERROR = "MizanToken", "MizanError"
_JSON = "application/json"
_GUARDED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_REFUSALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
_STALE: Schema = {
    "type": "array",
    "description": "What is stale now: names of contexts, or objects that narrow them.",
    "items": {"anyOf": [{"type": "string"}, {"type": "object"}]},
}


_CALL_HEADER: Schema = {
    "name": CALL_HEADER,
    "in": "header",
    "required": True,
    "description": "No form of a foreign page can send it.",
    "schema": {"enum": ["1"], "default": "1"},
}


def openapi(
    registry: Registry | None = None, *, prefix: str = "/api/mizan", title: str = "Mizan", version: str = "1"
) -> dict[str, Any]:
    """The description of the functions in *registry*, by default the default one.

    :param prefix: where the endpoints are, without a slash at the end.
    :param version: the application's, not the protocol's.
    :raises GraphError: with everything that contradicts itself.
    """
    return {
        "openapi": VERSION,
        "info": {"title": title, "version": version},
        **parts(registry, prefix=prefix),
    }


def openapi_text(registry: Registry | None = None, *, prefix: str = "/api/mizan") -> str:
    """As ``openapi``, as indented JSON that ends with a line feed."""
    return json.dumps(openapi(registry, prefix=prefix), indent=2, ensure_ascii=False) + "\n"


def parts(
    registry: Registry | None = None,
    *,
    prefix: str = "/api/mizan",
    taken: Collection[str] = (),
    views: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """``paths`` and ``components`` alone, for a description that has more.

    :param taken: the names of schemas that mean something else there: ours of these names come as ``Mizan<name>``.
    :param views: where the functions with URLs of their own are, by name; None: where their routes say.
    """
    registry = default_registry if registry is None else registry
    document = document_of(describe(registry.get_all_functions(), registry.parts))
    bodies = {item["name"]: item["body"] for item in document["types"]}
    files = CallParts(bodies)
    functions = {function["name"]: function for function in document["functions"]}
    paths = {
        f"{prefix}/call/{name}/": {"post": _call(function, files)}
        for name, function in functions.items()
        if function["transport"] != "websocket"
    }
    for context in document["contexts"]:
        members = [functions[name] for name in context["functions"]]
        paths[f"{prefix}/ctx/{context['name']}/"] = {"get": _fetch(context, members)}
    paths |= view_paths(document.get("views", []), bodies, views, [{_TOKEN: []}, {}])
    schemas = {item["name"]: body_schema(item["body"], item.get("description")) for item in document["types"]}
    schemas[_ERROR] = _error_schema({"type": "string"}, None)
    token = {"type": "apiKey", "in": "header", "name": HEADER, "description": "A token of Mizan's (MWT)."}
    own = {"paths": paths, "components": {"schemas": schemas, "securitySchemes": {_TOKEN: token}}}
    clashing = {name: f"Mizan{name}" for name in schemas if name in taken}
    return _renamed(own, clashing) if clashing else own


def _renamed(own: Schema, names: Mapping[str, str]) -> Schema:
    """*own* with other names for some of its schemas."""
    references = {component(name)["$ref"]: component(other)["$ref"] for name, other in names.items()}

    def read(part: Any) -> Any:
        if isinstance(part, dict):
            return {word: references.get(own, own) if word == "$ref" else read(own) for word, own in part.items()}
        return [read(item) for item in part] if isinstance(part, list) else part

    renamed: Schema = read(own)
    schemas = renamed["components"]["schemas"]
    renamed["components"]["schemas"] = {names.get(name, name): schema for name, schema in schemas.items()}
    return renamed


def _call(function: Mapping[str, Any], files: CallParts) -> Schema:
    arguments = function["input"]
    has_files = files.has_files(arguments)
    media, body = (MULTIPART, files.schema(arguments)) if has_files else (_JSON, _json_body(arguments))
    answer: Schema = {
        "type": "object",
        "required": ["result"],
        "properties": {
            "result": component(function["output"]),
            "invalidate": _STALE,
            "merge": {"type": "array", "items": {"type": "object"}},
        },
    }
    refusals = [*_REFUSALS, *(_GUARDED if function["auth"] is not None else ())]
    return {
        **_operation(function, "call"),
        **({"parameters": [_CALL_HEADER]} if has_files else {}),
        "requestBody": {"required": True, "content": {media: {"schema": body}}},
        "responses": _responses(answer, refusals, function.get("errors", ())),
        "x-mizan": {name: function[name] for name in ("affects", "merge", "idempotent") if function[name]},
    }


def _json_body(arguments: str | None) -> Schema:
    if arguments is None:
        return {"type": "object", "properties": {"args": {"type": "object"}}}
    return {"type": "object", "properties": {"args": component(arguments)}, "required": ["args"]}


def _fetch(context: Mapping[str, Any], members: Sequence[Mapping[str, Any]]) -> Schema:
    guarded = [function for function in members if function["auth"] is not None]
    answer = {
        "type": "object",
        "required": [function["name"] for function in members],
        "properties": {function["name"]: component(function["output"]) for function in members},
    }
    refusals = [*_REFUSALS, *(_GUARDED if guarded else ())]
    errors = [error for function in members for error in function.get("errors", ())]
    return {
        "operationId": f"fetch_{context['name']}",
        "summary": f"The context {context['name']}: {', '.join(context['functions'])}",
        "tags": ["Mizan contexts"],
        "parameters": [_parameter(param) for param in context["params"]],
        "responses": _responses(answer, refusals, errors),
        **({"security": [{_TOKEN: []}, {}]} if guarded else {}),
    }


def _operation(function: Mapping[str, Any], kind: str) -> Schema:
    summary, _, description = (function["description"] or "").partition("\n")
    context = function["context"]
    return {
        "operationId": f"{kind}_{function['name']}",
        **({"summary": summary} if summary else {}),
        **({"description": description.strip()} if description.strip() else {}),
        "tags": ["Mizan functions" if context is None else f"Mizan functions of {context}"],
        # Without a token the framework's own login counts, if there is one.
        **({"security": [{_TOKEN: []}, {}]} if function["auth"] is not None else {}),
    }


def _parameter(param: Mapping[str, Any]) -> Schema:
    return {
        "name": param["name"],
        "in": "query",
        "required": param["required"],
        "schema": shape_schema(param["shape"]),
    }


def _responses(answer: Schema, refusals: Iterable[HTTPStatus], errors: Iterable[Mapping[str, Any]]) -> Schema:
    responses: Schema = {"200": {"description": "The answer.", "content": {_JSON: {"schema": answer}}}}
    for status in refusals:
        responses[str(status.value)] = _refusal(status.phrase, component(_ERROR))
    declared: dict[str, dict[str, Schema]] = {}
    for error in errors:
        schema = _error_schema({"const": error["code"]}, error["data"])
        declared.setdefault(str(error["status"]), {})[error["code"]] = schema
    for code, schemas in declared.items():
        known = [component(_ERROR)] if code in responses else []
        choices: list[Schema] = [*schemas.values(), *known]
        schema = choices[0] if len(choices) == 1 else {"anyOf": choices}
        responses[code] = _refusal(", ".join(sorted(schemas)), schema)
    return responses


def _refusal(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {_JSON: {"schema": schema}}}


def _error_schema(code: Schema, data: str | None) -> Schema:
    properties: Schema = {"code": code, "message": {"type": "string"}}
    if data is None:
        properties["details"] = {}
    else:
        properties["data"] = component(data)
    required = ["code", "message", *(["data"] if data is not None else [])]
    return {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {"type": "object", "required": required, "properties": properties},
            "invalidate": _STALE,
        },
    }
