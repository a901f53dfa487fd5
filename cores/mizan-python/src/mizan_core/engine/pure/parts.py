"""What an interface has beside functions and contexts: errors, views, forms, channels, compositions (section 11)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeAlias

from mizan_core.engine.pure.canonical import Json
from mizan_core.engine.pure.constraints import CHECKS, read_checks, read_count
from mizan_core.engine.pure.nodes import Node, given
from mizan_core.engine.pure.reader import Reader, check_reference, check_unique
from mizan_core.engine.pure.shape import read_literal, read_scalar, read_shape, referenced_types
from mizan_core.engine.pure.shape_nodes import shape_node

Part: TypeAlias = dict[str, Any]
"""A checked part of the document, as plain data."""

AUTH_WORDS = ("required", "staff", "superuser", "custom")
_FIRST_STATUS, _LAST_STATUS = 400, 599
_ERROR = ("code", "description", "status", "data")
_VIEW = ("name", "description", "camel", "path", "methods", "auth", "affects", "input")
_CHANNEL = ("name", "description", "presence", "camel", "auth", "params", "react_message", "server_message")
_FORM = ("name", "description", "camel", "title", "submit_label", "live_validation", "many", "fields")
_BOUNDS = ("min_forms", "max_forms")
_FIELD = ("name", "required", "shape")
_FIELD_LISTS = ("patterns", "extensions")
_FIELD_TEXTS = ("widget", "label", "help")
_FIELD_OPTIONS = ("strip", *CHECKS, *_FIELD_LISTS, "choices", "disabled", *_FIELD_TEXTS, "initial")
_COMPOSITION = ("name", "description", "contexts")
_MESSAGES = ("params", "react_message", "server_message")

ReadPart: TypeAlias = "Callable[[dict[str, Reader], Collection[str]], Part]"


# Reading.


def read_named(
    reader: Reader | None, members: tuple[str, ...], kind: str, read: ReadPart, types: Collection[str]
) -> dict[str, Part]:
    """The parts of one *kind* by their names; none where there is no list of them."""
    if reader is None:
        return {}
    records = [item.record(members) for item in reader.items()]
    names = check_unique([record[members[0]] for record in records], kind)
    return {name: read(record, types) for name, record in zip(names, records, strict=True)}


def read_errors(reader: Reader | None, types: Collection[str]) -> dict[str, Part]:
    """The errors of a function by their codes."""
    return read_named(reader, _ERROR, "error", _read_error, types)


def read_channels(reader: Reader | None, types: Collection[str]) -> dict[str, Part]:
    """The channels by their names."""
    return read_named(reader, _CHANNEL, "channel", _read_channel, types)


def read_forms(reader: Reader | None, types: Collection[str]) -> dict[str, Part]:
    """The forms by their names."""
    return read_named(reader, _FORM, "form", _read_form, types)


def read_views(reader: Reader | None, types: Collection[str]) -> dict[str, Part]:
    """The views by their names."""
    return read_named(reader, _VIEW, "view", _read_view, types)


def read_compositions(reader: Reader | None, contexts: Collection[str]) -> dict[str, Part]:
    """The combinations of contexts by their names."""
    return read_named(reader, _COMPOSITION, "composition", _read_composition, contexts)


def read_auth(reader: Reader) -> str | None:
    """Who may call; None where everybody may."""
    return None if reader.value is None else reader.one_of(AUTH_WORDS)


def read_effects(reader: Reader) -> list[tuple[str, str | None]]:
    """What is made stale, as contexts with a function or None for all of it, each once."""
    return list(dict.fromkeys(map(_read_effect, reader.items())))


def read_type_name(reader: Reader, types: Collection[str]) -> str | None:
    """The name of a type among *types*, or None."""
    return None if reader.value is None else check_reference(reader, types, "type")


def _read_effect(reader: Reader) -> tuple[str, str | None]:
    record = reader.record(("context", "function"))
    return record["context"].text(), record["function"].optional_text()


def _read_error(record: dict[str, Reader], types: Collection[str]) -> Part:
    return {
        "description": record["description"].optional_text(),
        "status": _read_status(record["status"]),
        "data": read_type_name(record["data"], types),
    }


def _read_status(reader: Reader) -> int:
    value = reader.value
    if isinstance(value, bool) or not isinstance(value, int) or not _FIRST_STATUS <= value <= _LAST_STATUS:
        raise reader.fail(f"an integer from {_FIRST_STATUS} to {_LAST_STATUS}")
    return value


def _read_view(record: dict[str, Reader], types: Collection[str]) -> Part:
    return {
        "description": record["description"].optional_text(),
        "camel": record["camel"].text(),
        "path": record["path"].text(),
        "methods": _read_methods(record["methods"]),
        "auth": read_auth(record["auth"]),
        "affects": read_effects(record["affects"]),
        "input": read_type_name(record["input"], types),
    }


def _read_methods(reader: Reader) -> list[str]:
    methods = sorted({item.text() for item in reader.items()})
    if not methods:
        raise ValueError(f"{reader.path}: a view answers one method at least")
    return methods


def _read_channel(record: dict[str, Reader], types: Collection[str]) -> Part:
    return {
        "description": record["description"].optional_text(),
        "presence": record["presence"].flag(),
        "camel": record["camel"].text(),
        "auth": read_auth(record["auth"]),
        **{name: read_type_name(record[name], types) for name in _MESSAGES},
    }


def _read_composition(record: dict[str, Reader], contexts: Collection[str]) -> Part:
    members = {check_reference(item, contexts, "context") for item in record["contexts"].items()}
    if not members:
        raise ValueError(f"{record['contexts'].path}: a composition has one context at least")
    return {"description": record["description"].optional_text(), "contexts": sorted(members)}


def _read_form(record: dict[str, Reader], types: Collection[str]) -> Part:
    many = record["many"]
    return {
        "description": record["description"].optional_text(),
        "camel": record["camel"].text(),
        "title": record["title"].optional_text(),
        "submit_label": record["submit_label"].optional_text(),
        "live_validation": record["live_validation"].flag(),
        "many": None if many.value is None else _read_many(many),
        "fields": _read_fields(record["fields"], types),
    }


def _read_many(reader: Reader) -> dict[str, int | None]:
    record = reader.record(_BOUNDS)
    return {name: None if record[name].value is None else read_count(record[name]) for name in _BOUNDS}


def _read_fields(reader: Reader, types: Collection[str]) -> list[Part]:
    records = [item.record(_FIELD, _FIELD_OPTIONS) for item in reader.items()]
    check_unique([record["name"] for record in records], "field")
    return [_read_field(record, types) for record in records]


def _read_field(record: dict[str, Reader], types: Collection[str]) -> Part:
    field: Part = {
        "name": record["name"].text(),
        "required": record["required"].flag(),
        "shape": read_shape(record["shape"], types),
    }
    if "strip" in record:
        field["strip"] = record["strip"].flag()
    field["checks"] = read_checks(record)
    field |= {name: [item.text() for item in record[name].items()] for name in _FIELD_LISTS if name in record}
    if "choices" in record:
        field["choices"] = [_read_choice(item) for item in record["choices"].items()]
    if "disabled" in record:
        field["disabled"] = record["disabled"].flag()
    field |= {name: record[name].text() for name in _FIELD_TEXTS if name in record}
    if "initial" in record:
        field["initial"] = read_scalar(record["initial"])
    return field


def _read_choice(reader: Reader) -> Part:
    record = reader.record(("value", "label"), ("group",))
    choice: Part = {"value": read_literal(record["value"]), "label": record["label"].text()}
    return {**choice, "group": record["group"].text()} if "group" in record else choice


def part_types(part: Mapping[str, Any]) -> Iterator[str]:
    """The types that an error, a view, a form or a channel names."""
    for member in ("data", "input", *_MESSAGES):
        name = part.get(member)
        if name is not None:
            yield name
    for field in part.get("fields", ()):
        yield from referenced_types(field["shape"])


# Nodes.


def error_node(code: str, case: Part) -> Node:
    """The node of a declared error."""
    properties = (("status", case["status"]), *given(description=case["description"]))
    return Node("error", (code,), properties, _words(data=case["data"]))


def effect_nodes(effects: list[tuple[str, str | None]]) -> list[Node]:
    """The nodes of what is made stale."""
    return [Node("affects", (context,), given(function=name)) for context, name in effects]


def view_node(name: str, view: Part) -> Node:
    """The node of a view."""
    children = [
        *_words(camel=view["camel"], path=view["path"]),
        *(Node("method", (method,)) for method in view["methods"]),
        *_words(auth=view["auth"]),
        *effect_nodes(view["affects"]),
        *_words(input=view["input"]),
    ]
    return Node("view", (name,), given(description=view["description"]), children)


def channel_node(name: str, channel: Part) -> Node:
    """The node of a channel."""
    properties = given(description=channel["description"], presence=channel["presence"] or None)
    words = ("camel", "auth", *_MESSAGES)
    return Node("channel", (name,), properties, _words(**{word: channel[word] for word in words}))


def composition_node(name: str, composition: Part) -> Node:
    """The node of a combination of contexts."""
    children = [Node("context", (context,)) for context in composition["contexts"]]
    return Node("composition", (name,), given(description=composition["description"]), children)


def form_node(name: str, form: Part) -> Node:
    """The node of a form."""
    children = _words(camel=form["camel"], title=form["title"], submit_label=form["submit_label"])
    children += _marks(form, "live_validation")
    if form["many"] is not None:
        bounds = {name.replace("_", "-"): form["many"][name] for name in _BOUNDS}
        children.append(Node("many", (), given(**bounds)))
    children += map(_field_node, form["fields"])
    return Node("form", (name,), given(description=form["description"]), children)


def _field_node(field: Part) -> Node:
    children = [Node("shape", children=[shape_node(field["shape"])]), *_marks(field, "strip")]
    children += [Node(name.replace("_", "-"), (value,)) for name, value in field["checks"].items()]
    children += [Node("pattern", (pattern,)) for pattern in field.get("patterns", ())]
    children += [Node("extension", (extension,)) for extension in field.get("extensions", ())]
    children += map(_choice_node, field.get("choices", ()))
    children += _marks(field, "disabled")
    children += _words(**{name: field.get(name) for name in _FIELD_TEXTS})
    if "initial" in field:
        children.append(Node("initial", (field["initial"],)))
    return Node("field", (field["name"],), (("required", field["required"]),), children)


def _choice_node(choice: Part) -> Node:
    return Node("choice", (choice["value"],), (("label", choice["label"]), *given(group=choice.get("group"))))


def _marks(part: Part, *names: str) -> list[Node]:
    return [Node(name.replace("_", "-")) for name in names if part.get(name)]


def _words(**words: Json) -> list[Node]:
    """A node for each word that there is."""
    return [Node(name.replace("_", "-"), (word,)) for name, word in words.items() if word is not None]
