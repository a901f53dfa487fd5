"""Reading a graph specification (docs/engine-data.md) into typed values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mizan_core.engine.pure.reader import Reader, check_unique
from mizan_core.engine.pure.shape import ENDLESS_ALIAS, Shape, endless_alias, read_body, read_shape

TargetKind: TypeAlias = Literal["name", "context", "function"]


@dataclass(frozen=True, slots=True)
class Target:
    """What ``affects`` or ``merge`` names: a string as typed, a Context object or a function object."""

    kind: TargetKind
    value: str


@dataclass(frozen=True, slots=True)
class MergeTarget:
    """What ``merge`` names, and how items of a list are merged where it says so."""

    target: Target
    key: str | None
    place: str | None

    @property
    def is_for_items(self) -> bool:
        """Whether it says how items of a list are merged."""
        return self.key is not None or self.place is not None


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter.

    :param identity: a name of how its values are told apart; None when equal values need not have one identity.
    """

    shape: Shape
    required: bool
    identity: str | None


@dataclass(frozen=True, slots=True)
class Function:
    """A registered function as the graph sees it. ``output`` is None on the view path."""

    name: str
    context: str | None
    params: dict[str, Param]
    output: Shape | None
    affects: tuple[Target, ...]
    merge: tuple[MergeTarget, ...]
    auto_scope: bool
    private: bool
    auth: str | None


@dataclass(frozen=True, slots=True)
class Specification:
    types: dict[str, Shape]
    functions: tuple[Function, ...]


_TARGET_KINDS: tuple[TargetKind, ...] = ("name", "context", "function")
_FUNCTION_MEMBERS = ("name", "context", "params", "output", "affects", "merge", "auto_scope", "private", "auth")
_PARAM_MEMBERS = ("name", "shape", "required", "identity")
_PLACES = ("append", "prepend", "refetch")
_AUTH = ("required", "staff", "superuser", "custom")


def read_specification(spec: object) -> Specification:
    """Check and read a specification; ``TypeError`` or ``ValueError`` with the place otherwise."""
    members = Reader.of(spec, "spec").record(("types", "functions"))
    bodies = dict(members["types"].members())
    types = {name: read_body(body, bodies.keys()) for name, body in bodies.items()}
    endless = endless_alias(types)
    if endless is not None:
        raise ValueError(f"{bodies[endless].path}: {ENDLESS_ALIAS}")
    functions = tuple(_read_function(item, types) for item in members["functions"].items())
    return Specification(types, functions)


def _read_function(reader: Reader, types: dict[str, Shape]) -> Function:
    members = reader.record(_FUNCTION_MEMBERS)
    output, auth = members["output"], members["auth"]
    return Function(
        name=members["name"].text(),
        context=members["context"].optional_text(),
        params=_read_params(members["params"], types),
        output=None if output.value is None else read_shape(output, types),
        affects=tuple(map(_read_target, members["affects"].items())),
        merge=tuple(map(_read_merge_target, members["merge"].items())),
        auto_scope=members["auto_scope"].flag(),
        private=members["private"].flag(),
        auth=None if auth.value is None else auth.one_of(_AUTH),
    )


def _read_params(reader: Reader, types: dict[str, Shape]) -> dict[str, Param]:
    params = [item.record(_PARAM_MEMBERS) for item in reader.items()]
    names = check_unique([param["name"] for param in params], "parameter")
    return {name: _read_param(param, types) for name, param in zip(names, params, strict=True)}


def _read_param(members: dict[str, Reader], types: dict[str, Shape]) -> Param:
    shape = read_shape(members["shape"], types)
    return Param(shape, members["required"].flag(), members["identity"].optional_text())


def _read_target(reader: Reader) -> Target:
    target = _target_of(dict(reader.members()))
    if target is None:
        raise reader.fail('an object with one member: "name", "context" or "function"')
    return target


def _read_merge_target(reader: Reader) -> MergeTarget:
    members = dict(reader.members())
    key, place = members.pop("key", None), members.pop("place", None)
    target = _target_of(members)
    if target is None:
        raise reader.fail('an object with "name", "context" or "function", and perhaps "key" and "place"')
    return MergeTarget(target, None if key is None else key.text(), None if place is None else place.one_of(_PLACES))


def _target_of(members: dict[str, Reader]) -> Target | None:
    """The target that these members say, if it is one."""
    for kind in _TARGET_KINDS:
        if members.keys() == {kind}:
            return Target(kind, members[kind].text())
    return None
