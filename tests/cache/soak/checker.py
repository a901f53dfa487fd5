"""The guarantee, checked on histories (protocol.md section 10).

Each cell's versions only rise. So a fetch must show, of every cell, a version at least as high as that of every
mutation whose answer had been received before the fetch began. And no version is ever shown that no mutation has made:
negative ones stand for what was rolled back.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.cache.soak.history import Kind, Operation, read
from tests.cache.soak.world import CELLS, FETCHES

MAX_EXAMPLES = 5


@dataclass
class Verdict:
    """What the histories show.

    :param counts: operations of each kind.
    :param stale: fetches that showed an old state, or one that never was.
    :param foreign: fetches that showed another's bundle.
    :param examples: a sentence on each of the first of them.
    """

    counts: Counter[Kind] = field(default_factory=Counter)
    stale: int = 0
    foreign: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def operations(self) -> int:
        return self.counts.total()

    @property
    def reads(self) -> int:
        return self.operations - self.counts[Kind.WRITE]

    @property
    def wrong(self) -> int:
        return self.stale + self.foreign

    @property
    def hit_share(self) -> float:
        """Of the fetches that the cache had a part in."""
        return self.counts[Kind.HIT] / max(1, self.counts[Kind.HIT] + self.counts[Kind.MISS])


def check(paths: Sequence[Path], *, still_playing: bool = False) -> Verdict:
    """The verdict on the histories of players who used one store.

    :param still_playing: mutations may be missing: a fetch is judged by those that are there.
    """
    writes = (operation for path in paths for operation in read(path) if operation.kind is Kind.WRITE)
    answers = Answers(writes, all_known=not still_playing)
    verdict = Verdict()
    for path in paths:
        for operation in read(path):
            verdict.counts[operation.kind] += 1
            problem = None if operation.kind is Kind.WRITE else _problem(operation, answers)
            if problem is None:
                continue
            verdict.foreign += operation.kind is Kind.FOREIGN
            verdict.stale += operation.kind is not Kind.FOREIGN
            if len(verdict.examples) < MAX_EXAMPLES:
                verdict.examples.append(problem)
    return verdict


class Answers:
    """What must be visible at a moment, by cell.

    :param all_known: whether *writes* are all that there have been.
    """

    def __init__(self, writes: Iterable[Operation], *, all_known: bool) -> None:
        self._all_known = all_known
        written: list[list[tuple[int, int]]] = [[] for _ in range(CELLS)]
        self._made = [0] * CELLS
        for write in writes:
            for cell, version in zip(write.values[::2], write.values[1::2], strict=True):
                written[cell].append((write.end, version))
                self._made[cell] = max(self._made[cell], version)
        self._ends: list[list[int]] = []
        self._versions: list[list[int]] = []
        for answers in written:
            answers.sort()
            self._ends.append([end for end, _ in answers])
            highest = 0
            self._versions.append([highest := max(highest, version) for _, version in answers])

    def due(self, cell: int, moment: int) -> tuple[int, int]:
        """The version that a fetch which begins at *moment* must show at least, and when it was answered."""
        count = bisect_left(self._ends[cell], moment)
        if count == 0:
            return 0, moment
        version = self._versions[cell][count - 1]
        return version, self._ends[cell][bisect_left(self._versions[cell], version)]

    def has_been(self, cell: int, version: int) -> bool:
        """Whether somebody has given *cell* this version, and meant it."""
        return version >= 0 and (version <= self._made[cell] or not self._all_known)


def _problem(read: Operation, answers: Answers) -> str | None:
    """What is wrong with a fetch."""
    fetch = FETCHES[read.values[0]]
    if read.kind is Kind.FOREIGN:
        return f"{fetch}: it showed another's bundle"
    for cell, version in zip(fetch.cells, read.values[1:], strict=True):
        if not answers.has_been(cell, version):
            return f"{fetch} ({read.kind.name}): it showed cell {cell} at version {version}, which never was"
        due, answered = answers.due(cell, read.begin)
        if version < due:
            late = (read.begin - answered) / 1e6
            return (
                f"{fetch} ({read.kind.name}): it showed cell {cell} at version {version}; "
                f"version {due} had been answered {late:.2f} ms before it began"
            )
    return None
