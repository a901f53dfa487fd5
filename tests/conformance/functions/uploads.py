"""Functions that take files, for the class of files of whichever framework serves them."""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any

from mizan_core.client import UploadLimits
from tests.conformance.functions.routed import routed
from tests.conformance.functions.serving import both

LAST: list[Any] = []
"""The file that a function was last given."""


def define(file_class: Any, read: Callable[[Any], bytes], name_of: Callable[[Any], str]) -> None:
    """Register them.

    :param read: gives the content of a file, and *name_of* its name.
    """

    def told(file: Any) -> list[Any]:
        LAST[:] = [file]
        content = read(file)
        return [name_of(file), file.size, file.content_type, hashlib.sha256(content).hexdigest()]

    small = Annotated[file_class, UploadLimits(max_bytes=100_000)]
    few = Annotated[list[file_class], UploadLimits(max_bytes=2_000, max_files=3)]
    _define_small(file_class, small, few, told)
    _define_large(file_class)
    _define_endings(small, told)

    @routed("/uploads/<user_id>/", methods=["POST"], affects="user")
    def routed_upload(
        request: Any, user_id: int, image: small | None = None, docs: few | None = None, note: str = ""
    ) -> list[Any]:
        return [None if image is None else told(image)[1], [name_of(each) for each in docs or ()], note]


def _define_small(file_class: Any, small: Any, few: Any, told: Callable[[Any], list[Any]]) -> None:
    @both(affects="user")
    def upload_one(request: Any, user_id: int, image: small, note: str = "none") -> list[Any]:
        return [*told(image), note]

    @both()
    def upload_many(request: Any, docs: few) -> list[list[Any]]:
        return [told(each) for each in docs]

    @both()
    def upload_perhaps(request: Any, image: small | None = None, docs: list[file_class] | None = None) -> list[int]:
        return [0 if image is None else image.size, len(docs or ())]

    @both(auth="staff")
    def upload_for_staff(request: Any, image: small) -> int:
        return int(image.size)


def _define_large(file_class: Any) -> None:
    large = Annotated[file_class, UploadLimits(max_bytes=20_000_000)]
    huge = Annotated[file_class, UploadLimits(max_bytes=2_000_000_000)]

    @both()
    def upload_large(request: Any, data: large) -> int:
        LAST[:] = [data]
        return int(data.size)

    @both()
    def upload_huge(request: Any, data: huge) -> int:
        return int(data.size)


def _define_endings(small: Any, told: Callable[[Any], list[Any]]) -> None:
    @both()
    def upload_badly(request: Any, image: small) -> None:
        told(image)
        raise ValueError("after the file")

    @both()
    def upload_is_gone(request: Any) -> bool:
        file = LAST[0]
        return bool(getattr(file, "file", file).closed)
