"""Reading the interface document from plain data (docs/engine-data.md): the members of each part, and their types."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from mizan_core.engine.pure.constraints import CHECKS, read_checks, read_count
from mizan_core.engine.pure.reader import Reader, check_reference, check_unique
from mizan_core.engine.pure.shape import ENDLESS_ALIAS, endless_alias, read_body, read_literal, read_scalar, read_shape

Part: TypeAlias = dict[str, Any]
"""A checked part of the document, as plain data."""

AUTH_WORDS = ("required", "staff", "superuser", "custom")
BOUNDS = ("min_forms", "max_forms")
MESSAGES = ("params", "react_message", "server_message")
FIELD_TEXTS = ("widget", "label", "help")
_TRANSPORTS = ("http", "websocket", "both")
_MODES = ("replace", "upsert", "refetch")
_PLACES = ("append", "prepend", "refetch")
_FIRST_STATUS, _LAST_STATUS = 400, 599


@dataclass(slots=True)
class _Known:
    """The names that references are checked against."""

    types: Collection[str] = ()
    functions: Collection[str] = ()
    contexts: Collection[str] = ()


_Read: TypeAlias = "Callable[[Reader, _Known], Any]"
_Members: TypeAlias = "Mapping[str, _Read]"
_NOTHING: _Members = {}


def read_document(document: Mapping[str, object]) -> dict[str, dict[str, Part]]:
    """The parts of a document by their kinds and names.

    :raises TypeError, ValueError: when it is not such a document, with the place.
    """
    rare = ("channels", "forms", "views", "compositions")
    members = Reader.of(document, "document").record(("types", "functions", "contexts"), rare)
    known = _Known()
    records = _records(members["types"], _TYPE, _TYPE_OPTIONS, "type")
    known.types = records.keys()
    types = {name: _read(record, _TYPE, _TYPE_OPTIONS, known) for name, record in records.items()}
    endless = endless_alias({name: named["body"] for name, named in types.items()})
    if endless is not None:
        raise ValueError(f"{records[endless]['body'].path}: {ENDLESS_ALIAS}")
    functions = _named("function", _FUNCTION, _FUNCTION_OPTIONS)(members["functions"], known)
    known.functions = functions.keys()
    contexts = _named("context", _CONTEXT)(members["contexts"], known)
    known.contexts = contexts.keys()
    parts = {name: _RARE[name](members[name], known) if name in members else {} for name in rare}
    return {"types": types, "functions": functions, "contexts": contexts, **parts}


def _records(
    reader: Reader, members: Collection[str], perhaps: Collection[str], kind: str
) -> dict[str, dict[str, Reader]]:
    """The objects of a list by their names: an error's is its code."""
    key = "code" if kind == "error" else "name"
    records = [item.record((key, *members), perhaps) for item in reader.items()]
    return dict(zip(check_unique([record[key] for record in records], kind), records, strict=True))


def _read(record: dict[str, Reader], members: _Members, perhaps: _Members, known: _Known) -> Part:
    there = {**members, **{name: read for name, read in perhaps.items() if name in record}}
    return {name: read(record[name], known) for name, read in there.items()}


def _named(kind: str, members: _Members, perhaps: _Members = _NOTHING) -> _Read:
    def read(reader: Reader, known: _Known) -> dict[str, Part]:
        records = _records(reader, members, perhaps, kind)
        return {name: _read(record, members, perhaps, known) for name, record in records.items()}

    return read


def _part(members: _Members, perhaps: _Members = _NOTHING) -> _Read:
    return lambda reader, known: _read(reader.record(members, perhaps), members, perhaps, known)


def _text(reader: Reader, _: _Known) -> str:
    return reader.text()


def _optional_text(reader: Reader, _: _Known) -> str | None:
    return reader.optional_text()


def _flag(reader: Reader, _: _Known) -> bool:
    return reader.flag()


def _word(words: tuple[str, ...]) -> _Read:
    return lambda reader, _: reader.one_of(words)


def _or_null(read: _Read) -> _Read:
    return lambda reader, known: None if reader.value is None else read(reader, known)


def _list(read: _Read) -> _Read:
    return lambda reader, known: [read(item, known) for item in reader.items()]


def _some(read: _Read, rule: str | None = None) -> _Read:
    """Sorted, each once; *rule* is broken where there is none."""

    def read_some(reader: Reader, known: _Known) -> list[Any]:
        found = sorted({read(item, known) for item in reader.items()})
        if rule is not None and not found:
            raise ValueError(f"{reader.path}: {rule}")
        return found

    return read_some


def _type_name(reader: Reader, known: _Known) -> str:
    return check_reference(reader, known.types, "type")


def _function_name(reader: Reader, known: _Known) -> str:
    return check_reference(reader, known.functions, "function")


def _context_name(reader: Reader, known: _Known) -> str:
    return check_reference(reader, known.contexts, "context")


