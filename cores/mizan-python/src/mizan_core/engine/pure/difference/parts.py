"""Differences between errors, channels, forms and views."""

from __future__ import annotations

from typing import Any

from mizan_core.engine.pure.constraints import CHECKS
from mizan_core.engine.pure.difference.access import compare_access
from mizan_core.engine.pure.difference.alternatives import Types, paired_by_name
from mizan_core.engine.pure.difference.changes import Changes
from mizan_core.engine.pure.difference.shapes import Comparison

Part = dict[str, Any]


def compare_error(code: str, before: Part | None, after: Part | None, old: Types, new: Types, changes: Changes) -> None:
    """An error of a function. Whoever answers may answer any error: clients have a case for those they do not know."""
    if after is None:
        changes.changed("compatible", f"the error {code} is not declared any more")
    elif before is None:
        changes.changed("compatible", f"the error {code} may be answered now")
    else:
        if before["status"] != after["status"]:
            changes.changed("unknown", f"the error {code} has the status {after['status']} now")
        place = f"the data of the error {code}"
        Comparison(old, new, changes).types("received", place, before["data"], after["data"])


def compare_channel(before: Part, after: Part, old: Types, new: Types, changes: Changes) -> None:
    """A channel that is there still."""
    changes.called(before["camel"], after["camel"])
    compare_access(before["auth"], after["auth"], changes)
    if before["presence"] and not after["presence"]:
        changes.changed("breaking", "does not tell who is there any more")
    elif after["presence"] and not before["presence"]:
        changes.changed("compatible", "tells who is there now")
    comparison = Comparison(old, new, changes)
    comparison.arguments("parameter", before["params"], after["params"])
    comparison.types("sent", "the message to the server", before["react_message"], after["react_message"])
    comparison.types("received", "the message of the server", before["server_message"], after["server_message"])


def compare_view(before: Part, after: Part, old: Types, new: Types, changes: Changes) -> None:
    """A view that is there still."""
    changes.called(before["camel"], after["camel"])
    if before["path"] != after["path"]:
        changes.changed("breaking", f"is at {after['path']} now")
    for method in sorted({*before["methods"]} - {*after["methods"]}):
        changes.changed("breaking", f"does not answer {method} any more")
    for method in sorted({*after["methods"]} - {*before["methods"]}):
        changes.changed("compatible", f"answers {method} now")
    compare_access(before["auth"], after["auth"], changes)
    if before["affects"] != after["affects"]:
        changes.changed("compatible", "changes other contexts now")
    Comparison(old, new, changes).arguments("argument", before["input"], after["input"])


def compare_composition(before: Part | None, after: Part | None, changes: Changes) -> None:
    """A combination of contexts: it stands in generated code alone, nothing of it is on the wire."""
    if after is None:
        changes.say("removed", "source")
    elif before is None:
        changes.say("added", "compatible")
    elif before["contexts"] != after["contexts"]:
        changes.changed("source", "is made of other contexts now")


def compare_form(before: Part, after: Part, old: Types, new: Types, changes: Changes) -> None:
    """A form that is there still."""
    changes.called(before["camel"], after["camel"])
    if before["live_validation"] and not after["live_validation"]:
        changes.changed("breaking", "is not checked while it is filled in any more")
    elif after["live_validation"] and not before["live_validation"]:
        changes.changed("compatible", "is checked while it is filled in now")
    _compare_many(before["many"], after["many"], changes)
    olds, news = ([field for field in form["fields"] if not field.get("disabled")] for form in (before, after))
    for name, one, other in paired_by_name(olds, news):
        _compare_field(f"the field {name}", one, other, Comparison(old, new, changes), changes)


def _compare_many(before: Part | None, after: Part | None, changes: Changes) -> None:
    if before is None and after is None:
        return
    if after is None:
        changes.changed("breaking", "is one form now")
    elif before is None:
        changes.changed("breaking", "is a list of forms now")
    elif _is_above(after["min_forms"], before["min_forms"]) or _is_above(before["max_forms"], after["max_forms"], True):
        changes.changed("breaking", "has a tighter limit of forms now")
    elif before != after:
        changes.changed("compatible", "has a wider limit of forms now")


def _is_above(one: int | None, other: int | None, is_limit: bool = False) -> bool:
    """Whether one is greater; of limits, None is the greatest, else the least."""
    if one is None or other is None:
        return one is not other and (one is None) is is_limit
    return one > other


def _compare_field(
    place: str, before: Part | None, after: Part | None, comparison: Comparison, changes: Changes
) -> None:
    comparison.sent(place, before, after)
    if before is None or after is None:
        return
    checks = [{name: field[name] for name in CHECKS if name in field} for field in (before, after)]
    comparison.limits("sent", place, *checks)
    one, other = ([field.get(name, []) for name in ("patterns", "strip", "extensions")] for field in (before, after))
    is_tighter = (
        any(pattern not in one[0] for pattern in other[0])
        or (one[1] and not other[1])
        or (other[2] and (not one[2] or any(ending not in other[2] for ending in one[2])))
    )
    if is_tighter:
        changes.changed("breaking", f"{place} has a stricter check now")
    elif one != other:
        changes.changed("compatible", f"{place} has another check now")
