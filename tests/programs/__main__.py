"""Fetches a program that this machine lacks, without root: ``python -m tests.programs redis-server``.

At home it ends with 0 even if nothing could be had: the tests that need the program are skipped and say so.
With ``CI=true`` that is a failure.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tests.programs import debian, wheels
from tests.programs.errors import NotFetched
from tests.programs.finding import FETCHED

_SOURCES = {
    "chromium-headless-shell": (debian.fetch,),
    "redis-server": (debian.fetch, wheels.fetch),
    "valgrind": (debian.fetch,),
    "wrk": (debian.fetch,),
}


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", choices=_SOURCES)
    parser.add_argument("--into", type=Path, default=FETCHED, help="the folder to put it into (default: %(default)s)")
    options = parser.parse_args()
    print(f"== fetching {options.program} into {options.into}/", file=sys.stderr)
    failures = []
    for fetch in _SOURCES[options.program]:
        try:
            fetch(options.program, options.into.absolute())
        except NotFetched as error:
            failures.append(f"  {error}")
        else:
            return 0
    consequence = "install it" if _is_ci() else "install it; what needs it is skipped"
    print(f"{options.program} could not be fetched: {consequence}", *failures, sep="\n", file=sys.stderr)
    return int(_is_ci())


def _is_ci() -> bool:
    return os.environ.get("CI", "").lower() == "true"


if __name__ == "__main__":
    raise SystemExit(main())
