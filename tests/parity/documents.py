"""Strategies for interface documents (docs/engine-data.md), and what each must say once it is written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeAlias

from hypothesis import strategies as st

from tests.parity import shapes, values
from tests.parity.shapes import Shape, ref

Document: TypeAlias = dict[str, Any]

TRANSPORTS = ("http", "websocket", "both")
PARTS = ("channels", "forms", "views", "compositions")
_TYPE_MEMBERS = ("input", "output", "data", "params", "react_message", "server_message")
AUTH_WORDS = (None, "required", "staff", "superuser", "custom")

WORDS = ("Order", "OrderOutput", "user", "user_profile", "update.profile-now", "global", "type", "5", "-1", "#true")
SIGNS = ("", " ", "é", "😀", '"', "\\", "\\u{1}", '#"raw"#', '"""', "/* */", "//", "/-", "{", "}", ";", "=", "null")
CONTROLS = ("\n", "\r\n", "\t", "\x00", "\x07", "\x1b[0m", "\x7f", "\x85", "\u200e", "\u2028\u2029", "\u202e", "\ufeff")
UNSAFE = [*range(0x20), 0x7F, 0x85, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF]
"""What KDL v2 forbids in a string or counts as a newline (protocol.md section 11)."""


_ODD_TEXTS = st.text(st.sampled_from([*map(chr, UNSAFE), *'"\\ax']), max_size=6)
_NAME = st.sampled_from((*WORDS, *SIGNS, *CONTROLS)) | st.text(max_size=6) | _ODD_TEXTS
_FEW_NAMES = st.sampled_from(("user", "user_profile", 'quo"ted', "\u2028"))
_ENUM_VALUE = values.printable_integers() | _NAME
_DEFAULT = st.one_of(st.none(), st.booleans(), values.printable_integers(), values.floats(), _NAME)


_TARGET: dict[str, values.Values] = {"context": _FEW_NAMES, "slot": _FEW_NAMES}
_PLACES = st.sampled_from(("append", "prepend", "refetch"))
_MERGE = st.one_of(
    st.fixed_dictionaries({**_TARGET, "mode": st.sampled_from(("replace", "refetch"))}),
    st.fixed_dictionaries({**_TARGET, "mode": st.just("upsert"), "key": _NAME, "place": _PLACES}),
)
_AFFECTS = st.lists(st.fixed_dictionaries({"context": _FEW_NAMES, "function": st.none() | _FEW_NAMES}), max_size=3)
_CACHE = st.fixed_dictionaries({"ttl": st.none() | st.integers(0, 2**53 - 1), "shared": st.booleans()})


_AUTH = st.sampled_from(AUTH_WORDS)
_TEXTS = st.lists(_NAME, max_size=2)
_STEPS = shapes.NUMBERS | _NAME
_CHECKS: dict[str, values.Values] = {
    **dict.fromkeys(("min", "max", "step"), _STEPS),
    **dict.fromkeys((*shapes.LENGTHS, *shapes.DIGITS), shapes.COUNTS),
}
_CHOICE = st.fixed_dictionaries({"value": _ENUM_VALUE, "label": _NAME}, optional={"group": _NAME})
_MANY = st.fixed_dictionaries({"min_forms": st.none() | shapes.COUNTS, "max_forms": st.none() | shapes.COUNTS})


def names() -> st.SearchStrategy[str]:
    return _NAME


def defaults() -> values.Values:
    return _DEFAULT


def function(name: str, output: str, **members: Any) -> dict[str, Any]:
    """A function of the document; what is not given is empty."""
    plain: dict[str, Any] = {"description": None, "idempotent": False, "transport": "http", "nullable": False}
    empty: dict[str, Any] = {"auth": None, "context": None, "cache": None, "affects": [], "merge": [], "input": None}
    return {"name": name, "camel": name, **plain, **empty, "output": output, **members}


def document(*functions: dict[str, Any], types: dict[str, Shape], contexts: list[Any] | None = None) -> Document:
    bodies = [{"name": name, "body": body} for name, body in types.items()]
    return {"types": bodies, "functions": [*functions], "contexts": contexts or []}


