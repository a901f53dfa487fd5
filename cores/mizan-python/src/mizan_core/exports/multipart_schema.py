"""The body of a call with files, for OpenAPI: the arguments in one part, each file in a part of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mizan_core.exports.json_schema import Schema, shape_schema
from mizan_core.introspection.shapes import references

_FILE: Schema = {"type": "string", "contentMediaType": "application/octet-stream"}
Bodies = Mapping[str, Mapping[str, Any]]


class CallParts:
    """The parts of calls whose arguments have files among them.

    :param bodies: those of all named types.
    """

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self._with_files = _types_with_files(bodies)

    def has_files(self, arguments: str | None) -> bool:
        """Whether there are files among them."""
        return arguments in self._with_files

    def schema(self, arguments: str) -> Schema:
        """The schema of the body."""
        body = self._bodies[arguments]
        rest = self._rest_of(body)
        files = dict(self._files(body, "", required=True))
        needed = [*(["args"] if rest.get("required") else []), *(path for path in files if files[path])]
        return {
            "type": "object",
            "properties": {"args": rest, **dict.fromkeys(files, _FILE)},
            **({"required": needed} if needed else {}),
        }

    def _rest_of(self, body: Mapping[str, Any]) -> Schema:
        """What goes into the part ``args``: all but the files."""
        kept = {field["name"]: self._rest(field["shape"]) for field in body["fields"]}
        required = [field["name"] for field in body["fields"] if field["required"] and kept[field["name"]] is not None]
        return {
            "type": "object",
            "properties": {name: schema for name, schema in kept.items() if schema is not None},
            **({"required": required} if required else {}),
        }

    def _rest(self, shape: Mapping[str, Any]) -> Schema | None:
        inner = self._settled(shape)
        if inner["kind"] == "upload":
            return None
        if inner["kind"] == "list" and self._holds_files(inner):
            item = self._rest(inner["item"])
            return None if item is None else {"type": "array", "items": item}
        return self._rest_of(inner) if inner["kind"] == "struct" else shape_schema(shape)

    def _files(self, body: Mapping[str, Any], start: str, *, required: bool) -> Iterator[tuple[str, bool]]:
        """The names of the files' parts, and whether each has to be there; of a list the first one's."""
        for field in body["fields"]:
            shape, is_needed = self._settled(field["shape"]), required and field["required"]
            path = f"{start}{field['name']}"
            while shape["kind"] == "list" and self._holds_files(shape):
                shape, path, is_needed = self._settled(shape["item"]), f"{path}.0", False
            if shape["kind"] == "upload":
                yield path, is_needed
            elif shape["kind"] == "struct":
                yield from self._files(shape, f"{path}.", required=is_needed)

    def _settled(self, shape: Mapping[str, Any]) -> Mapping[str, Any]:
        """What an optional or a name comes to where files stand in it; any other shape as it is."""
        while shape["kind"] in ("optional", "ref", "alias"):
            if shape["kind"] == "ref":
                if shape["name"] not in self._with_files:
                    return shape
                shape = self._bodies[shape["name"]]
            else:
                shape = shape["shape"] if shape["kind"] == "alias" else shape["item"]
        return shape

    def _holds_files(self, shape: Mapping[str, Any]) -> bool:
        return _holds(shape) or any(name in self._with_files for name in references(shape))


def _types_with_files(bodies: Bodies) -> frozenset[str]:
    """The named types that hold a file, at any depth."""
    found = {name for name, body in bodies.items() if _holds(body)}
    growing = True
    while growing:
        further = {
            name for name, body in bodies.items() if name not in found and not found.isdisjoint(references(body))
        }
        found |= further
        growing = bool(further)
    return frozenset(found)


def _holds(part: object) -> bool:
    if isinstance(part, Mapping):
        return part.get("kind") == "upload" or any(map(_holds, part.values()))
    return isinstance(part, list) and any(map(_holds, part))
