"""The limits that stand beside a type in ``Annotated`` or ``Field``: constraints on shapes (protocol.md section 11).

Only those are written down that every value breaks which the server refuses for them: what may change a value before it
is measured (a validator, ``strip_whitespace``) takes the limits behind it away.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Annotated, Any, get_args, get_origin

from annotated_types import Ge, GroupedMetadata, Gt, Le, Lt, MaxLen, MinLen, MultipleOf
from pydantic import AfterValidator, BeforeValidator, PlainValidator, WrapValidator
from pydantic.fields import FieldInfo

from mizan_core.client.uploads import UploadLimits
from mizan_core.introspection.shapes import Shape

MAX_SAFE = 2**53 - 1
"""The greatest integer that every JSON reader keeps."""

_BOUNDS: dict[type, tuple[str, str]] = {
    Ge: ("min", "ge"),
    Gt: ("exclusive_min", "gt"),
    Le: ("max", "le"),
    Lt: ("exclusive_max", "lt"),
    MultipleOf: ("multiple_of", "multiple_of"),
}
_LENGTHS: dict[type, tuple[str, str]] = {MinLen: ("min_length", "min_length"), MaxLen: ("max_length", "max_length")}
_MEASURES = {**_BOUNDS, **_LENGTHS}
_OTHERS = ("pattern", "max_digits", "decimal_places")
_REWRITING = ("strip_whitespace", "to_upper", "to_lower")
_LAZY = frozenset({Iterable, Iterator, Generator})

_Limits = dict[str, Any]


def limited(shape: Shape, base: Any, metadata: Sequence[Any], config: Mapping[str, Any]) -> Shape:
    """*shape* with the limits among *metadata*.

    :param base: the annotation that the shape was read from.
    :param config: pydantic's configuration of the class that it stands in.
    """
    if shape["kind"] == "optional":
        return {**shape, "item": limited(shape["item"], _not_none(base), metadata, config)}
    if shape["kind"] == "upload":
        return {**shape, **_upload_limits(metadata)}
    measure = _MEASURED.get(shape["kind"])
    limits = _limits(metadata) if measure else {}
    return measure(shape, limits, base, config) if measure and limits else shape


def flat(metadata: Iterable[Any]) -> Iterator[Any]:
    """The single statements of what stands beside a type."""
    for item in metadata:
        if isinstance(item, FieldInfo):
            yield from flat(item.metadata)
        elif isinstance(item, GroupedMetadata):
            yield from flat(item)
        else:
            yield item


def _limits(metadata: Iterable[Any]) -> _Limits:
    limits: _Limits = {}
    for item in flat(metadata):
        if isinstance(item, (BeforeValidator, WrapValidator, PlainValidator)):
            return {}
        if isinstance(item, AfterValidator):
            break
        limits |= _stated(item)
    return limits


def _stated(item: object) -> _Limits:
    if type(item) in _MEASURES:
        name, attribute = _MEASURES[type(item)]
        return {name: getattr(item, attribute)}
    said = {name: getattr(item, name, None) for name in (*_OTHERS, *_REWRITING)}
    return {name: value for name, value in said.items() if value not in (None, False)}


def _limited_primitive(shape: Shape, limits: _Limits, _: Any, config: Mapping[str, Any]) -> Shape:
    if shape["name"] in ("integer", "number"):
        return fitted({**shape, **_kept(limits, dict.fromkeys(_bounds(), _number))})
    if shape.get("format") == "decimal":
        counts = dict.fromkeys(("max_digits", "decimal_places"), _count)
        return {**shape, **_kept(limits, {**dict.fromkeys(_bounds(), _decimal), **counts})}
    if shape["name"] != "string" or "format" in shape:
        return shape
    return {**shape, **_text_limits(limits, config)}


def fitted(shape: Shape) -> Shape:
    """An integer's shape, no longer ``int64`` where its bounds keep it within what every reader of JSON can hold."""
    low = max(shape.get("min", -math.inf), shape.get("exclusive_min", -math.inf) + 1)
    high = min(shape.get("max", math.inf), shape.get("exclusive_max", math.inf) - 1)
    if shape.get("format") != "int64" or not -MAX_SAFE <= low <= high <= MAX_SAFE:
        return shape
    return {name: value for name, value in shape.items() if name != "format"}


def _text_limits(limits: _Limits, config: Mapping[str, Any]) -> _Limits:
    strips = limits.get("strip_whitespace") or config.get("str_strip_whitespace")
    folds = any(limits.get(f"to_{case}") or config.get(f"str_to_{case}") for case in ("upper", "lower"))
    allowed: dict[str, Callable[[Any], Any]] = {"min_length": _count, "max_length": _count}
    if config.get("regex_engine") != "python-re":
        allowed["pattern"] = _pattern
    if strips:
        # What is too short before is too short afterwards.
        allowed = {"min_length": _count}
    return {} if folds else _kept(limits, allowed)


def _limited_list(shape: Shape, limits: _Limits, base: Any, _: Mapping[str, Any]) -> Shape:
    origin = get_origin(base) or base
    if not isinstance(origin, type) or origin in _LAZY:
        return shape
    allowed = dict.fromkeys(("min_length", "max_length"), _count)
    if issubclass(origin, AbstractSet):
        # Equal items count once.
        del allowed["max_length"]
    return {**shape, **_kept(limits, allowed)}


def _upload_limits(metadata: Iterable[Any]) -> _Limits:
    """Of one file: how many there are is said of a parameter that is a list of them."""
    said = [each for each in metadata if isinstance(each, UploadLimits)]
    return {"max_bytes": said[-1].max_bytes} if said else {}


def _limited_map(shape: Shape, limits: _Limits, _: Any, __: Mapping[str, Any]) -> Shape:
    return {**shape, **_kept(limits, dict.fromkeys(("min_length", "max_length"), _count))}


_MEASURED: dict[str, Callable[[Shape, _Limits, Any, Mapping[str, Any]], Shape]] = {
    "primitive": _limited_primitive,
    "list": _limited_list,
    "map": _limited_map,
}


def _bounds() -> tuple[str, ...]:
    return tuple(name for name, _ in _BOUNDS.values())


def _kept(limits: _Limits, allowed: Mapping[str, Callable[[Any], Any]]) -> _Limits:
    """Those of *limits* that are *allowed*, in their form on the wire."""
    kept = {name: form(limits[name]) for name, form in allowed.items() if name in limits}
    return {name: value for name, value in kept.items() if value is not None}


def _number(value: object) -> int | float | None:
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return int(value) if isinstance(value, int) else float(value)


def _decimal(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)) or not math.isfinite(value):
        return None
    return format(Decimal(repr(value)) if isinstance(value, float) else Decimal(value), "f")


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SAFE
    return int(value) if is_count else None  # type: ignore[call-overload]


def _pattern(value: object) -> str | None:
    if isinstance(value, re.Pattern):
        value = value.pattern if value.flags == re.UNICODE else None
    return str(value) if isinstance(value, str) else None


def _not_none(annotation: Any) -> Any:
    """What an optional annotation holds; itself when that is not one type."""
    if get_origin(annotation) is Annotated:
        return _not_none(get_args(annotation)[0])
    others = [option for option in get_args(annotation) if option is not type(None)]
    return others[0] if len(others) == 1 else annotation
