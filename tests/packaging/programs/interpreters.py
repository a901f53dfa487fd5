"""Choose the engine in several interpreters of one process; each prints a line of JSON (choose.py).

Arguments: the kind of the subinterpreters ("isolated", with a global lock of their own from CPython 3.12 on, or
"legacy", the kind of mod_wsgi), then the order in which interpreters import the engine ("main" or "sub").
"""

from __future__ import annotations

import importlib
import runpy
import sys
from pathlib import Path

CHOOSE = Path(__file__).with_name("choose.py")


def run_in_subinterpreter(kind: str) -> None:
    if sys.version_info >= (3, 13):
        interpreters = importlib.import_module("_interpreters")
        identity = interpreters.create(kind)
    else:
        interpreters = importlib.import_module("_xxsubinterpreters")
        identity = interpreters.create(isolated=kind == "isolated")
    try:
        # From 3.13 on a failure is returned, before that it is raised.
        failure = interpreters.run_string(identity, CHOOSE.read_text(encoding="utf-8"))
    finally:
        interpreters.destroy(identity)
    if failure is not None:
        sys.exit(f"the subinterpreter failed: {failure}")


def main(kind: str, *order: str) -> None:
    # CPython's own: where a subinterpreter is the first to load one of these, the process may not live (3.12.1).
    for module in ("decimal", "hashlib"):
        importlib.import_module(module)
    for where in order:
        if where == "main":
            runpy.run_path(str(CHOOSE))
        else:
            run_in_subinterpreter(kind)


main(*sys.argv[1:])
