"""From samples to an answer: ratio, spread, target."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.measurement import MICROSECONDS, Claim, Missing, Samples


@dataclass(frozen=True, slots=True)
class Result:
    """A question's answer, and its place in the file of results."""

    claim: Claim
    ratio: float | None = None
    """The median of the paired ratios."""
    met: bool | None = None
    """None without a target, and where nothing was measured."""
    median: float | None = None
    """Ours, in `unit`."""
    their_median: float | None = None
    unit: str = MICROSECONDS
    ratio_quartiles: tuple[float, float] | None = None
    worst_ratio: float | None = None
    pairs: int = 0
    not_measured: str | None = None

    def document(self) -> dict[str, Any]:
        """As JSON: the claim and the answer in one object; `not_measured` only where it says something."""
        fields = asdict(self)
        claim = fields.pop("claim")
        del claim["name"]
        if self.not_measured is None:
            del fields["not_measured"]
        timed = self.unit == MICROSECONDS
        return {
            **claim,
            **fields,
            "median_us": self.median if timed else None,
            "their_median_us": self.their_median if timed else None,
        }


def answer(claim: Claim, outcome: Samples | Missing) -> Result:
    """What the samples of all processes, pooled, say about a claim; a ``ValueError`` when it would divide by zero."""
    if isinstance(outcome, Missing):
        return Result(claim, not_measured=outcome.reason)
    ratios = _ratios(outcome, claim)
    ratio = statistics.median(ratios)
    return Result(
        claim,
        ratio=ratio,
        met=_met(ratio, claim),
        median=statistics.median(outcome.ours),
        their_median=statistics.median(outcome.theirs),
        unit=outcome.unit,
        ratio_quartiles=_quartiles(ratios),
        worst_ratio=max(ratios) if claim.at_most else min(ratios),
        pairs=len(ratios),
    )


def pooled(parts: Sequence[Samples]) -> Samples:
    """The samples of several processes as one series; a ``ValueError`` for none, or for different units."""
    units = {part.unit for part in parts}
    if len(units) != 1:
        raise ValueError(f"samples of one question come in one unit, not in {len(units)}: {sorted(units)}")
    ours = [value for part in parts for value in part.ours]
    theirs = [value for part in parts for value in part.theirs]
    return Samples(ours, theirs, units.pop())


def _ratios(samples: Samples, claim: Claim) -> list[float]:
    over, under = (samples.ours, samples.theirs) if claim.at_most else (samples.theirs, samples.ours)
    if 0 in under:
        raise ValueError(f"{claim.name}: a sample is zero; the operation is too short for the clock")
    return [numerator / denominator for numerator, denominator in zip(over, under, strict=True)]


def _met(ratio: float, claim: Claim) -> bool | None:
    if claim.target is None:
        return None
    return ratio <= claim.target if claim.at_most else ratio >= claim.target


def _quartiles(values: list[float]) -> tuple[float, float]:
    if len(values) == 1:
        return values[0], values[0]
    lower, _, upper = statistics.quantiles(values, n=4, method="inclusive")
    return lower, upper
