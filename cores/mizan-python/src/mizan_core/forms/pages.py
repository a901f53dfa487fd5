"""A form of a pydantic model as a page of its own, for browsers without JavaScript."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol, TypeAlias

from mizan_core.forms.schema import FormField

_DOCUMENT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<h1>{title}</h1>
{form}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class PageField:
    """A field as a page shows it.

    :ivar values: the texts that it holds: what was typed, or what it begins with.
    :ivar errors: what is wrong with it.
    :ivar is_list: whether it may hold several.
    """

    schema: FormField
    values: tuple[str, ...]
    errors: tuple[str, ...]
    is_list: bool = False

    @property
    def name(self) -> str:
        """The ``name`` of its input."""
        return self.schema["name"]

    def __html__(self) -> str:
        """Its label, its input and what is wrong with it, as HTML; templates insert it as it is: ``{{ field }}``."""
        name, schema = escape(self.name), self.schema
        said = f"<small>{escape(schema['help_text'])}</small>" if schema["help_text"] else ""
        label = f'<label for="id_{name}">{escape(schema["label"])}</label>'
        return f"<div>{label} {_control(self)}{said}{_listed(self.errors)}</div>"


@dataclass(frozen=True, slots=True)
class FormPage:
    """What the page of a form shows.

    :ivar title: the form's, or an empty text, as is *submit_label*.
    :ivar errors: what is wrong with the whole of it.
    :ivar status: of the answer: 422 where something is wrong.
    :ivar has_files: whether it has to be sent as ``multipart/form-data``.
    """

    request: Any
    title: str
    submit_label: str
    fields: tuple[PageField, ...]
    errors: tuple[str, ...]
    status: int
    has_files: bool

    def __html__(self) -> str:
        """The form as HTML, which templates insert as it is: ``{{ page }}``.

        Browsers check nothing: what they would refuse, the server might take.
        """
        fields = "\n".join(field.__html__() for field in self.fields)
        enctype = ' enctype="multipart/form-data"' if self.has_files else ""
        button = f"<button>{escape(self.submit_label or 'OK')}</button>"
        return f'<form method="post"{enctype} novalidate>\n{_listed(self.errors)}{fields}\n{button}\n</form>'


Template: TypeAlias = "Callable[[FormPage], Any | Awaitable[Any]]"
"""Gives the HTML of a page, or a response of the framework; a coroutine function or not."""


class Pages(Protocol):
    """What a framework makes of pages."""

    @property
    def returns(self) -> Any:
        """The annotation of what follows."""

    def check(self, request: Any) -> None:
        """:raises CsrfFailed: for what a foreign page has sent."""

    def answer(self, made: Any, status: int) -> Any:
        """The response: of HTML, or one of the framework's own with *status* unless it has another than 200."""

    def is_answer(self, result: Any) -> bool:
        """Whether it is a response of the framework."""

    def redirect(self, request: Any, url: str | None) -> Any:
        """Send the browser to *url*, or to the page itself."""


def plain(page: FormPage) -> str:
    """The page of a form that has no template."""
    return _DOCUMENT.format(title=escape(page.title), form=page.__html__())


def _listed(errors: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(error)}</li>" for error in errors)
    return f'<ul class="errorlist">{items}</ul>' if items else ""


def _control(field: PageField) -> str:
    schema = field.schema
    kind = schema["widget"]["input_type"] or "text"
    if schema["choices"] is not None:
        return f"<select {_attributes(field)}>{''.join(_options(field))}</select>"
    if kind == "checkbox":
        return f'<input type="checkbox" {_attributes(field)}{" checked" if field.values else ""}>'
    if kind == "file":
        return f'<input type="file" {_attributes(field)}{" multiple" if field.is_list else ""}>'
    kind = "text" if kind == "select" else kind
    step = ' step="any"' if kind == "number" else ""
    first, *more = (*field.values, "") if field.is_list else field.values or ("",)
    name, kind = escape(field.name), escape(kind)
    others = "".join(f'<input type="{kind}" name="{name}" value="{escape(value)}"{step}>' for value in more)
    return f'<input type="{kind}" {_attributes(field)} value="{escape(first)}"{step}>{others}'


def _attributes(field: PageField) -> str:
    name = escape(field.name)
    invalid = ' aria-invalid="true"' if field.errors else ""
    return f'name="{name}" id="id_{name}"{" required" if field.schema["required"] else ""}{invalid}'


def _options(field: PageField) -> Iterator[str]:
    choices = field.schema["choices"] or ()
    if not any(choice["value"] in field.values for choice in choices) or not field.schema["required"]:
        yield '<option value=""></option>'
    for choice in choices:
        value, chosen = escape(choice["value"]), " selected" if choice["value"] in field.values else ""
        yield f'<option value="{value}"{chosen}>{escape(choice["label"])}</option>'
