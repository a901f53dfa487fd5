"""Calls that requests cost in this project's Python code, counted in a process for each application.

They are the same in every run. The versions of CPython differ by some, for which there is room: one record serves all.
Those of the frameworks differ with every release of theirs, and are not compared.
"""

from __future__ import annotations

import json
import os
import sys

from tests.guard.comparison import FOLDER, Figures, Tolerance
from tests.guard.counting import PYTHON, C
from tests.packaging.tools import ROOT, run

FILE = FOLDER / "calls.json"
CALLS = "calls"
SITES = ("fastapi", "django-wsgi", "django-asgi")

TOLERANCES = {CALLS: Tolerance(rise=0.10)}


def measure(site: str) -> Figures:
    """The calls of each kind of request to one of ``SITES``, with the native engine."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("MIZAN_")}
    variables = {**own, "MIZAN_ENGINE": "native", "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
    said = run(sys.executable, "-W", "error", "-m", "tests.guard.requests", site, variables=variables, folder=ROOT)
    figures: dict[str, dict[str, int]] = json.loads(said.stdout)
    return {f"{site}, {kind}": {CALLS: numbers[PYTHON] + numbers[C]} for kind, numbers in figures.items()}
