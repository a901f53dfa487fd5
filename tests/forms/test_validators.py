"""What a client's validator refuses Django refuses too, for every kind of field; and Django never fails.

The validator is made of the interface document alone, and runs in Node with zod (shared/design/forms.md).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.forms.values import MISSING, VALUES

ROOT = Path(__file__).parents[2]
ZOD = ROOT / "node_modules" / "zod"
RUNTIME = ROOT / "frontends" / "mizan-runtime" / "dist" / "forms.js"
FEW_VERDICTS = 4_000


@pytest.fixture(scope="module")
def judged() -> Any:
    """The form, and what Django has refused of each value."""
    if not ZOD.exists() and not os.environ.get("MIZAN_REQUIRE_NODE"):
        pytest.skip("zod is not installed: make test-web")
    return json.loads(_run([sys.executable, "-W", "error", "-m", "tests.forms.fields"], ""))


@pytest.mark.parametrize("client", ["validator.mjs", "runtime.mjs"])
def test_no_refusal_is_false(judged: Any, client: str) -> None:
    if client == "runtime.mjs" and not RUNTIME.exists() and not os.environ.get("MIZAN_REQUIRE_NODE"):
        pytest.skip("the clients are not built: make test-web")
    question = json.dumps({"form": judged["form"], "values": VALUES, "missing": MISSING})
    refused_by_client = json.loads(_run(["node", f"tests/forms/{client}"], question))
    verdicts = [
        (value, name, name in by_server)
        for value, by_client, by_server in zip(VALUES, refused_by_client, judged["refused"], strict=True)
        for name in by_client
    ]
    false_refusals = [(name, value) for value, name, is_refused in verdicts if not is_refused]
    assert false_refusals == []
    assert len(VALUES) * len(judged["form"]["fields"]) > FEW_VERDICTS
    # It is worth something: most of what Django refuses is refused before it is sent.
    of_server = sum(map(len, judged["refused"]))
    assert len(verdicts) > 0.7 * of_server, (len(verdicts), of_server)


def test_every_field_takes_something_and_refuses_something(judged: Any) -> None:
    takes_all = {"anything", "json_optional", "disabled"}
    for field in judged["form"]["fields"]:
        refused = sum(field["name"] in names for names in judged["refused"])
        assert refused < len(VALUES), field
        assert refused or field["name"] in takes_all, field


def _run(command: list[str], question: str) -> str:
    done = subprocess.run(command, cwd=ROOT, input=question, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
