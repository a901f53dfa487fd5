"""Import the engine and print as one line of JSON which one it is, or why there is none, and every warning on the way.

A subinterpreter runs this text too.
"""

from __future__ import annotations

import json
import sys
import warnings


def choose() -> dict[str, object]:
    try:
        from mizan_core.engine import ENGINE, current
    except Exception as error:  # noqa: BLE001 - what comes is what the test wants to see
        return {
            "error": type(error).__name__,
            "families": [family.__name__ for family in type(error).__mro__],
            "message": str(error),
            "module": getattr(error, "name", None),
        }
    text = ENGINE.canonical_json({"b": [1.0, 2**70], "a": "\u00e9"}).decode()
    return {"engine": current().name, "reason": current().reason, "works": text}


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    outcome = choose()
outcome["warnings"] = [[warning.category.__name__, str(warning.message)] for warning in caught]
sys.stdout.write(json.dumps(outcome) + "\n")
sys.stdout.flush()
