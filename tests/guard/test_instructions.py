"""No hot function of the crate costs more instructions or memory than has been recorded."""

from __future__ import annotations

import pytest

from tests.guard import callgrind, comparison, instructions
from tests.guard.instructions import FILE, TOLERANCES, Measurement
from tests.packaging.tools import BUILD_SECONDS, lacking

pytestmark = pytest.mark.timeout(BUILD_SECONDS)


@pytest.fixture(scope="module")
def measured() -> Measurement:
    try:
        return instructions.measure()
    except callgrind.ToolMissing as error:
        lacking(str(error))


def test_nothing_has_become_dearer(measured: Measurement) -> None:
    recorded = comparison.read(FILE).get(measured.compiler.target)
    if recorded is None:
        lacking(f"tests/guard/baseline/{FILE.name} has nothing on {measured.compiler.target}: run `make baseline`")
    lines = measured.differences(recorded)
    if lines:
        pytest.fail(comparison.complaint(lines, FILE), pytrace=False)


@pytest.mark.parametrize("kind", TOLERANCES)
def test_what_has_become_dearer_is_seen(measured: Measurement, kind: str) -> None:
    """Against a record of half of it the measurement fails, with any of its subjects that is more than a trifle."""
    figures = {name: {**numbers, kind: numbers[kind] // 2} for name, numbers in measured.figures.items()}
    lines = measured.differences({"rustc": measured.compiler.rustc, "figures": figures})
    dearer = [name for name, numbers in measured.figures.items() if numbers[kind] > 2 * TOLERANCES[kind].least]
    assert dearer
    assert [line.partition(":")[0] for line in lines] == sorted(f"{name}, {kind}" for name in dearer)


def test_another_compiler_is_given_more_room(measured: Measurement) -> None:
    figures = {name: dict(numbers) for name, numbers in measured.figures.items()}
    figures["emit_ir"]["instructions"] = measured.figures["emit_ir"]["instructions"] * 9 // 10
    figures["compile_graph"]["instructions"] = measured.figures["compile_graph"]["instructions"] // 2
    (line,) = measured.differences({"rustc": "1.0.0", "figures": figures})
    assert line.startswith("compile_graph, instructions: ")
    assert line.endswith(f"(rustc {measured.compiler.rustc}, recorded with 1.0.0)")


def test_hashing_is_counted_apart(measured: Measurement) -> None:
    """A prepared key saves the two blocks of RFC 2104 that hold the key; both keys are of one message."""
    once, prepared = (measured.figures[name] for name in ("derive_key_one_off", "derive_key_prepared"))
    block = (once["hashing"] - prepared["hashing"]) // 2
    assert prepared["hashing"] == 3 * block
    assert measured.figures["compute_merges"]["hashing"] == 0


def test_large_results_cost_no_more_than_small_ones(measured: Measurement) -> None:
    """A result is copied, by the C library, and not looked at."""
    small, large = (measured.figures[f"encode_response_{size}"] for size in ("1_kb", "100_kb"))
    assert large["allocations"] == small["allocations"]
    assert large["instructions"] == pytest.approx(small["instructions"], rel=0.01)
