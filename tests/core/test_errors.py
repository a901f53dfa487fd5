"""Errors that functions raise: the project's own classes, an application's, and those of any status."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from mizan_core.engine import _choose
from mizan_core.errors import APIError, ConfigurationError, Conflict, HTTPError, MethodNotAllowed
from tests.conformance.answers import STATUSES

PROTOCOL = Path(__file__).parents[2] / "docs" / "protocol.md"


class TestSubclasses:
    def test_what_is_not_said_is_inherited(self) -> None:
        class OutOfStock(Conflict):
            code = "OUT_OF_STOCK"

        error = OutOfStock(details={"left": 0}, headers={"Retry-After": "60"})
        assert (error.code, error.status, error.message) == ("OUT_OF_STOCK", 409, Conflict.default_message)
        assert (error.details, error.headers) == ({"left": 0}, {"Retry-After": "60"})

    @pytest.mark.parametrize("code", ["", "lower", "Out Of Stock", "1ST", "A-B", "\u00c9", "A\n", 5, None])
    def test_a_code_that_is_none(self, code: Any) -> None:
        with pytest.raises(ValueError, match=r"Odd\.code = .*: write it like 'OUT_OF_STOCK'"):
            type("Odd", (APIError,), {"code": code})

    @pytest.mark.parametrize("status", [0, 200, 302, 399, 600, "404", None])
    def test_a_status_that_is_none(self, status: Any) -> None:
        with pytest.raises(ValueError, match=r"Odd\.status = .*: an HTTP status from 400 to 599 is needed"):
            type("Odd", (APIError,), {"status": status})


class TestAnyStatus:
    def test_the_table_of_the_protocol(self) -> None:
        _, _, after = PROTOCOL.read_text("utf-8").partition("| code | status |")
        table, _, _ = after.partition("\n\n")
        found = re.findall(r"(`[A-Z_`, ]+`) \| (\d{3})", table)
        codes = {code: int(status) for names, status in found for code in re.findall(r"[A-Z_]+", names)}
        assert codes == STATUSES

    def test_the_protocols_codes(self) -> None:
        for kind in APIError.__subclasses__():
            if kind.__module__ == APIError.__module__ and kind is not HTTPError:
                assert HTTPError(kind.status).code == kind.code

    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (307, "TEMPORARY_REDIRECT"),
            (402, "PAYMENT_REQUIRED"),
            (414, "URI_TOO_LONG"),
            (416, "RANGE_NOT_SATISFIABLE"),
            (418, "IM_A_TEAPOT"),
            (451, "UNAVAILABLE_FOR_LEGAL_REASONS"),
            (499, "HTTP_499"),
            (503, "SERVICE_UNAVAILABLE"),
            (HTTPStatus.GONE, "GONE"),
        ],
    )
    def test_other_codes_are_the_names_of_the_statuses(self, status: int, code: str) -> None:
        assert HTTPError(status).code == code

    @pytest.mark.parametrize("status", [0, 100, 204, 299, 304, 600, "404", None])
    def test_what_is_no_error(self, status: Any) -> None:
        with pytest.raises(ValueError, match="is no HTTP status of an error: 300 to 599, but 304"):
            HTTPError(status)


def test_the_methods_that_are_allowed_are_a_header() -> None:
    assert MethodNotAllowed(("GET", "HEAD")).headers == {"Allow": "GET, HEAD"}


def test_an_empty_choice_of_an_engine_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"MIZAN_ENGINE must be one of .*: it is set and empty, unset it"):
        _choose("")
