"""The shop's form, served by both frameworks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from examples.shop import questions
from mizan_core.errors import Invalid
from mizan_core.registry import get_function

GOOD = {"name": "Ada", "email": "ada@example.org", "about": "tea", "text": "Which tea is the strongest?"}


def _function(part: str) -> Any:
    assert questions.ask is not None
    return get_function(f"question.{part}")


def test_a_question_is_asked() -> None:
    assert _function("submit").call_sync(None, data=GOOD) == questions.Asked(email="ada@example.org")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"email": "ada"}, "email"), ({"text": "Why?"}, "text"), ({"about": "coffee"}, "about"), ({"name": ""}, "name")],
)
def test_what_is_wrong_is_told_by_field(change: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        _function("submit").call_sync(None, data={**GOOD, **change})
    assert list(refused.value.details) == [field]
    validated = asyncio.run(_function("validate").call(None, data={**GOOD, **change}, fields=[field], seq=1))
    assert list(validated["errors"]) == [field]


def test_it_says_how_to_show_it() -> None:
    schema = asyncio.run(_function("schema").call(None))
    labels = [field["label"] for field in schema["fields"]]
    assert labels == ["Your name", "Your email address", "What is it about?", "Your question"]
