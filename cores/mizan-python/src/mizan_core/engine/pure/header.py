"""The ``X-Mizan-Invalidate`` header (protocol.md section 6). Only ASCII without control characters can come out."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from mizan_core.engine.pure.canonical import Json, dump, texts
from mizan_core.engine.pure.path import root
from mizan_core.engine.pure.reader import Reader
from mizan_core.names import is_context_name

MAX_HEADER_BYTES = 4096
_SEPARATOR = ", "
_UNRESERVED = "-._~"


@dataclass(frozen=True, slots=True)
class _Item:
    context: str
    suffix: str

    def __str__(self) -> str:
        return self.context + self.suffix


def format_invalidate_header(entries: list[Json]) -> str:
    """The header's value, at most 4,096 bytes unless the broad items alone are longer.

    :param entries: what ``compute_invalidation`` returns.
    :raises TypeError, ValueError: for anything else, with the place.
    """
    return write_header([_read_entry(entry) for entry in Reader.of(entries, "entries").items()])


def write_header(entries: list[tuple[str, dict[str, Json]]]) -> str:
    """The header's value for (context, params) pairs."""
    items = list(dict.fromkeys(_Item(context, _suffix(params)) for context, params in entries))
    while _length(items) > MAX_HEADER_BYTES and any(item.suffix for item in items):
        items = _collapse(items, _longest_context(items))
    return _SEPARATOR.join(map(str, items))


def _read_entry(reader: Reader) -> tuple[str, dict[str, Json]]:
    if isinstance(reader.value, str):
        return _context(reader), {}
    members = reader.record(("context",), ("function", "params"))
    context = _context(members["context"])
    if "function" in members:
        members["function"].text()
    if "params" not in members:
        return context, {}
    return context, {name: param.value for name, param in members["params"].members()}


def _context(reader: Reader) -> str:
    if not is_context_name(reader.text()):
        raise reader.fail("a context name")
    return reader.text()


def _suffix(params: dict[str, Json]) -> str:
    return "".join(f";{_encode(name)}={_encode(_value(params[name]))}" for name in sorted(params))


def _value(value: Json) -> str:
    text = texts(value, root("value"))
    return text if isinstance(text, str) else dump(text)


def _encode(text: str) -> str:
    return quote(text, safe=_UNRESERVED)


def _length(items: list[_Item]) -> int:
    return sum(len(str(item)) for item in items) + len(_SEPARATOR) * (len(items) - 1)


def _longest_context(items: list[_Item]) -> str:
    """The context whose scoped items take the most room; of equals the first by name."""
    room: dict[str, int] = {}
    for item in items:
        if item.suffix:
            room[item.context] = room.get(item.context, 0) + len(str(item))
    return min(room, key=lambda context: (-room[context], context))


def _collapse(items: list[_Item], context: str) -> list[_Item]:
    """Put the broad item of *context* where its first item stood."""
    broad = _Item(context, "")
    return list(dict.fromkeys(broad if item.context == context else item for item in items))
