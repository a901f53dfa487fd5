"""Parameters that take files: annotations, limits, what server code passes, and what the interface document says."""

# Only the stubs of Django know a type argument.
# mypy: disable-error-code="type-arg"

from __future__ import annotations

from typing import Annotated, Any, Optional

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from pydantic import ValidationError

import mizan.signatures  # noqa: F401 - whose classes are known
from mizan_core.client import UploadLimits, client
from mizan_core.client.uploads import upload_of
from mizan_core.errors import ValidationFailed
from mizan_core.interface.uploads import UploadPlaces, upload_places
from mizan_core.ir import build_ir
from mizan_core.registry import Registry

SMALL = UploadLimits(max_bytes=5)
FEW = UploadLimits(max_bytes=5, max_files=2)


class TestAnnotations:
    @pytest.mark.parametrize(
        ("annotation", "expected"),
        [
            (UploadedFile, (UploadLimits(max_files=1), False, False)),
            (UploadedFile | None, (UploadLimits(max_files=1), False, True)),
            (Optional[UploadedFile], (UploadLimits(max_files=1), False, True)),  # noqa: UP045 - a spelling of its own
            (Annotated[UploadedFile, "note", SMALL], (UploadLimits(5, 1), False, False)),
            (Annotated[UploadedFile | None, SMALL], (UploadLimits(5, 1), False, True)),
            (Annotated[UploadedFile, SMALL] | None, (UploadLimits(5, 1), False, True)),
            (list[UploadedFile], (UploadLimits(), True, False)),
            (Annotated[list[UploadedFile], FEW], (FEW, True, False)),
            (list[Annotated[UploadedFile, FEW]] | None, (FEW, True, True)),
        ],
    )
    def test_what_is_read(self, annotation: Any, expected: Any) -> None:
        upload = upload_of(annotation)
        assert upload is not None
        assert upload[1:] == expected

    @pytest.mark.parametrize("annotation", [int, list[int], dict[str, UploadedFile], UploadedFile | int, None, Any])
    def test_what_is_none(self, annotation: Any) -> None:
        assert upload_of(annotation) is None

    @pytest.mark.parametrize(
        ("limits", "kind"),
        [({"max_bytes": 0}, ValueError), ({"max_files": -1}, ValueError), ({"max_bytes": True}, TypeError)],
    )
    def test_limits_that_are_none(self, limits: Any, kind: type[Exception]) -> None:
        with pytest.raises(kind, match=next(iter(limits))):
            UploadLimits(**limits)

    def test_a_function_of_a_context_takes_none(self) -> None:
        @client(context="shop")
        def read(request: object, image: UploadedFile) -> int:
            return 1

        with pytest.raises(TypeError, match="a function of a context is fetched by its URL, which holds no file"):
            read.prepare()


class TestServerCode:
    def test_it_passes_files(self) -> None:
        @client
        def take(request: object, image: UploadedFile, docs: list[UploadedFile] | None = None) -> Any:
            return [image, docs]

        file = SimpleUploadedFile("a", b"a")
        assert take(None, file) == [file, None]
        assert take.call_sync(None, image=file, docs=[file]) == [file, [file]]
        for wrong in ({"image": "a"}, {"image": file, "docs": file}, {"image": None}):
            with pytest.raises(ValidationError):
                take.call_sync(None, **wrong)


def test_the_interface_document() -> None:
    @client
    def take(
        request: object, image: Annotated[UploadedFile, SMALL], docs: Annotated[list[UploadedFile] | None, FEW] = None
    ) -> None: ...

    registry = Registry()
    registry.register(take)
    document = build_ir(registry)
    assert "upload max-bytes=5\n" in document
    assert "upload max-bytes=5 max-files=2\n" in document


class Data:
    """As a form's data: files stand in it."""

    @classmethod
    def __mizan_uploads__(cls) -> dict[tuple[str, ...], UploadLimits]:
        return {("avatar",): SMALL, ("*", "scan"): FEW}

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> Any:
        return {"type": "any"}


class TestInsideParameters:
    @pytest.fixture
    def places(self) -> UploadPlaces:
        @client
        def submit(request: object, data: Data, number: int) -> None: ...

        found = upload_places(submit.parameters)
        assert found is not None
        return found

    def test_places(self, places: UploadPlaces) -> None:
        assert places.find("data.avatar") == (("data", "avatar"), SMALL)
        assert places.find("data.3.scan") == (("data", "*", "scan"), FEW)
        for path in ("data", "data.x", "data.avatar.x", "number", "data.x.scan", "data.01.scan", ""):
            assert places.find(path) is None
        assert places.max_bytes == 5 * 10 + 5 * 2

    def test_files_are_put_there(self, places: UploadPlaces) -> None:
        data = {"name": "Ada", "avatar": None}
        assert places.complete({"data": data}, {"data.avatar": "F"}) == {"data": {"name": "Ada", "avatar": "F"}}
        rows: list[dict[str, Any]] = [{}, {"scan": None}]
        found = places.complete({"data": rows}, {"data.1.scan": "B", "data.0.scan": "A"})
        assert found == {"data": [{"scan": "A"}, {"scan": "B"}]}

    @pytest.mark.parametrize(
        ("data", "path"),
        [
            ({"avatar": "x"}, "data.avatar"),
            ([{}], "data.1.scan"),
            ("text", "data.avatar"),
            ([1], "data.0.scan"),
            ({}, "data.0.scan"),
        ],
    )
    def test_where_there_is_no_place(self, places: UploadPlaces, data: Any, path: str) -> None:
        with pytest.raises(ValidationFailed) as caught:
            places.complete({"data": data}, {path: "F"})
        assert caught.value.details.keys() == {path}
