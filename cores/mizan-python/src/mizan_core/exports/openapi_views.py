"""Functions with URLs of their own, for OpenAPI: an operation for each of their methods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mizan_core.exports.json_schema import Schema, shape_schema
from mizan_core.http.multipart import MULTIPART

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
_QUERIED = ("GET", "HEAD", "DELETE")
"""Methods whose parameters stand in the query, where they are not in the path."""


def view_paths(
    views: list[dict[str, Any]],
    bodies: Mapping[str, Mapping[str, Any]],
    places: Mapping[str, str] | None,
    security: list[Schema],
) -> dict[str, Schema]:
    """The paths of functions with URLs of their own.

    :param views: as the interface's document has them.
    :param bodies: of all named types.
    :param places: where they are, by name, as OpenAPI writes a path; the others are left out. None: at their routes.
    :param security: of those that have an ``auth``.
    """
    paths: dict[str, Schema] = {}
    for view in views:
        path = _PLACE.sub(r"{\1}", view["path"]) if places is None else places.get(view["name"])
        if path is None:
            continue
        fields = [] if view["input"] is None else bodies[view["input"]]["fields"]
        there = {*_PLACE.findall(view["path"])}
        for method in view["methods"]:
            operation = _operation(view, method, fields, there)
            paths.setdefault(path, {})[method.lower()] = operation
            if view["auth"] is not None:
                operation["security"] = security
    return paths


def _operation(view: Mapping[str, Any], method: str, fields: list[dict[str, Any]], there: set[str]) -> Schema:
    summary, _, description = (view["description"] or "").partition("\n")
    several = len(view["methods"]) > 1
    inside = [field for field in fields if field["name"] in there]
    others = [field for field in fields if field["name"] not in there]
    parameters = [_parameter(field, "path") for field in inside]
    body: Schema = {}
    if method in _QUERIED:
        parameters += [_parameter(field, "query") for field in others]
    elif others:
        body = {"requestBody": {"required": any(field["required"] for field in others), "content": _content(others)}}
    return {
        "operationId": f"view_{view['name']}_{method.lower()}" if several else f"view_{view['name']}",
        **({"summary": summary} if summary else {}),
        **({"description": description.strip()} if description.strip() else {}),
        "tags": ["Mizan views"],
        **({"parameters": parameters} if parameters else {}),
        **body,
        "responses": {
            "200": {"description": "What the function answers."},
            "default": {"description": "A refusal, a redirect, or what else the function answers."},
        },
        **({"x-mizan": {"affects": view["affects"]}} if view["affects"] else {}),
    }


def _parameter(field: Mapping[str, Any], place: str) -> Schema:
    required = place == "path" or field["required"]
    return {"name": field["name"], "in": place, "required": required, "schema": shape_schema(field["shape"])}


def _content(fields: list[dict[str, Any]]) -> Schema:
    """What may be sent: JSON or a form, or a form with files."""
    schema: Schema = {"type": "object", "properties": {field["name"]: shape_schema(field["shape"]) for field in fields}}
    required = [field["name"] for field in fields if field["required"]]
    if required:
        schema["required"] = required
    if any("upload" in _kinds(field["shape"]) for field in fields):
        return {MULTIPART: {"schema": schema}}
    call = {"type": "object", "properties": {"args": schema}, **({"required": ["args"]} if required else {})}
    return {_JSON: {"schema": call}, _FORM: {"schema": schema}}


def _kinds(shape: Mapping[str, Any]) -> Iterator[str]:
    yield shape["kind"]
    if "item" in shape:
        yield from _kinds(shape["item"])
