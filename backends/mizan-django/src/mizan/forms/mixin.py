"""``mizanFormMixin``: a form class whose definition registers its three functions."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.forms.models import BaseModelForm, BaseModelFormSet
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from mizan.forms.binding import BoundForm, BoundFormSet, bind, form_errors, set_errors
from mizan.forms.describing import data_type, field_schemas, is_fixed, static_fields, static_schema, wire_initial
from mizan.forms.pages import page_functions
from mizan_core.client import CachePolicy
from mizan_core.client.uploads import UploadLimits, UploadPaths
from mizan_core.errors import Invalid
from mizan_core.forms.data import data_class
from mizan_core.forms.describing import form_of
from mizan_core.forms.functions import FormFunctions, PageFunction, register_form
from mizan_core.forms.invalid_page import MESSAGE
from mizan_core.forms.meta import FormMeta
from mizan_core.forms.schema import FormErrors, FormSchema, FormSetLimits
from mizan_core.introspection.parts import FormPart
from mizan_core.registry import default_registry

_OPENING = ("__init__", "full_clean", "_clean_fields", "_clean_form", "add_error", "add_fields", "clean_form")
"""Methods of a form that may make more of it, or less, than its class says."""


class mizanFormMixin:  # noqa: N801 - as users have it
    """Stands before ``forms.Form``, ``forms.ModelForm`` or a class of formsets, with ``mizan = mizanFormMeta(...)``.

    The class is registered when it is defined: as ``NAME.schema``, ``NAME.validate`` and ``NAME.submit``.
    """

    mizan: ClassVar[FormMeta]
    request: HttpRequest
    """The request that the form was made for."""

    @classmethod
    def get_form_kwargs(cls, request: Any) -> dict[str, Any]:  # noqa: ARG003 - for those who override it
        """The keyword arguments of the class: ``initial``, ``instance``, ``queryset``, or a form's own.

        An override may take more parameters, which are annotated: clients pass them to all three functions.
        """
        return {}

    def on_request(self, request: Any) -> None:
        """Change the fields of this one form, before it is shown or checked: ``self.fields["size"].choices = ...``."""

    def on_submit_success(self, request: Any) -> Any:  # noqa: ARG002 - for those who override it
        """What a valid form does; its annotation is the type of the answer. Without an override ``save`` is called,
        where the form has one.
        """
        save = getattr(self, "save", None)
        if save is not None:
            save()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if _is_ready(cls):
            _register(cls)


def _is_ready(cls: type[mizanFormMixin]) -> bool:
    """Whether it is a form of its own; a class of formsets is one when it has got its form."""
    if issubclass(cls, forms.BaseFormSet):
        return hasattr(cls, "mizan") and "form" in vars(cls)
    return "mizan" in vars(cls)


def _register(cls: type[mizanFormMixin]) -> None:
    meta = cls.mizan
    if not isinstance(meta, FormMeta):
        raise TypeError(f"{cls.__qualname__}.mizan is a mizanFormMeta(...), not {meta!r}")
    success = inspect.unwrap(cls.on_submit_success)
    if inspect.iscoroutinefunction(success):
        raise TypeError(
            f"{cls.__qualname__}.on_submit_success is a plain def: a form is checked and saved in one thread"
        )
    returns = inspect.signature(success).return_annotation
    policy, rev = _caching(cls)
    parameters = _parameters(cls)
    functions = FormFunctions(
        describe=_described(cls),
        schema=_schema(cls),
        validate=_validate(cls),
        submit=_submit(cls),
        data=data_class(meta.name, _annotation(cls), _uploads(cls), is_list=issubclass(cls, forms.BaseFormSet)),
        returns=Any if returns is inspect.Signature.empty else returns,
        parameters=parameters,
        author=success,
        pages=_pages(cls, parameters) if meta.route else None,
        page_returns=HttpResponseBase,
        cache=policy,
        rev=rev,
    )
    register_form(meta, functions, default_registry)


def _annotation(cls: Any) -> Callable[[], Any]:
    @cache
    def annotation() -> Any:
        name, limits = data_class(cls.mizan.name, lambda: None).__name__, cls.mizan.upload_limits
        if issubclass(cls, forms.BaseFormSet):
            item: Any = data_type(name, _set_fields(cls), limits, is_open=is_open(cls), may_be_stored=_may_store(cls))
            return list[item]
        return data_type(name, cls.base_fields, limits, is_open=is_open(cls), may_be_stored=_may_store(cls))

    return annotation


def _uploads(cls: Any) -> Callable[[], UploadPaths]:
    def uploads() -> UploadPaths:
        limits = cls.mizan.upload_limits
        if issubclass(cls, forms.BaseFormSet):
            fields = _set_fields(cls)
        else:
            fields, limits = cls.base_fields, UploadLimits(limits.max_bytes, 1)
        files = (name for name, field in fields.items() if isinstance(field, forms.FileField) and not field.disabled)
        return {(name,): limits for name in files}

    return uploads


def _described(cls: Any) -> Callable[[], FormPart]:
    def described() -> FormPart:
        opened, stored, files = is_open(cls), _may_store(cls), cls.mizan.upload_limits
        if not issubclass(cls, forms.BaseFormSet):
            return form_of(cls.mizan, static_fields(cls.base_fields, files, is_open=opened, may_be_stored=stored))
        limits = _limits(cls)
        fields = static_fields(_set_fields(cls), files, is_open=opened, may_be_stored=stored)
        return form_of(cls.mizan, fields, {"min_forms": limits["min"], "max_forms": limits["max"]})

    return described


def _set_fields(cls: Any) -> Mapping[str, forms.Field]:
    """The fields of each form of a list: those that are added for ordering and deleting, too."""
    fields: Mapping[str, forms.Field] = cls.form.base_fields
    try:
        # Nobody asks the database to describe a form.
        options = {"queryset": cls.model._default_manager.none()} if issubclass(cls, BaseModelFormSet) else {}  # noqa: SLF001 - documented
        fields = cls(**options).empty_form.fields
    except Exception:  # noqa: BLE001 - a class whose forms need arguments that only a request has
        return fields
    return fields


def is_open(cls: Any) -> bool:
    """Whether a request may change what the class says of its fields."""
    own = getattr(cls, "form", None)
    return (
        # What is to be deleted need not be valid.
        getattr(cls, "can_delete", False)
        or cls.on_request is not mizanFormMixin.on_request
        or any(_is_own(cls, name) for name in _OPENING)
        or (own is not None and any(_is_own(own, name) for name in _OPENING))
    )


def _may_store(cls: Any) -> bool:
    """Whether forms of the class may begin with values that are stored."""
    kind = getattr(cls, "form", cls)
    return issubclass(kind, BaseModelForm) or not _has_plain_options(cls)


def _has_plain_options(cls: Any) -> bool:
    return cls.get_form_kwargs.__func__ is mizanFormMixin.get_form_kwargs.__func__  # type: ignore[attr-defined]


def _is_own(cls: Any, name: str) -> bool:
    method = getattr(cls, name, None)
    return method is not None and not getattr(method, "__module__", "").startswith("django.forms.")


def _caching(cls: Any) -> tuple[CachePolicy | bool, int]:
    """How the schema may be cached, and the revision of what it says.

    It may where the class alone decides it. While the class is being made Django has collected what it declares; what
    it takes from a model comes later, and nobody knows then.
    """
    is_plain = not issubclass(cls, (forms.BaseFormSet, BaseModelForm)) and hasattr(cls, "declared_fields")
    is_alone = is_plain and not is_open(cls) and _has_plain_options(cls)
    if not is_alone or any(_is_own(cls, name) for name in ("get_initial_for_field", "get_context")):
        return False, 0
    fields = {name: field for base in reversed(cls.__mro__) for name, field in _declared(base).items()}
    if not is_fixed(fields.values()):
        return False, 0
    said = [
        cls.mizan.title,
        cls.mizan.submit_label,
        [static_schema(*each, may_be_stored=False) for each in fields.items()],
    ]
    digest = hashlib.sha256(json.dumps(said, default=str).encode()).digest()
    return CachePolicy(shared=True), int.from_bytes(digest[:6], "big")


def _declared(cls: type) -> Mapping[str, forms.Field]:
    declared: Mapping[str, forms.Field] = vars(cls).get("declared_fields", {})
    return declared


def _parameters(cls: type[mizanFormMixin]) -> list[inspect.Parameter]:
    """What clients pass beside the data: the parameters of ``get_form_kwargs`` behind the request."""
    parameters = list(inspect.signature(cls.get_form_kwargs).parameters.values())[1:]
    for parameter in parameters:
        if parameter.annotation is parameter.empty:
            raise TypeError(f"{cls.__qualname__}.get_form_kwargs: parameter {parameter.name!r} has no annotation")
    return [parameter.replace(kind=parameter.POSITIONAL_OR_KEYWORD) for parameter in parameters]


def _maker(cls: Any, request: Any) -> Callable[..., Any]:
    """Makes forms of the class for a request."""

    def make(**options: Any) -> Any:
        form = cls(**options)
        form.request = request
        form.on_request(request)
        return form

    return make


def _pages(cls: Any, parameters: Sequence[inspect.Parameter]) -> tuple[PageFunction, PageFunction]:
    show, take = page_functions(cls.mizan, _page_maker(cls), lambda form: _messages(cls, form))
    return PageFunction(show, parameters), PageFunction(take, parameters)


def _page_maker(cls: Any) -> Callable[..., Any]:
    """Makes forms of what pages send."""

    def make(request: Any, parameters: Mapping[str, Any], **sent: Any) -> Any:
        return _maker(cls, request)(**sent, **cls.get_form_kwargs(request, **parameters))

    return make


def _messages(cls: Any, form: Any) -> dict[str, list[str]]:
    return set_errors(form) if issubclass(cls, forms.BaseFormSet) else form_errors(form)


def _bound(cls: Any, request: Any, data: Any, parameters: Mapping[str, Any]) -> BoundForm | BoundFormSet:
    return bind(cls, _maker(cls, request), data, cls.get_form_kwargs(request, **parameters))


def _schema(cls: Any) -> Callable[..., Any]:
    def schema(request: Any, **parameters: Any) -> FormSchema:
        form = _maker(cls, request)(**cls.get_form_kwargs(request, **parameters))
        meta: FormMeta = cls.mizan
        is_list = isinstance(form, forms.BaseFormSet)
        return {
            "title": _said(meta.title),
            "submit_label": _said(meta.submit_label),
            "multiple": _limits(form) if is_list else None,
            "fields": field_schemas(form.empty_form if is_list else form),
            "forms": [wire_initial(each) for each in form.initial_forms] if is_list else None,
        }

    return schema


def _said(text: Any) -> str | None:
    return None if text is None else str(text)


def _limits(formset: Any) -> FormSetLimits:
    is_strict = not formset.can_delete
    return {
        "min": formset.min_num if formset.validate_min else None,
        "max": formset.max_num if formset.validate_max and is_strict else None,
        "extra": formset.extra,
    }


def _validate(cls: Any) -> Callable[..., Any]:
    def validate(
        request: Any, data: Any, fields: list[str] | None = None, seq: int = 0, **parameters: Any
    ) -> FormErrors:
        errors = _bound(cls, request, data, parameters).errors()
        asked = errors.keys() if fields is None else set(fields)
        return {"errors": {name: texts for name, texts in errors.items() if name in asked}, "seq": seq}

    return validate


def _submit(cls: Any) -> Callable[..., Any]:
    def submit(request: Any, data: Any, **parameters: Any) -> Any:
        bound = _bound(cls, request, data, parameters)
        errors = bound.errors()
        if errors:
            raise Invalid(MESSAGE, details=errors)
        return bound.form.on_submit_success(request)

    return submit
