"""Forms from pydantic models: the fields and what they may hold are the model's, a handler takes what is valid."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import to_json, to_jsonable_python
from typing_extensions import TypedDict, Unpack, get_type_hints

from mizan_core.client import CachePolicy
from mizan_core.client.merge import MergeTargets
from mizan_core.client.options import Auth
from mizan_core.client.targets import Targets
from mizan_core.errors import Invalid
from mizan_core.forms.data import data_class
from mizan_core.forms.describing import form_of
from mizan_core.forms.functions import FormFunctions, register_form
from mizan_core.forms.meta import FormMeta
from mizan_core.forms.model_fields import ModelFields
from mizan_core.forms.schema import FormErrors, FormSchema
from mizan_core.interface.refusals import Refusals
from mizan_core.registry import Registry, default_registry

H = TypeVar("H", bound="Callable[..., Any]")
Initial: TypeAlias = "Callable[[Any], Mapping[str, Any] | Awaitable[Mapping[str, Any]]]"
"""Gives the initial values of a form's fields for a request; a coroutine function or not."""

WHOLE = "__all__"
"""The name under which problems stand that are of no one field."""


class FormOptions(TypedDict, total=False):
    """The keywords of ``form``, as ``FormMeta`` explains them."""

    title: str | None
    submit_label: str | None
    live_validation: bool
    affects: Targets
    merge: MergeTargets
    auth: Auth


def form(
    name: str, *, initial: Initial | None = None, registry: Registry | None = None, **options: Unpack[FormOptions]
) -> Callable[[H], H]:
    """Register the decorated handler as a form: ``NAME.schema``, ``NAME.validate`` and ``NAME.submit``.

    The handler gets the request and the data, an instance of the model that its second parameter is annotated with::

        @form("contact", title="Contact us")
        async def contact(request: Request, data: Contact) -> Sent: ...

    :param initial: gives the initial values for a request.
    :param registry: the default one when None.
    :raises TypeError: for a handler without such a parameter.
    """
    meta = FormMeta(name, **options)

    def register(handler: H) -> H:
        model, parameters = _read(handler)
        served = _ModelForm(meta, model, handler, initial)
        functions = FormFunctions(
            describe=lambda: form_of(meta, served.fields.described()),
            schema=served.schema(),
            validate=served.validate(),
            submit=served.submit(),
            data=data_class(name, lambda: model),
            returns=inspect.signature(handler).return_annotation,
            author=handler,
            submit_parameters=parameters,
            cache=CachePolicy(shared=True) if initial is None else False,
            rev=served.fields.revision(meta),
        )
        register_form(meta, functions, default_registry if registry is None else registry)
        return handler

    return register


def _read(handler: Callable[..., Any]) -> tuple[type[BaseModel], list[inspect.Parameter]]:
    """The model that a handler takes, and its parameters behind it."""
    parameters = list(inspect.signature(handler).parameters.values())
    if len(parameters) > 1:
        model = get_type_hints(handler, include_extras=True).get(parameters[1].name)
        if isinstance(model, type) and issubclass(model, BaseModel):
            return model, parameters[2:]
    raise TypeError(
        f"{handler.__qualname__}: a form's handler is called with the request and the data: "
        f"def {handler.__name__}(request, data: <a pydantic model>)"
    )


class _ModelForm:
    """The form of one model and handler."""

    def __init__(
        self, meta: FormMeta, model: type[BaseModel], handler: Callable[..., Any], initial: Initial | None
    ) -> None:
        self.fields = ModelFields(model)
        self._meta = meta
        self._adapter = TypeAdapter(model)
        self._handler = handler
        self._initial = initial

    def schema(self) -> Callable[..., Any]:
        async def schema(request: Any) -> FormSchema:
            values = {} if self._initial is None else self._initial(request)
            if inspect.isawaitable(values):
                values = await values
            return {
                "title": self._meta.title,
                "submit_label": self._meta.submit_label,
                "multiple": None,
                "fields": self.fields.schemas(to_jsonable_python(dict(values))),
                "forms": None,
            }

        return schema

    def validate(self) -> Callable[..., Any]:
        async def validate(request: Any, data: Any, fields: list[str] | None = None, seq: int = 0) -> FormErrors:  # noqa: ARG001
            _, errors = self._checked(data)
            asked = errors.keys() if fields is None else set(fields)
            return {"errors": {name: texts for name, texts in errors.items() if _field_of(name) in asked}, "seq": seq}

        return validate

    def submit(self) -> Callable[..., Any]:
        handler = self._handler

        async def submit_async(request: Any, data: Any, **parameters: Any) -> Any:
            return await handler(request, self._valid(data), **parameters)

        def submit(request: Any, data: Any, **parameters: Any) -> Any:
            return handler(request, self._valid(data), **parameters)

        return submit_async if inspect.iscoroutinefunction(handler) else submit

    def _valid(self, data: Mapping[str, Any]) -> BaseModel:
        instance, errors = self._checked(data)
        if instance is None:
            raise Invalid("The form is not valid.", details=errors)
        return instance

    def _checked(self, data: Mapping[str, Any]) -> tuple[BaseModel | None, dict[str, list[str]]]:
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
