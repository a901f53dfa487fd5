"""The page of a pydantic model's form: what shows it at its route, and what takes it there."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from typing_extensions import get_type_hints

from mizan_core.client.calls import perform
from mizan_core.client.form_texts import FormTexts
from mizan_core.client.routes import RouteParameter, parts_of
from mizan_core.client.uploads import Upload, upload_of
from mizan_core.forms.functions import PageFunction
from mizan_core.forms.invalid_page import InvalidPage
from mizan_core.forms.model_fields import label_of
from mizan_core.forms.model_form import WHOLE, ModelForm
from mizan_core.forms.model_texts import Texts, texts_of, values_of
from mizan_core.forms.pages import FormPage, PageField, Pages, Template
from mizan_core.forms.schema import FormField

_SHOWN, _INVALID = 200, 422
_MISSING = "Field required"
_Errors = Mapping[str, Sequence[str]]


class ModelPages:
    """Those of one form.

    :param template: gives the page.
    """

    def __init__(self, served: ModelForm, pages: Pages, template: Template) -> None:
        self._served = served
        self._pages = pages
        self._template = template
        hints = get_type_hints(served.handler, include_extras=True)
        self._uploads = {name: found for name, hint in hints.items() if (found := upload_of(hint)) is not None}
        self._required: list[str] = []

    def functions(self, parameters: Sequence[inspect.Parameter]) -> tuple[PageFunction, PageFunction]:
        """What shows the form, and what takes it.

        :param parameters: of the handler, behind the data.
        """
        places = {
            part.parameter for part in parts_of(self._served.meta.route or "/") if isinstance(part, RouteParameter)
        }
        placed = [parameter for parameter in parameters if parameter.name in places]
        self._required = [each.name for each in parameters if each.name in self._uploads and each.default is each.empty]
        data = inspect.Parameter("data", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=FormTexts, default={})
        taken = [data, *(self._perhaps(parameter) for parameter in parameters)]
        return PageFunction(self._show(), placed), PageFunction(self._take(), taken)

    def _perhaps(self, parameter: inspect.Parameter) -> inspect.Parameter:
        """A file that is missing is for the page to tell, as is any other field."""
        if parameter.name not in self._required:
            return parameter
        return parameter.replace(annotation=self._uploads[parameter.name].perhaps, default=None)

    def _show(self) -> Any:
        async def show(request: Any, **_: Any) -> Any:
            fields = await self._served.begun(request)
            return await self._page(request, [(field, texts_of(field["initial"])) for field in fields], {}, _SHOWN)

        return show

    def _take(self) -> Any:
        handler = self._served.handler

        async def take(request: Any, data: Any = None, **parameters: Any) -> Any:
            self._pages.check(request)
            instance = await self._valid(request, data or {}, parameters)
            result = await perform(inspect.iscoroutinefunction(handler), handler, request, instance, **parameters)
            if self._pages.is_answer(result):
                return result
            return self._pages.redirect(request, self._served.meta.success_url)

        return take

    async def _valid(self, request: Any, texts: Texts, parameters: Mapping[str, Any]) -> Any:
        """:raises InvalidPage: with the page as it was filled in, and what is wrong."""
        values, unreadable = values_of(self._served.fields.shapes, texts)
        instance, errors = self._served.checked(values)
        missing = {name: [_MISSING] for name in self._required if parameters.get(name) is None}
        problems: _Errors = {**errors, **unreadable, **missing}
        if instance is None or problems:
            fields = await self._served.begun(request)
            typed = [(field, tuple(texts.get(field["name"], ()))) for field in fields]
            raise InvalidPage(await self._page(request, typed, problems, _INVALID), details=problems)
        return instance

    async def _page(
        self, request: Any, fields: Sequence[tuple[FormField, tuple[str, ...]]], errors: _Errors, status: int
    ) -> Any:
        lists = {shape.name for shape in self._served.fields.shapes if shape.is_list}
        meta, told = self._served.meta, _by_field(errors)
        page = FormPage(
            request=request,
            title=meta.title or "",
            submit_label=meta.submit_label or "",
            fields=(
                *(
                    PageField(field, texts, tuple(told.pop(field["name"], ())), field["name"] in lists)
                    for field, texts in fields
                ),
                *(self._file(name, upload, told.pop(name, ())) for name, upload in self._uploads.items()),
            ),
            errors=tuple(text for texts in told.values() for text in texts),
            status=status,
            has_files=bool(self._uploads),
        )
        made = self._template(page)
        return self._pages.answer(await made if inspect.isawaitable(made) else made, status)

    def _file(self, name: str, upload: Upload, errors: Sequence[str]) -> PageField:
        schema: FormField = {
            "name": name,
            "label": label_of(name),
            "help_text": "",
            "required": name in self._required,
            "disabled": False,
            "widget": {"type": "FileInput", "input_type": "file", "attrs": {}},
            "initial": None,
            "choices": None,
        }
        return PageField(schema, (), tuple(errors), upload.is_list)


def _by_field(errors: _Errors) -> dict[str, list[str]]:
    """The messages by the field that they are shown at; those about something inside a field say where it is."""
    told: dict[str, list[str]] = {}
    for path, texts in errors.items():
        name, _, rest = path.partition(".")
        told.setdefault(name or WHOLE, []).extend(_placed(rest, texts))
    return told


def _placed(rest: str, texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield f"{rest}: {text}" if rest else text