def _shape(reader: Reader, known: _Known) -> Any:
    return read_shape(reader, known.types)


def _count(reader: Reader, _: _Known) -> int:
    return read_count(reader)


def _status(reader: Reader, _: _Known) -> int:
    value = reader.value
    if isinstance(value, bool) or not isinstance(value, int) or not _FIRST_STATUS <= value <= _LAST_STATUS:
        raise reader.fail(f"an integer from {_FIRST_STATUS} to {_LAST_STATUS}")
    return value


def _effects(reader: Reader, known: _Known) -> list[Part]:
    """Each once."""
    return _distinct([_EFFECT(item, known) for item in reader.items()])


def _merges(reader: Reader, _: _Known) -> list[Part]:
    merges = _distinct(map(_read_merge, reader.items()))
    if len({(merge["context"], merge["slot"]) for merge in merges}) < len(merges):
        raise ValueError(f"{reader.path}: a slot takes a result in one way")
    return merges


def _read_merge(reader: Reader) -> Part:
    members = dict(reader.members())
    if "mode" not in members:
        raise ValueError(f'{reader.path}: "mode" is missing')
    mode = members["mode"].one_of(_MODES)
    record = reader.record(("context", "slot", "mode", *(("key", "place") if mode == "upsert" else ())))
    merge = {"context": record["context"].text(), "slot": record["slot"].text(), "mode": mode}
    if mode == "upsert":
        merge |= {"key": record["key"].text(), "place": record["place"].one_of(_PLACES)}
    return merge


def _distinct(parts: Any) -> list[Part]:
    return list({tuple(part.items()): part for part in parts}.values())


def _fields(reader: Reader, known: _Known) -> list[Part]:
    records = _records(reader, _FIELD, (*_FIELD_OPTIONS, *CHECKS), "field")
    return [
        {"name": name, **_read(record, _FIELD, _FIELD_OPTIONS, known), "checks": read_checks(record)}
        for name, record in records.items()
    ]


_OPTIONAL_TYPE = _or_null(_type_name)
_AUTH = _or_null(_word(AUTH_WORDS))
_EFFECT = _part({"context": _text, "function": _optional_text})

_TYPE: _Members = {"body": lambda reader, known: read_body(reader, known.types)}
_TYPE_OPTIONS: _Members = {"description": _text}
_FUNCTION: _Members = {
    "description": _optional_text,
    "idempotent": _flag,
    "camel": _text,
    "transport": _word(_TRANSPORTS),
    "auth": _AUTH,
    "context": _optional_text,
    "cache": _or_null(_part({"ttl": _or_null(_count), "shared": _flag})),
    "affects": _effects,
    "merge": _merges,
    "input": _OPTIONAL_TYPE,
    "output": _type_name,
    "nullable": _flag,
}
_ERROR: _Members = {"description": _optional_text, "status": _status, "data": _OPTIONAL_TYPE}
_FUNCTION_OPTIONS: _Members = {"errors": _named("error", _ERROR)}
_PARAM: _Members = {"required": _flag, "shape": _shape, "shared_by": _some(_function_name)}
_CONTEXT: _Members = {"functions": _some(_function_name), "params": _named("parameter", _PARAM)}
_CHANNEL: _Members = {
    "description": _optional_text,
    "presence": _flag,
    "camel": _text,
    "auth": _AUTH,
    **dict.fromkeys(MESSAGES, _OPTIONAL_TYPE),
}
_FORM: _Members = {
    "description": _optional_text,
    "camel": _text,
    "title": _optional_text,
    "submit_label": _optional_text,
    "live_validation": _flag,
    "many": _or_null(_part(dict.fromkeys(BOUNDS, _or_null(_count)))),
    "fields": _fields,
}
_CHOICE = _part({"value": lambda reader, _: read_literal(reader), "label": _text}, {"group": _text})
_FIELD: _Members = {"required": _flag, "shape": _shape}
_FIELD_OPTIONS: _Members = {
    "strip": _flag,
    "patterns": _list(_text),
    "extensions": _list(_text),
    "choices": _list(_CHOICE),
    "disabled": _flag,
    **dict.fromkeys(FIELD_TEXTS, _text),
    "initial": lambda reader, _: read_scalar(reader),
}
_VIEW: _Members = {
    "description": _optional_text,
    "camel": _text,
    "path": _text,
    "methods": _some(_text, "a view answers one method at least"),
    "auth": _AUTH,
    "affects": _effects,
    "input": _OPTIONAL_TYPE,
}
_COMPOSITION: _Members = {
    "description": _optional_text,
    "contexts": _some(_context_name, "a composition has one context at least"),
}
_RARE = {
    "channels": _named("channel", _CHANNEL),
    "forms": _named("form", _FORM),
    "views": _named("view", _VIEW),
    "compositions": _named("composition", _COMPOSITION),
}
