"""Forms from pydantic models: the fields and what they may hold are the model's, a handler takes what is valid."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel
from typing_extensions import TypedDict, Unpack, get_type_hints

from mizan_core.client import CachePolicy
from mizan_core.client.merge import MergeTargets
from mizan_core.client.options import Auth
from mizan_core.client.targets import Targets
from mizan_core.forms.data import data_class
from mizan_core.forms.describing import form_of
from mizan_core.forms.functions import FormFunctions, register_form
from mizan_core.forms.meta import FormMeta
from mizan_core.forms.model_form import Initial, ModelForm
from mizan_core.forms.model_pages import ModelPages
from mizan_core.forms.pages import Pages, Template, plain
from mizan_core.registry import Registry, default_registry

H = TypeVar("H", bound="Callable[..., Any]")


class FormOptions(TypedDict, total=False):
    """The keywords of ``form``, as ``FormMeta`` explains them."""

    title: str | None
    submit_label: str | None
    live_validation: bool
    affects: Targets
    merge: MergeTargets
    auth: Auth


class PageOptions(FormOptions, total=False):
    """The same, where forms may have a page of their own."""

    route: str | None
    success_url: str | None


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
    return model_form(FormMeta(name, **options), initial, registry)


def model_form(
    meta: FormMeta,
    initial: Initial | None,
    registry: Registry | None,
    pages: Pages | None = None,
    template: Template | None = None,
) -> Callable[[H], H]:
    """As ``form``, for an adapter whose forms may have pages.

    :param pages: what it makes of them.
    :param template: gives the page; a plain one when None.
    """

    def register(handler: H) -> H:
        model, parameters = _read(handler)
        served = ModelForm(meta, model, handler, initial)
        paged = None if pages is None or meta.route is None else ModelPages(served, pages, template or plain)
        functions = FormFunctions(
            describe=lambda: form_of(meta, served.fields.described()),
            schema=served.schema(),
            validate=served.validate(),
            submit=served.submit(),
            data=data_class(meta.name, lambda: model),
            returns=inspect.signature(handler).return_annotation,
            author=handler,
            pages=None if paged is None else paged.functions(parameters),
            page_returns=None if pages is None else pages.returns,
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
    hints = get_type_hints(handler, include_extras=True) if len(parameters) > 1 else {}
    if hints:
        model = hints.get(parameters[1].name)
        if isinstance(model, type) and issubclass(model, BaseModel):
            return model, parameters[2:]
    raise TypeError(
        f"{handler.__qualname__}: a form's handler is called with the request and the data: "
        f"def {handler.__name__}(request, data: <a pydantic model>)"
    )
