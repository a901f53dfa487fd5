"""What the functions of a pydantic model's form do."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import to_json, to_jsonable_python

from mizan_core.errors import Invalid
from mizan_core.forms.invalid_page import MESSAGE
from mizan_core.forms.meta import FormMeta
from mizan_core.forms.model_fields import ModelFields
from mizan_core.forms.schema import FormErrors, FormField, FormSchema
from mizan_core.interface.refusals import Refusals

Initial: TypeAlias = "Callable[[Any], Mapping[str, Any] | Awaitable[Mapping[str, Any]]]"
"""Gives the initial values of a form's fields for a request; a coroutine function or not."""

WHOLE = "__all__"
"""The name under which problems stand that are of no one field."""


class ModelForm:
    """The form of one model and handler."""

    def __init__(
        self, meta: FormMeta, model: type[BaseModel], handler: Callable[..., Any], initial: Initial | None
    ) -> None:
        self.fields = ModelFields(model)
        self.meta = meta
        self.handler = handler
        self._adapter = TypeAdapter(model)
        self._initial = initial

    async def begun(self, request: Any) -> list[FormField]:
        """The fields, with the initial values that they have for a request."""
        values = {} if self._initial is None else self._initial(request)
        if inspect.isawaitable(values):
            values = await values
        return self.fields.schemas(to_jsonable_python(dict(values)))

    def schema(self) -> Callable[..., Any]:
        """``NAME.schema``."""

        async def schema(request: Any) -> FormSchema:
            return {
                "title": self.meta.title,
                "submit_label": self.meta.submit_label,
                "multiple": None,
                "fields": await self.begun(request),
                "forms": None,
            }

        return schema

    def validate(self) -> Callable[..., Any]:
        """``NAME.validate``."""

        async def validate(request: Any, data: Any, fields: list[str] | None = None, seq: int = 0) -> FormErrors:  # noqa: ARG001
            _, errors = self.checked(data)
            asked = errors.keys() if fields is None else set(fields)
            return {"errors": {name: texts for name, texts in errors.items() if _field_of(name) in asked}, "seq": seq}

        return validate

    def submit(self) -> Callable[..., Any]:
        """``NAME.submit``."""
        handler = self.handler

        async def submit_async(request: Any, data: Any, **parameters: Any) -> Any:
            return await handler(request, self._valid(data), **parameters)

        def submit(request: Any, data: Any, **parameters: Any) -> Any:
            return handler(request, self._valid(data), **parameters)

        return submit_async if inspect.iscoroutinefunction(handler) else submit

    def _valid(self, data: Mapping[str, Any]) -> BaseModel:
        instance, errors = self.checked(data)
        if instance is None:
            raise Invalid(MESSAGE, details=errors)
        return instance

    def checked(self, data: Mapping[str, Any]) -> tuple[BaseModel | None, dict[str, list[str]]]:
        """The instance, or what is wrong with the data.

        As a text and strictly: what a client's types refuse is refused here, too.
        """
        missing = self.fields.empty(data)
        try:
            instance = self._adapter.validate_json(to_json(data), strict=True)
        except ValidationError as error:
            refusals = Refusals()
            refusals.add_error(error)
            return None, {**{path or WHOLE: _said(texts) for path, texts in refusals.as_details().items()}, **missing}
        return (None, missing) if missing else (instance, {})


def _said(texts: list[str]) -> list[str]:
    """What an author has written, without pydantic's words before it: whoever fills in a form reads it."""
    return [text.removeprefix("Value error, ") for text in texts]


def _field_of(path: str) -> str:
    return path.partition(".")[0]
