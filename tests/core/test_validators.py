"""Validating arguments and serialising results: ``ClientFunction.arguments``, ``.result`` and ``.prepare``."""

# mypy: disable-error-code="empty-body, name-defined"

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

import mizan_core.client.client_function
from mizan_core.client import client
from mizan_core.registry import Registry
from tests.core.inspecting import refusal


class Item(BaseModel):
    sku: str
    price: float = 1.0


@client
def place(
    request: object, user_id: int, items: list[Item], note: str | None = None, express: bool = False
) -> dict[str, Item]:
    return {item.sku: item for item in items}


@client
def odd_names(request: object, _a: int, __b: int, model_config: int, class_: int, größe: int) -> None: ...  # noqa: PLC2401


class Arbitrary: ...


class TestArguments:
    def test_hold_exactly_what_was_passed(self) -> None:
        assert place.arguments.validate_python({"user_id": 1, "items": []}) == {"user_id": 1, "items": []}
        assert place.arguments.validate_python({"user_id": "1", "items": [{"sku": "a"}], "note": None}) == {
            "user_id": 1,
            "items": [Item(sku="a")],
            "note": None,
        }

    def test_fit_the_function(self) -> None:
        arguments = place.arguments.validate_python({"user_id": 1, "items": [{"sku": "a", "price": 2}]})
        assert place(None, **arguments) == {"a": Item(sku="a", price=2.0)}

    def test_from_json(self) -> None:
        assert place.arguments.validate_json('{"user_id": 1, "items": [], "express": true}')["express"] is True

    def test_of_a_function_without_parameters(self) -> None:
        @client
        def nothing(request: object) -> None: ...

        assert nothing.arguments.validate_python({}) == {}
        with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
            nothing.arguments.validate_python({"x": 1})

    @pytest.mark.parametrize(
        ("arguments", "places"),
        [
            ({}, ["user_id", "items"]),
            ({"user_id": "x", "items": [{}]}, ["user_id", "items.0.sku"]),
            ({"user_id": 1, "items": [], "other": 1}, ["other"]),
            ({"user_id": 1, "items": [], "request": 1}, ["request"]),
            ({"user_id": None, "items": []}, ["user_id"]),
            ([], [""]),
        ],
    )
    def test_refused(self, arguments: Any, places: list[str]) -> None:
        with pytest.raises(ValidationError) as caught:
            place.arguments.validate_python(arguments)
        assert [".".join(map(str, error["loc"])) for error in caught.value.errors()] == places

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), "nan", "-Infinity"])
    def test_no_infinities(self, value: Any) -> None:
        @client
        def measure(request: object, x: float, xs: list[float]) -> None: ...

        for arguments in ({"x": value, "xs": []}, {"x": 1, "xs": [value]}):
            with pytest.raises(ValidationError, match="finite number"):
                measure.arguments.validate_python(arguments)

    def test_messages_do_not_show_what_was_passed(self) -> None:
        for arguments in (
            {"user_id": "marker-93fa", "items": []},
            {"user_id": 1, "items": [{"sku": ["marker-93fa"]}]},
            {"user_id": 1, "items": [], "other": "marker-93fa"},
            "marker-93fa",
        ):
            with pytest.raises(ValidationError) as caught:
                place.arguments.validate_python(arguments)
            assert "marker-93fa" not in str(caught.value)

    def test_constraints(self) -> None:
        @client
        def count(request: object, x: Annotated[int, Field(gt=0, description="how many")] = 1) -> None: ...

        assert count.arguments.validate_python({}) == {}
        with pytest.raises(ValidationError, match="greater than 0"):
            count.arguments.validate_python({"x": 0})

    def test_names_of_any_kind(self) -> None:
        names = ["_a", "__b", "model_config", "class_", "größe"]
        assert [parameter.name for parameter in odd_names.parameters] == names
        assert odd_names.arguments.validate_python(dict.fromkeys(names, 1)) == dict.fromkeys(names, 1)

    def test_dataclasses_and_typed_dictionaries_beside_the_function(self) -> None:
        class Table(TypedDict):
            item: Item

        @dataclass
        class Data:
            table: Table

        @client
        def function(request: object, data: Data) -> Table:
            return data.table

        validated = function.arguments.validate_python({"data": {"table": {"item": {"sku": "a"}}}})
        assert validated == {"data": Data({"item": Item(sku="a")})}
        assert function.result.dump_json(function(None, **validated)) == b'{"item":{"sku":"a","price":1.0}}'


class TestResult:
    def test_serialises(self) -> None:
        assert place.result.dump_json({"a": Item(sku="a")}) == b'{"a":{"sku":"a","price":1.0}}'

    def test_of_nothing(self) -> None:
        @client
        def nothing(request: object) -> None: ...

        assert nothing.result.dump_json(None) == b"null"

    def test_of_values(self) -> None:
        @client
        def now(request: object) -> tuple[datetime, int | None]: ...

        assert now.result.dump_json((datetime(2020, 1, 2), None)) == b'["2020-01-02T00:00:00",null]'  # noqa: DTZ001


class TestRefused:
    def test_parameter(self) -> None:
        @client
        def function(request: object, fine: int, x: list[Arbitrary]) -> None: ...

        for use in (lambda: function.arguments, function.prepare):
            message = refusal(use, TypeError)
            assert message.startswith("TestRefused.test_parameter.<locals>.function (tests.core.test_validators:")
            assert "parameter 'x': list[tests.core.test_validators.Arbitrary] cannot be sent over the wire" in message
            assert message.endswith("; write a pydantic model, a dataclass or a TypedDict")
            assert "\n" not in message
            assert "fine" not in message

    def test_result(self) -> None:
        @client
        def function(request: object) -> dict[str, Arbitrary]: ...

        for use in (lambda: function.result, function.prepare):
            message = refusal(use, TypeError)
            assert "the return annotation: dict[str, tests.core.test_validators.Arbitrary] cannot be sent" in message
            assert message.endswith("or say what clients get with @client(returns=...)")

    def test_undefined_names_further_down(self) -> None:
        class Model(BaseModel):
            x: Nowhere  # noqa: F821

        @client
        def function(request: object, model: Model) -> None: ...

        message = refusal(function.prepare, TypeError)
        assert message.endswith("an annotation names 'Nowhere', which is not defined")

    def test_registering_does_not_pay_for_validators(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def build(*_: object) -> None:
            raise AssertionError("built too early")

        monkeypatch.setattr(mizan_core.client.client_function, "arguments_adapter", build)
        monkeypatch.setattr(mizan_core.client.client_function, "annotation_adapter", build)

        @client
        def function(request: object, x: int) -> int:
            return x

        Registry().register(function)
        assert function.parameters
        with pytest.raises(AssertionError, match="built too early"):
            function.prepare()


class TestOnce:
    def test_the_same_object_each_time(self) -> None:
        assert place.arguments is place.arguments
        assert place.result is place.result
        assert isinstance(place.arguments, TypeAdapter)

    @pytest.mark.parametrize("attribute", ["arguments", "result", "signature"])
    def test_threads_share_one(self, attribute: str) -> None:
        @client
        def function(request: object, x: list[Item], y: Afterwards) -> dict[str, Item]: ...

        class Afterwards(BaseModel): ...

        found = in_threads(lambda: getattr(function, attribute))
        assert len({id(value) for value in found}) == 1


def in_threads(action: Callable[[], object], count: int = 8) -> list[object]:
    """What *action* gives in each of several threads that start together."""
    barrier, found = threading.Barrier(count, timeout=60), list[object]()

    def run() -> None:
        barrier.wait()
        found.append(action())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(found) == count
    return found
