"""``python -m mizan_native``: which engine runs and why, what it is made of, and whether it works."""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mizan_core
from mizan_core.engine import CONTRACT_VERSION, current
from mizan_native import _native, _selftest


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report; 0 when every check passed, else 1. As ``generate ...``: run the generator of clients."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["generate"]:
        return _native.run_generator(words[1:], None, print, _complain)
    options = _parser().parse_args(words)
    facts, outcomes = _facts(), _selftest.run()
    print(_as_json(facts, outcomes) if options.json else _as_text(facts, outcomes))
    return 1 if any(outcome.problem for outcome in outcomes) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mizan_native",
        description="Tell which Mizan engine runs here and why, and test the native one against known answers.",
        epilog="The exit code is 0 when every check passed, else 1. MIZAN_ENGINE=auto|native|pure chooses the engine. "
        "`python -m mizan_native generate` generates clients (--help lists its options).",
    )
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    return parser


def _complain(line: str) -> None:
    sys.stderr.write(line + "\n")


def _facts() -> dict[str, str]:
    choice = current()
    return {
        "engine": f"{choice.name} ({choice.reason})",
        "mizan-native": _native.__version__,
        "mizan-core": mizan_core.__version__,
        "contract": f"{_native.CONTRACT_VERSION} (mizan-core: {CONTRACT_VERSION})",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": sysconfig.get_platform(),
        "extension": _extension(),
        "GIL": "enabled" if getattr(sys, "_is_gil_enabled", lambda: True)() else "disabled",
        "pydantic": _pydantic_version(),
    }


def _extension() -> str:
    path = Path(_native.__file__)
    return f"{path} ({'stable ABI' if '.abi3.' in path.name else 'for this Python version alone'})"


def _pydantic_version() -> str:
    try:
        return str(importlib.import_module("pydantic").VERSION)
    except ImportError as error:
        return f"not importable ({error})"


def _as_text(facts: dict[str, str], outcomes: list[_selftest.Outcome]) -> str:
    failed = [outcome for outcome in outcomes if outcome.problem]
    verdict = f"{len(outcomes) - len(failed)} of {len(outcomes)} checks passed"
    lines = [f"{name:<13} {value}" for name, value in {**facts, "self-test": verdict}.items()]
    return "\n".join([*lines, *(f"  FAILED {outcome.name}: {outcome.problem}" for outcome in failed)])


def _as_json(facts: dict[str, str], outcomes: list[_selftest.Outcome]) -> str:
    report: dict[str, Any] = {**facts, "self-test": {outcome.name: outcome.problem or "passed" for outcome in outcomes}}
    return json.dumps(report, indent=4)


if __name__ == "__main__":
    sys.exit(main())
