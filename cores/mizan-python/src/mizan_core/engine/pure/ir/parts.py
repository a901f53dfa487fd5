"""The nodes of what an interface has beside functions and contexts: errors, views, forms, channels, compositions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mizan_core.engine.pure.canonical import Json
from mizan_core.engine.pure.ir.nodes import Node, given
from mizan_core.engine.pure.ir.plain import BOUNDS, FIELD_TEXTS, MESSAGES, Part
from mizan_core.engine.pure.ir.shapes import shape_node
from mizan_core.engine.pure.shape import referenced_types


def part_types(part: Mapping[str, Any]) -> Iterator[str]:
    """The types that an error, a view, a form or a channel names."""
    for member in ("data", "input", *MESSAGES):
        name = part.get(member)
        if name is not None:
            yield name
    for field in part.get("fields", ()):
        yield from referenced_types(field["shape"])


def error_node(code: str, case: Part) -> Node:
    """The node of a declared error."""
    properties = (("status", case["status"]), *given(description=case["description"]))
    return Node("error", (code,), properties, _words(data=case["data"]))


def effect_nodes(effects: Iterable[Part]) -> list[Node]:
    """The nodes of what is made stale."""
    return [Node("affects", (effect["context"],), given(function=effect["function"])) for effect in effects]


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
    words = ("camel", "auth", *MESSAGES)
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
        bounds = {name.replace("_", "-"): form["many"][name] for name in BOUNDS}
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
    children += _words(**{name: field.get(name) for name in FIELD_TEXTS})
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