def form_document(*fields: dict[str, Any]) -> Document:
    """A document of one form, ``f``."""
    said = dict.fromkeys(("description", "title", "submit_label", "many"))
    return {
        **document(types={}),
        "forms": [{"name": "f", "camel": "f", "live_validation": False, **said, "fields": [*fields]}],
    }


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Valid documents, in any order, with types that nothing refers to and targets named twice."""
    types = draw(st.lists(_NAME, unique=True, min_size=1, max_size=4))
    functions = draw(st.lists(_NAME, unique=True, max_size=3))
    contexts = draw(st.lists(_NAME, unique=True, max_size=2))
    drawn = draw(_numbered(len(types), len(functions), len(contexts)))
    renamed = _renamed(drawn, types)
    for items, names_of in (("types", types), ("functions", functions), ("contexts", contexts)):
        renamed[items] = [{"name": name, **item} for name, item in zip(names_of, renamed[items], strict=True)]
    bodies = shapes.without_rings({item["name"]: item["body"] for item in renamed["types"]})
    for item in renamed["types"]:
        item["body"] = bodies[item["name"]]
    for item in renamed["compositions"]:
        item["contexts"] = [contexts[number] for number in item["contexts"]]
    for item in renamed["contexts"]:
        item["functions"] = [functions[number] for number in item["functions"]]
        for param in item["params"]:
            param["shared_by"] = [functions[number] for number in param["shared_by"]]
    for kind in PARTS:
        if not renamed[kind]:
            del renamed[kind]
    return dict(renamed)


@cache  # a strategy takes longer to make than to draw from
def _numbered(types: int, functions: int, contexts: int) -> st.SearchStrategy[Any]:
    """Documents whose types are called by number, as are the functions inside contexts."""
    known = tuple(map(str, range(types)))
    bodies = shapes.bodies(known, _NAME, _DEFAULT, _ENUM_VALUE)
    named = st.fixed_dictionaries({"body": bodies}, optional={"description": _NAME})
    return st.fixed_dictionaries(
        {
            "types": _exactly(types, named),
            "functions": _exactly(functions, _functions(known)),
            "contexts": _exactly(contexts, _contexts(known, functions)),
            "channels": _named(_channels(known)),
            "forms": _named(_forms(known)),
            "views": _named(_views(known)),
            "compositions": _named(_compositions(contexts)) if contexts else st.just([]),
        }
    )


def _functions(types: tuple[str, ...]) -> values.Values:
    reference = st.sampled_from([ref(name) for name in types])
    return st.fixed_dictionaries(
        {
            "description": st.none() | _NAME,
            "idempotent": st.booleans(),
            "camel": _NAME,
            "transport": st.sampled_from(TRANSPORTS),
            "auth": st.sampled_from(AUTH_WORDS),
            "context": st.none() | _NAME,
            "affects": _AFFECTS,
            "cache": st.none() | _CACHE,
            "merge": st.lists(_MERGE, max_size=3, unique_by=lambda found: (found["context"], found["slot"])),
            "input": st.none() | reference,
            "output": reference,
            "nullable": st.booleans(),
        },
        optional={"errors": st.lists(_errors(types), min_size=1, max_size=2, unique_by=lambda case: str(case["code"]))},
    )


def _errors(types: tuple[str, ...]) -> values.Values:
    data = _maybe_reference(types)
    members = {"code": _NAME, "description": st.none() | _NAME, "status": st.integers(400, 599), "data": data}
    return st.fixed_dictionaries(members)


def _views(types: tuple[str, ...]) -> values.Values:
    own = {"camel": _NAME, "path": _NAME, "methods": st.lists(_NAME, min_size=1, max_size=3), "auth": _AUTH}
    return st.fixed_dictionaries({**own, "affects": _AFFECTS, "input": _maybe_reference(types)})


def _compositions(contexts: int) -> values.Values:
    members = st.lists(st.integers(0, contexts - 1), min_size=1, max_size=3)
    return st.fixed_dictionaries({"contexts": members})


def _channels(types: tuple[str, ...]) -> values.Values:
    messages = dict.fromkeys(("params", "react_message", "server_message"), _maybe_reference(types))
    return st.fixed_dictionaries({"presence": st.booleans(), "camel": _NAME, "auth": _AUTH, **messages})


def _forms(types: tuple[str, ...]) -> values.Values:
    said = dict.fromkeys(("title", "submit_label"), st.none() | _NAME)
    marks = {"live_validation": st.booleans(), "many": st.none() | _MANY}
    fields = st.lists(_form_fields(types), max_size=2, unique_by=lambda field: str(field["name"]))
    return st.fixed_dictionaries({"camel": _NAME, **said, **marks, "fields": fields})


def _form_fields(types: tuple[str, ...]) -> values.Values:
    shape = shapes.shapes(types, _ENUM_VALUE)
    lists = {"patterns": _TEXTS, "extensions": _TEXTS, "choices": st.lists(_CHOICE, max_size=2)}
    words = {**dict.fromkeys(("widget", "label", "help"), _NAME), "initial": _DEFAULT}
    marks = dict.fromkeys(("strip", "disabled"), st.booleans())
    return st.fixed_dictionaries(
        {"name": _NAME, "required": st.booleans(), "shape": shape}, optional={**marks, **_CHECKS, **lists, **words}
    )


def _named(parts: values.Values) -> values.Values:
    own = st.fixed_dictionaries({"name": _NAME, "description": st.none() | _NAME})
    named = st.tuples(own, parts).map(lambda drawn: {**drawn[0], **drawn[1]})
    return st.lists(named, max_size=2, unique_by=lambda part: str(part["name"]))


def _maybe_reference(types: tuple[str, ...]) -> values.Values:
    return st.none() | st.sampled_from([ref(name) for name in types])


def _contexts(types: tuple[str, ...], functions: int) -> values.Values:
    members = _few(st.integers(0, functions - 1)) if functions else st.just([])
    shape = shapes.shapes(types, _ENUM_VALUE)
    param = st.fixed_dictionaries({"name": _NAME, "required": st.booleans(), "shape": shape, "shared_by": members})
    params = st.lists(param, unique_by=lambda found: str(found["name"]), max_size=2)
    return st.fixed_dictionaries({"functions": members, "params": params})


def _renamed(part: Any, types: list[str]) -> Any:
    """*part* with the numbers in its references replaced by those names."""
    if isinstance(part, list):
        return [_renamed(item, types) for item in part]
    if not isinstance(part, dict):
        return part
    if part.get("kind") == "ref":
        return ref(types[int(part["name"])])
    renamed = {name: _renamed(item, types) for name, item in part.items()}
    for name in _TYPE_MEMBERS:
        if isinstance(renamed.get(name), dict):
            renamed[name] = renamed[name]["name"]
    return renamed


def _few(items: values.Values) -> values.Values:
    return st.lists(items, max_size=3)


def _exactly(count: int, items: values.Values) -> values.Values:
    return st.lists(items, min_size=count, max_size=count)


# What a document says, apart from the engines.


def emitted(source: Document) -> Document:
    """The document as its text has it: sorted, nothing twice, no type that nothing emitted refers to."""
    types = {item["name"]: item for item in source["types"]}
    reached = _reached(source, types)
    return {
        "types": [_emitted_type(types[name]) for name in sorted(reached)],
        "functions": sorted(map(_emitted_function, source["functions"]), key=_name),
        "contexts": sorted(map(_emitted_context, source["contexts"]), key=_name),
        **{kind: sorted(map(_emitted_part, source[kind]), key=_name) for kind in PARTS if source.get(kind)},
    }


def _name(item: dict[str, Any]) -> str:
    return str(item["name"])


def _emitted_type(item: dict[str, Any]) -> dict[str, Any]:
    """Names of an enum that has none are left out."""
    body = {**item["body"]}
    if all(name is None for name in body.get("names", ())):
        body = {name: part for name, part in body.items() if name != "names"}
    return {**item, "body": body}


def _emitted_function(item: dict[str, Any]) -> dict[str, Any]:
    errors = sorted(item.get("errors", ()), key=lambda case: str(case["code"]))
    targets = {"affects": _distinct(item["affects"]), "merge": _distinct(item["merge"])}
    return {**item, **targets, **({"errors": errors} if errors else {})}


def _emitted_part(item: dict[str, Any]) -> dict[str, Any]:
    part = {**item}
    if "methods" in part:
        part |= {"methods": sorted({*part["methods"]}), "affects": _distinct(part["affects"])}
    if "contexts" in part:
        part["contexts"] = sorted({*part["contexts"]})
    if "fields" in part:
        part["fields"] = [_emitted_field(field) for field in part["fields"]]
    return part


def _emitted_field(field: dict[str, Any]) -> dict[str, Any]:
    """Marks that are not set and lists without items are left out."""
    rare = ("strip", "disabled", "patterns", "extensions", "choices")
    return {name: said for name, said in field.items() if said or name not in rare}


def _emitted_context(item: dict[str, Any]) -> dict[str, Any]:
    params = [{**param, "shared_by": sorted({*param["shared_by"]})} for param in item["params"]]
    return {**item, "functions": sorted({*item["functions"]}), "params": sorted(params, key=_name)}


def _distinct(items: list[Any]) -> list[Any]:
    return [item for index, item in enumerate(items) if item not in items[:index]]


def _reached(source: Document, types: dict[str, Shape]) -> set[str]:
    roots = [name for item in source["functions"] for name in (item["input"], item["output"]) if name is not None]
    roots += [name for item in source["contexts"] for name in _references(item["params"])]
    parts = [part for kind in PARTS for part in source.get(kind, ())]
    errors = [case for item in source["functions"] for case in item.get("errors", ())]
    named = [part.get(member) for part in (*parts, *errors) for member in _TYPE_MEMBERS]
    roots += [name for name in named if name is not None]
    roots += [name for part in parts for name in _references(part.get("fields", []))]
    reached: set[str] = set()
    while roots:
        name = roots.pop()
        if name not in reached:
            reached.add(name)
            roots += _references(types[name])
    return reached


def _references(part: Any) -> Iterator[str]:
    """Every name that a ``ref`` anywhere in *part* holds."""
    if isinstance(part, list):
        for item in part:
            yield from _references(item)
    elif isinstance(part, dict):
        if part.get("kind") == "ref":
            yield part["name"]
        for item in part.values():
            yield from _references(item)
