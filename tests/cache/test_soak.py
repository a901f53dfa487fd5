"""A short soak: silent on the build as it is. That it is loud on every build that is broken on purpose is shown by
``test_broken_builds`` for its checker, and by ``make soak ARGS="--break all"`` for its luck.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.cache.soak.checker import check
from tests.cache.soak.history import Kind, Writer
from tests.cache.soak.world import FETCHES
from tests.extent import IS_CI
from tests.packaging.tools import lacking
from tests.programs import finding

Run: TypeAlias = "tuple[int, str, tuple[int, int, int]]"
ROOT = Path(__file__).parents[2]
LAST_LINE = re.compile(r"([\d,]+) operations, ([\d,]+) reads checked, ([\d,]+) stale")
ENOUGH = 3_000
"""Operations of the short run; ``make soak`` goes on for longer."""
WORLDS = ("--world", "memory-fastapi") if IS_CI else ()
"""What is played: in CI, which goes on with a minute of `make soak`, one world is enough to show that it works."""
LONGEST = 110
"""Seconds that a run may take, on a machine that is busy with other things too: it ends as soon as it has enough."""

pytestmark = pytest.mark.timeout(4 * LONGEST)


def test_the_build_as_it_is_serves_nothing_stale() -> None:
    code, output, (operations, reads, stale) = _soak(
        "--seconds", str(3 * LONGEST), "--operations", str(ENOUGH), *WORLDS
    )
    assert (code, stale) == (0, 0), output
    assert operations > reads > ENOUGH // 2, output
    _need_redis()


def test_a_soak_that_hardly_hits_proves_nothing() -> None:
    code, output, (_, _, stale) = _soak("--seconds", "1.5", "--database", "sqlite", "--break", "nothing-is-stored")
    assert (code, stale) == (1, 0), output


class TestChecker:
    """Of a bundle that shows one cell."""

    number = next(number for number, fetch in enumerate(FETCHES) if fetch.context == "own")
    cell = FETCHES[number].cells[0]

    @pytest.mark.parametrize(
        ("begin", "shown", "stale"),
        [
            (19, 0, 0),  # the mutation had not been answered yet
            (20, 0, 0),  # at the same instant
            (21, 0, 1),
            (21, 1, 0),
            (5, 1, 0),  # before the mutation was answered its data may be seen
            (21, 2, 1),  # nobody has written that
            (21, -2, 1),  # rolled back
        ],
    )
    def test_a_fetch_after_an_answer(self, tmp_path: Path, begin: int, shown: int, stale: int) -> None:
        writer = Writer(tmp_path / "writer")
        writer.write(Kind.WRITE, 10, 20, [self.cell, 1])
        writer.close()
        reader = Writer(tmp_path / "reader")
        reader.write(Kind.HIT, begin, begin + 1, [self.number, shown])
        reader.close()
        assert check([tmp_path / "writer", tmp_path / "reader"]).wrong == stale

    def test_the_highest_version_counts_whatever_was_answered_last(self, tmp_path: Path) -> None:
        player = Writer(tmp_path / "player")
        player.write(Kind.WRITE, 0, 10, [self.cell, 2])
        player.write(Kind.WRITE, 0, 11, [self.cell, 1])
        player.write(Kind.MISS, 12, 13, [self.number, 1])
        player.close()
        assert check([tmp_path / "player"]).stale == 1

    def test_another_viewers_bundle(self, tmp_path: Path) -> None:
        player = Writer(tmp_path / "player")
        player.write(Kind.FOREIGN, 1, 2, [self.number])
        player.close()
        verdict = check([tmp_path / "player"])
        assert (verdict.foreign, verdict.wrong, verdict.reads) == (1, 1, 1)


def _need_redis() -> None:
    if finding.find("redis-server") is None:
        lacking(finding.missing("redis-server"))


def _soak(*arguments: str) -> Run:
    """The exit code, all that was printed, and the numbers of the last line."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.cache.soak", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=4 * LONGEST,
        check=False,
    )
    output = run.stdout + run.stderr
    last = LAST_LINE.fullmatch(run.stdout.rstrip("\n").rpartition("\n")[2])
    assert last is not None, output
    operations, reads, stale = (int(number.replace(",", "")) for number in last.groups())
    return run.returncode, output, (operations, reads, stale)
