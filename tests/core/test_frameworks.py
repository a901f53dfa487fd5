"""Frameworks' classes in signatures: an adapter says what they mean when it is imported, be it after the functions."""

# mypy: disable-error-code="empty-body"

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from mizan_core.client import UploadLimits, client, frameworks
from mizan_core.client.frameworks import Framework, register_framework
from tests.core.inspecting import refusal


class Request: ...


class Response: ...


class Upload: ...


class Marker: ...


FRAMEWORK = Framework("Stranger", (Request,), (Response,), (Upload,), (Marker,))


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = frameworks.known()
    yield
    frameworks._known = before


class TestAnAdapterImportedAfterTheFunctions:
    def test_responses(self) -> None:
        @client
        def page(request: object) -> Response: ...

        before = page.is_view
        register_framework(FRAMEWORK)
        assert (before, page.is_view) == (False, True)
        page.prepare()

    def test_responses_beside_data(self) -> None:
        @client
        def page(request: object) -> Response | int: ...

        register_framework(FRAMEWORK)
        message = refusal(page.prepare, TypeError)
        assert message.startswith("TestAnAdapterImportedAfterTheFunctions.test_responses_beside_data.<locals>.page")
        assert "it returns either a response or data, not both" in message

    def test_uploads(self) -> None:
        @client
        def take(request: object, file: Upload) -> None: ...

        assert take.parameters[0].upload is None
        register_framework(FRAMEWORK)
        take.prepare()
        assert take.parameters[0].upload == (Upload, UploadLimits(max_files=1), False, False)

    def test_markers(self) -> None:
        @client
        def take(request: object, user: int = Marker()) -> None: ...  # type: ignore[assignment]

        register_framework(FRAMEWORK)
        words = "parameter 'user': Stranger's Marker(...) is not resolved here; read it from the request"
        assert words in refusal(take.prepare, TypeError)


def test_a_request_is_known_by_its_class() -> None:
    def function(question: Request, x: int) -> None: ...

    assert "write 'request' before 'question'" in refusal(lambda: client(function), TypeError)
    register_framework(FRAMEWORK)
    assert [parameter.name for parameter in client(function).parameters] == ["x"]


@pytest.mark.parametrize(
    ("adapter", "name"), [("mizan", "Django"), ("mizan_fastapi", "FastAPI"), ("mizan_fastapi.client", "FastAPI")]
)
def test_an_adapter_registers_its_framework_alone(adapter: str, name: str) -> None:
    names = "from mizan_core.client.frameworks import known; print(*(each.name for each in known().frameworks))"
    code = f"import {adapter}; {names}"
    # A command whose module is imported by then would be run a second time, with a warning.
    commands = "import sys; print(*(each for each in sys.modules if each.endswith(('.openapi', '.ir', '.generate'))))"
    said = subprocess.check_output([sys.executable, "-c", f"{code}; {commands}"], text=True)
    assert [word for word in said.split() if not word.startswith(("mizan_core.", "fastapi."))] == [name]
