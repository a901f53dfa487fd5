"""What a benchmark is made of: an effort, a question, and the samples that answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

MICROSECONDS = "us"


@dataclass(frozen=True, slots=True)
class Effort:
    """How much a run spends on a question."""

    name: str
    """``full`` or ``quick``."""
    processes: int
    """Fresh processes that each file runs in; their samples are pooled."""
    pairs: int
    """Pairs of samples that one process takes."""
    sample_seconds: float
    """How long one sample lasts at least, all its parts together."""
    budget_seconds: float
    """What one question may take in one process; a slow operation gets fewer pairs, `FEWEST_PAIRS` at least."""
    parts: int = 1
    """The parts of a sample; the quickest one counts. An operation that is slower than a part gets fewer. Each begins
    with caches that the other side has filled, so they are not short."""

    @property
    def description(self) -> str:
        processes = "one process" if self.processes == 1 else f"{self.processes} processes"
        return f"{self.name}: up to {self.pairs} pairs in {processes}"


FEWEST_PAIRS = 5
FULL = Effort("full", processes=5, pairs=40, sample_seconds=0.08, budget_seconds=10, parts=4)
QUICK = Effort("quick", processes=1, pairs=15, sample_seconds=0.032, budget_seconds=2, parts=4)
EFFORTS = {effort.name: effort for effort in (FULL, QUICK)}


@dataclass(frozen=True, slots=True)
class Samples:
    """Paired samples in the order they were taken.

    `ours[i]` and `theirs[i]` were measured one right after the other. They are microseconds per operation unless
    `unit` names another unit. A bound that is not measured (five megabytes) is repeated in `theirs`.
    """

    ours: list[float]
    theirs: list[float]
    unit: str = MICROSECONDS

    def __post_init__(self) -> None:
        if not self.ours or len(self.ours) != len(self.theirs):
            raise ValueError(f"samples come in pairs, one at least, not {len(self.ours)} to {len(self.theirs)}")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a question wants to show."""

    name: str
    against: str
    target: float | None
    at_most: bool
    note: str


def nothing_missing() -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Question:
    """One comparison."""

    name: str
    """The key in the files of results: stable, plain words."""
    against: str
    """What `theirs` is."""
    target: float | None
    """The ratio to reach: theirs / ours and at least this, or with `at_most` ours / theirs and at most this.
    None: the figures are the answer."""
    measure: Callable[[Effort], Samples]
    at_most: bool = False
    note: str = ""
    """Written by hand for docs/performance.md: what to know about this figure, where the time goes."""
    missing: Callable[[], str | None] = nothing_missing
    """What this machine lacks to measure it, or None."""

    @property
    def claim(self) -> Claim:
        return Claim(self.name, self.against, self.target, self.at_most, self.note)


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a question was not measured on this machine."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """How a question failed to run."""

    error: str
