"""What is out of tolerance, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.guard.comparison import Tolerance, complaint, differences, read, write

TOLERANCES = {"instructions": Tolerance(rise=0.05, least=2)}


def lines(new: int, old: int) -> list[str]:
    return differences({"emit_ir": {"instructions": new}}, {"emit_ir": {"instructions": old}}, TOLERANCES)


@pytest.mark.parametrize("new", [1_000, 1_050, 900, 1, 0])
def test_what_is_within_tolerance_passes(new: int) -> None:
    assert lines(new, 1_000) == []


def test_what_is_dearer_is_told_with_its_numbers() -> None:
    assert lines(1_100, 1_000) == ["emit_ir, instructions: 1,000 -> 1,100 (+10.0%), with at most 1,050 allowed"]
    assert lines(1_051, 1_000)


def test_small_numbers_have_room() -> None:
    assert lines(2, 0) == lines(7, 5) == []
    assert lines(3, 0) == ["emit_ir, instructions: 0 -> 3, with at most 2 allowed"]


def test_subjects_come_and_go() -> None:
    of = {"instructions": 1}
    assert differences({"a": of, "b": of}, {"b": of, "c": of}, TOLERANCES) == [
        "a: not recorded yet",
        "c: recorded, but not measured any more",
    ]


def test_kinds_without_a_tolerance_are_not_compared() -> None:
    new, old = {"instructions": 1, "calls of others": 9}, {"instructions": 1}
    assert differences({"a": new}, {"a": old}, TOLERANCES) == []


def test_the_complaint_names_file_and_command() -> None:
    said = complaint(["emit_ir: 1 -> 2"], Path("elsewhere", "instructions.json"))
    assert "tests/guard/baseline/instructions.json" in said
    assert "  emit_ir: 1 -> 2\n" in said
    assert "`make baseline`" in said


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "baseline" / "figures.json"
    assert read(file) == {}
    write(file, {"a": {"b": 1}})
    assert read(file) == {"a": {"b": 1}}
