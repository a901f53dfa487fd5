"""Calls that requests cost in this project's Python code, counted in a process for each application.

They are the same in every run, so that one more is one too many. Each version of CPython has its own record: how a
mutation is run to its end depends on it. Those of the frameworks differ with every release of theirs, and are not
compared.
"""

from __future__ import annotations

import json
import os
import sys

from tests.guard.comparison import FOLDER, Figures, Tolerance
from tests.guard.counting import PYTHON, C
from tests.packaging.tools import ROOT, run

FILE = FOLDER / "calls.json"
VERSION = "%d.%d" % sys.version_info[:2]

TOLERANCES = {PYTHON: Tolerance(rise=0, fall=0.05), C: Tolerance(rise=0, fall=0.05)}


def measure(site: str) -> Figures:
    """The calls of each kind of request to one of ``sites.NAMES``, with the native engine."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("MIZAN_")}
    variables = {**own, "MIZAN_ENGINE": "native", "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
    said = run(sys.executable, "-W", "error", "-m", "tests.guard.requests", site, variables=variables, folder=ROOT)
    figures: dict[str, dict[str, int]] = json.loads(said.stdout)
    return figures
