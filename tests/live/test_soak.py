"""A short soak: nothing is wrong in the build as it is. That it is loud on every build that is broken on purpose is
shown for one here, and for all by ``python -m tests.live.soak --break all``.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.tools import lacking
from tests.programs import finding

ROOT = Path(__file__).parents[2]
LAST_LINE = re.compile(r"([\d,]+) watches, ([\d,]+) views compared, ([\d,]+) late, ([\d,]+) wrong")
LONGEST = 300

pytestmark = pytest.mark.timeout(LONGEST + 10)


def test_what_clients_show_is_what_the_database_has() -> None:
    if not finding.find("redis-server"):
        lacking(finding.missing("redis-server"))
    code, output, (watches, compared, _, wrong) = _soak("--seconds", "1", "--world", "redis")
    assert (code, wrong) == (0, 0), output
    assert watches > compared > 0, output


def test_a_build_that_forgets_those_who_watch_is_found_out() -> None:
    code, output, (_, _, _, wrong) = _soak("--seconds", "15", "--break", "half-of-the-tags")
    assert code == 1, output
    assert wrong > 0, output


def _soak(*arguments: str) -> tuple[int, str, list[int]]:
    run = subprocess.run(
        [sys.executable, "-m", "tests.live.soak", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    output = run.stdout + run.stderr
    found = LAST_LINE.search(output)
    assert found, output
    return run.returncode, output, [int(number.replace(",", "")) for number in found.groups()]
