"""What the log says of a result that is not what its annotation says: which type it has, and no value of it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from mizan_core.interface.endpoint import ResultMismatch, result_serializer
from tests.core.inspecting import refusal


class Item(BaseModel):
    sku: str


class Opaque: ...


@pytest.mark.parametrize(
    ("annotation", "result", "words"),
    [
        (int, None, "the result (of type NoneType) does not match its annotation: Input should be a valid integer"),
        (list[Item], [{"sku": 5}], "the result (of type list) does not match its annotation: 0.sku: Input should be"),
        (Any, Opaque(), "cannot be written as JSON: Unable to serialize unknown type: <class '"),
        (Any, {"one": {1}, "two": Opaque()}, "cannot be written as JSON: Unable to serialize unknown type: <class '"),
        (bytes, b"\xffsecret", "cannot be written as JSON: invalid utf-8 sequence"),
    ],
)
def test_what_is_wrong_is_said(annotation: Any, result: Any, words: str) -> None:
    serialize = result_serializer("f", TypeAdapter(annotation))
    message = refusal(lambda: serialize(result), ResultMismatch)
    assert message.startswith("f: the result (of type ")
    assert words in message
    assert "secret" not in message


def test_no_value_is_said() -> None:
    """Pydantic quotes what it has not expected, and what raised."""
    item = Item(sku="tea")
    vars(item)["sku"] = b"secret"
    assert "secret" not in refusal(lambda: result_serializer("f", TypeAdapter(Item))(item), ResultMismatch)
