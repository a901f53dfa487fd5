"""Declared errors as classes: what their definition says, refuses and what type checkers see."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from types import new_class
from typing import Any

import pytest
from pydantic import ValidationError

from mizan_core.client import ErrorCase, client
from mizan_core.errors import APIError


class OutOfStock(ErrorCase, status=409, message="Only {left} left, {sku[0]}."):
    left: int
    sku: str = "x"


class Few(ErrorCase):
    left: Left


def case(name: str, annotations: dict[str, Any] | None = None, **keywords: Any) -> type[ErrorCase]:
    members = {"__annotations__": annotations or {}, "__module__": __name__}
    return new_class(name, (ErrorCase,), keywords, lambda body: body.update(members))


@dataclass
class Left:
    number: int


class TestWhatAClassSays:
    def test_code_and_status(self) -> None:
        assert (OutOfStock.code, OutOfStock.status) == ("OUT_OF_STOCK", 409)
        assert (case("HTTPBusy").code, case("V2Gone").code) == (
            "HTTP_BUSY",
            "V_2_GONE",
        )
        assert case("Odd").status == 400

    def test_fields_are_attributes_and_data(self) -> None:
        error = OutOfStock(left=2)
        assert (error.left, error.sku, error.message, str(error)) == (2, "x", "Only 2 left, x.", "Only 2 left, x.")
        assert error.data == {"left": 2, "sku": "x"}

    def test_fields_are_validated(self) -> None:
        with pytest.raises(ValidationError):
            OutOfStock(left="many")  # type: ignore[arg-type]
        with pytest.raises(ValidationError):
            OutOfStock()  # type: ignore[call-arg]
        with pytest.raises(ValidationError):
            OutOfStock(left=1, right=2)  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="has no field 'left'"):
            case("Bare")(left=1)

    def test_a_subclass_has_the_fields_of_its_parent_and_a_code_of_its_own(self) -> None:
        class SoldOut(OutOfStock):
            until: str

        error = SoldOut(left=0, until="Monday")
        assert (error.code, error.status, error.data) == ("SOLD_OUT", 409, {"left": 0, "sku": "x", "until": "Monday"})
        assert error.message == "Sold out."

    def test_a_mixin_does_not_matter(self) -> None:
        class Mixin:
            pass

        class Mixed(Mixin, OutOfStock):
            pass

        assert (Mixed.status, Mixed(left=1).data) == (409, {"left": 1, "sku": "x"})

    def test_copies(self) -> None:
        for twin in (copy.copy(OutOfStock(left=2)), pickle.loads(pickle.dumps(OutOfStock(left=2)))):  # noqa: S301
            assert (type(twin), twin.data, twin.message) == (OutOfStock, {"left": 2, "sku": "x"}, "Only 2 left, x.")

    def test_a_message_that_is_made_late(self) -> None:
        class Lazy:
            def __str__(self) -> str:
                return "Noch {left}."

        message: Any = Lazy()

        class Last(ErrorCase, message=message):
            left: int

        assert Last(left=1).message == "Noch 1."


class TestRefused:
    @pytest.mark.parametrize("code", ["lower", "A-B", "", "NOT_FOUND", "CSRF_FAILED", "INTERNAL_ERROR"])
    def test_codes(self, code: str) -> None:
        with pytest.raises(ValueError, match=r"write it like 'OUT_OF_STOCK'|is built in"):
            case("Odd", code=code)

    def test_the_name_of_a_built_in_one(self) -> None:
        with pytest.raises(ValueError, match="the code NOT_FOUND is built in; write code='ANOTHER'"):
            case("NotFound")

    def test_another_error_of_the_application_has_not_made_its_code_one(self) -> None:
        type("Sold", (APIError,), {"code": "SOLD"})
        assert case("Sold").code == "SOLD"

    def test_status(self) -> None:
        with pytest.raises(ValueError, match="an HTTP status from 400 to 599 is needed"):
            case("Odd", status=200)

    @pytest.mark.parametrize("name", ["code", "status", "message", "details", "args", "data", "_left"])
    def test_fields_that_would_hide_members(self, name: str) -> None:
        with pytest.raises(ValueError, match=f"the field '{name}' would hide a member of errors"):
            case("Odd", {name: int})

    @pytest.mark.parametrize("message", ["{right}", "{}", "{left.real.x} {0}"])
    def test_messages_that_name_no_field(self, message: str) -> None:
        with pytest.raises(ValueError, match="which is none of the error's fields"):
            case("Odd", {"left": int}, message=message)


class TestDeclaring:
    def test_what_is_no_list_of_errors(self) -> None:
        for value in (OutOfStock, "OUT_OF_STOCK", 5):
            with pytest.raises(TypeError, match="errors= takes a list of ErrorCase classes"):
                client(errors=value)(lambda request: None)  # type: ignore[arg-type]
        for item in (ErrorCase, APIError, OutOfStock(left=1), "OUT_OF_STOCK"):
            with pytest.raises(TypeError, match="errors= takes subclasses of ErrorCase, not"):
                client(errors=[item])(lambda request: None)  # type: ignore[list-item]

    def test_two_of_one_code(self) -> None:
        other = case("Other", code="OUT_OF_STOCK")
        with pytest.raises(ValueError, match="OutOfStock and Other have one code, OUT_OF_STOCK"):
            client(errors=[OutOfStock, other])(lambda request: None)

    def test_one_twice_is_one(self) -> None:
        @client(errors=[OutOfStock, OutOfStock])
        def buy(request: object) -> None: ...

        assert buy.declaration.errors == (OutOfStock,)

    def test_names_that_are_defined_further_down(self) -> None:
        @client(errors=[Few])
        def buy(request: object) -> None: ...

        buy.prepare()
        assert Few(left=Left(1)).data == {"left": {"number": 1}}

    def test_names_that_are_not_defined(self) -> None:
        class Lost(ErrorCase):
            left: Nowhere  # type: ignore[name-defined]  # noqa: F821

        @client(errors=[Lost])
        def buy(request: object) -> None: ...

        with pytest.raises(TypeError, match=r"the error .*Lost names 'Nowhere', which is not defined"):
            buy.prepare()
