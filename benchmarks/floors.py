"""Keys and tokens beside the cryptography that they cannot do without, in Rust.

Without Python: `mizan-core` beside a prepared HMAC-SHA256 of the same bytes, and for a token also one parse of its
claims by serde_json, without any check. The program is built with the profile of the extension.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import partial

from benchmarks.harness import Effort, Question, Samples, main
from benchmarks.timing import quickest
from benchmarks.worker import ROOT

_COMMAND = ("cargo", "run", "--release", "--quiet", "--package", "mizan-floors", "--")
_BUILD_SECONDS = 600
_NANOSECONDS = 1e3
_PARTS = 20
"""Of a sample: the program reads the time that passes, and an interruption is to be in few of them."""


def measured(subject: str, effort: Effort) -> Samples:
    microseconds = round(effort.sample_seconds / _PARTS * 1e6)
    command = (*_COMMAND, subject, str(effort.pairs * _PARTS), str(microseconds))
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=_BUILD_SECONDS).stdout
    parts: list[tuple[float, float]] = json.loads(said)
    pairs = [quickest(parts[start : start + _PARTS]) for start in range(0, len(parts), _PARTS)]
    return Samples([ours / _NANOSECONDS for ours, _ in pairs], [floor / _NANOSECONDS for _, floor in pairs])


def _no_cargo() -> str | None:
    return None if shutil.which("cargo") else "cargo is missing: install Rust (https://rustup.rs/)"


QUESTIONS = (
    Question(
        "a prepared key, in the crate",
        "a prepared HMAC of the same bytes",
        1.8,
        partial(measured, "key"),
        at_most=True,
        missing=_no_cargo,
    ),
    Question(
        "a token's check, in the crate",
        "a prepared HMAC and one JSON parse",
        2,
        partial(measured, "token"),
        at_most=True,
        missing=_no_cargo,
    ),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
