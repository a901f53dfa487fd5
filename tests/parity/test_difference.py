"""How interfaces differ (docs/clients.md): both engines say the same, and what they say is judged by sampling.

A change that is said to break nobody is one after which every value that was sent before is taken, and every value that
is answered now was expected before.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest
from hypothesis import given

import mizan_native._native as native
from mizan_core.engine import pure
from mizan_core.engine.pure.difference import ir_difference
from mizan_core.engine.pure.ir.parse import parse_ir
from tests.parity import changing, documents
from tests.parity.documents import Document, document, function
from tests.parity.sampling import Judge

PAIRS = int(os.environ.get("MIZAN_DIFF_PAIRS", "400"))
"""Random pairs of interfaces that are judged; ``make judge`` takes 10,000."""

SEVERITY = ("compatible", "source", "unknown", "breaking")


def both(old: str, new: str) -> list[tuple[str, str, str, str]]:
    changes = native.ir_difference(old, new)
    assert ir_difference(old, new) == changes
    return changes


@given(source=documents.documents())
def test_the_pure_reader_reads_what_is_written(source: Document) -> None:
    text = pure.emit_ir(source)
    assert parse_ir(text) == native.parse_ir(text)


@given(old=documents.documents(), new=documents.documents())
def test_engines_agree_on_any_two(old: Document, new: Document) -> None:
    old_text, new_text = pure.emit_ir(old), pure.emit_ir(new)
    both(old_text, new_text)
    assert both(old_text, old_text) == []


@pytest.mark.parametrize(
    ("old", "new"), [(" channel", " queue"), ("ir version=2", "ir version=3"), ("\n", "\n\n"), ("http", "HTTP")]
)
def test_what_is_no_interface_is_refused_with_its_place(old: str, new: str) -> None:
    text = 'ir version=2\ntype "T" {\n    struct\n}\nfunction "f" {\n    camel "f"\n    transport "http"\n'
    text += '    output "T" nullable=#false\n}\nchannel "c" {\n    camel "c"\n    server-message "T"\n}\n'
    assert both(text, text) == []
    broken = text.replace(old, new).replace("channel", "queue") if old == " channel" else text.replace(old, new)
    for read in (native.ir_difference, ir_difference):
        with pytest.raises(ValueError, match=r"^line [0-9]+, column [0-9]+: "):
            read(text, broken)


def pairs() -> Iterator[tuple[Document, Document, random.Random]]:
    for seed in range(PAIRS):
        dice = random.Random(seed)  # noqa: S311 - the same pairs every time
        old = changing.interface(dice)
        yield old, changing.changed(old, dice), dice


def test_no_change_that_breaks_somebody_is_said_to_be_harmless() -> None:
    """Sampled: what is sent under the old is valid under the new, and what is answered under the new under the old."""
    broken = 0
    for old, new, dice in pairs():
        old_text, new_text = pure.emit_ir(old), pure.emit_ir(new)
        changes = both(old_text, new_text)
        said = {(subject, detail) for _, meaning, subject, detail in changes if meaning == "breaking"}
        subjects = {subject for subject, _ in said}
        for subject, problem in Judge(parse_ir(old_text), parse_ir(new_text), dice).problems():
            assert subject in subjects, f"{subject}: {problem}\n{changes}\n{old_text}\n--- new ---\n{new_text}"
            broken += 1
    assert broken > PAIRS / 5, "the samples have found what breaks"


@pytest.mark.parametrize(("kind", "change"), changing.KNOWN.items(), ids=changing.KNOWN)
def test_each_single_change_has_its_class(kind: str, change: changing.Known) -> None:
    """The table of ``forms.md``: what a change means where the value is sent, and where it is received."""
    for direction, expected in (("sent", change.sent), ("received", change.received)):
        old, new = (changing.around(direction, shape) for shape in (change.before, change.after))
        meanings = {meaning for _, meaning, *_ in both(pure.emit_ir(old), pure.emit_ir(new))}
        assert max(meanings, key=SEVERITY.index, default=None) == expected, f"{kind}, {direction}"


PHOTO = {"name": "photo", "required": True, "shape": {"kind": "upload", "max_bytes": 9}, "extensions": ["jpg", "png"]}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"shape": {"kind": "upload", "max_bytes": 8}}, "breaking"),
        ({"shape": {"kind": "upload", "max_bytes": 10}}, "compatible"),
        ({"shape": {"kind": "upload"}}, "compatible"),
        ({"extensions": ["png"]}, "breaking"),
        ({"extensions": ["gif", "jpg", "png"]}, "compatible"),
    ],
)
def test_limits_of_a_forms_files(change: Document, expected: str) -> None:
    old, new = (pure.emit_ir(documents.form_document({**PHOTO, **more})) for more in ({}, change))
    assert {(meaning, subject) for _, meaning, subject, _ in both(old, new)} == {(expected, "form f")}


@pytest.mark.parametrize(("transport", "expected"), [("http", ["breaking", "breaking"]), ("websocket", ["breaking"])])
def test_what_one_function_of_a_context_requires_is_required_of_its_readers(
    transport: str, expected: list[str]
) -> None:
    """The other function has no such parameter, so that the context itself says that it may be left out."""

    def shop(is_required: bool) -> str:
        fields = [{"name": "page", "required": is_required, "shape": changing.ANY}]
        types: dict[str, changing.Shape] = {
            "Args": {"kind": "struct", "fields": fields},
            "Out": {"kind": "struct", "fields": []},
        }
        paged = function("paged", "Out", input="Args", context="shop", transport=transport)
        param = {"name": "page", "required": False, "shape": changing.ANY, "shared_by": ["paged"]}
        context = {"name": "shop", "functions": ["all", "paged"], "params": [param]}
        made = document(function("all", "Out", context="shop"), paged, types=types)
        return pure.emit_ir({**made, "contexts": [context]})

    changes = both(shop(False), shop(True))
    assert [meaning for _, meaning, *_ in changes] == expected
    assert all(detail.endswith("page is required now") for *_, detail in changes)
