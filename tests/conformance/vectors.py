"""``tests/vectors/mwt_decode.json``: tokens, the settings they are for, and whether they are accepted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conformance.apps.accounts import SECRET

TOKEN_VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "mwt_decode.json").read_text(encoding="utf-8")
)


def settings_of(vector: dict[str, Any]) -> dict[str, Any]:
    """The settings that differ from those of the targets, by their names in ``mizan_core.settings.Settings``."""
    arguments = vector["args"]
    usual = {"mwt_secret": SECRET, "mwt_audience": None, "mwt_leeway": 0}
    wanted = {f"mwt_{name}": arguments[name] for name in ("secret", "audience", "leeway")}
    return {name: value for name, value in wanted.items() if value != usual[name]}


def name_of(vector: dict[str, Any]) -> str:
    return str(vector["name"])
