"""Running callgrind, and reading what it has counted (https://valgrind.org/docs/manual/cl-format.html)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.packaging.tools import run
from tests.programs import finding

INSTRUCTIONS, HASHING, ALLOCATIONS = "instructions", "hashing", "allocations"

_SECONDS = 250
_ALLOCATORS = frozenset(("malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"))
_HASHING = "sha2::"
"""Where functions of SHA-256 are. They take most of the time of short messages, and would hide what changes around."""


class ToolMissing(Exception):
    """There is nothing to count with on this machine."""


def need(tool: str) -> str:
    """The path of *tool*.

    :raises ToolMissing: where there is none.
    """
    found = finding.find(tool)
    if found is None:
        raise ToolMissing(f"{finding.missing(tool)}; the instructions of the Rust code are counted with it")
    return found


def profile(program: Path, function: str, file: Path) -> tuple[str, str]:
    """What *program* prints, and the profile of each call of *function*, one part after the other.

    :param file: where the profile is kept meanwhile.
    """
    printed = run(
        need("valgrind"),
        "--quiet",
        "--tool=callgrind",
        f"--zero-before={function}",
        f"--dump-after={function}",
        "--combine-dumps=yes",
        "--compress-strings=no",
        "--compress-pos=no",
        f"--callgrind-out-file={file}",
        str(program),
        variables=os.environ,
        timeout=_SECONDS,
    ).stdout
    return printed, file.read_text()


def parts(text: str, program: str) -> Iterator[Counter[str]]:
    """What each part of a profile has counted in the object *program*: there alone, so that the machine's C library
    has no say; how often that is asked for memory is counted instead.
    """
    for part in text.split("\npart: ")[1:]:
        yield _read_part(part.splitlines(), program)


def _read_part(lines: list[str], program: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    place = dict.fromkeys(("ob", "fn", "cfn"), "")
    rest = iter(lines)
    for line in rest:
        name, is_named, value = line.partition("=")
        if is_named and name == "calls":
            if place["ob"] == program and place["cfn"] in _ALLOCATORS:
                counted[ALLOCATIONS] += int(value.split()[0])
            next(rest)  # the cost of what was called stands there
        elif is_named:
            place[name] = value
        elif line[:1].isdigit() and " " in line and place["ob"] == program:
            counted[HASHING if place["fn"].startswith(_HASHING) else INSTRUCTIONS] += int(line.split()[1])
    return counted
