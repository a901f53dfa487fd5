"""The examples of a page of the documentation, to be run as printed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def blocks(page: str, language: str, *, holding: str = "") -> list[str]:
    """The blocks of *language* on ``docs/<page>.md`` that have *holding* in them, in their order."""
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [block for block in found if holding in block]


def block(page: str, language: str, holding: str) -> str:
    """The one block of *language* that has *holding* in it."""
    (found,) = blocks(page, language, holding=holding)
    return found


def answer(page: str, holding: str) -> Any:
    """The JSON that the page shows as an answer."""
    return json.loads(block(page, "json", holding))
