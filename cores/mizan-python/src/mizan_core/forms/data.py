"""What a form is sent: its type is known late, and its values are for the form to check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from mizan_core.client.uploads import ANY_ITEM, UploadPaths
from mizan_core.introspection.naming import pascal_case


class FormData:
    """A JSON object, or a list of them for a list of forms.

    Classes of forms get their fields after their functions have been made, so a subclass says when it is asked what
    clients are to send.
    """

    is_list: ClassVar[bool] = False
    annotation: ClassVar[Callable[[], Any]]
    uploads: ClassVar[Callable[[], UploadPaths]]

    @classmethod
    def __mizan_annotation__(cls) -> Any:
        return cls.annotation()

    @classmethod
    def __mizan_uploads__(cls) -> UploadPaths:
        return {(ANY_ITEM, *path): limits for path, limits in cls.uploads().items()} if cls.is_list else cls.uploads()

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        one = core_schema.dict_schema(core_schema.str_schema(strict=True), core_schema.any_schema())
        return core_schema.list_schema(one) if cls.is_list else one


def data_class(
    form: str, annotation: Callable[[], Any], uploads: Callable[[], UploadPaths] = dict, *, is_list: bool = False
) -> type[FormData]:
    """The class of what the form named *form* is sent.

    :param annotation: gives the type that clients see.
    :param uploads: gives the paths of files, in one form where it is a list.
    """
    members = {"annotation": staticmethod(annotation), "uploads": staticmethod(uploads), "is_list": is_list}
    return type(f"{pascal_case(form)}Data", (FormData,), members)
