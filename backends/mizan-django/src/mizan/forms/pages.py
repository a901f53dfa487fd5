"""A form as a page of its own, for browsers without JavaScript: ``GET`` shows it, ``POST`` takes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.template import TemplateDoesNotExist, loader
from django.utils.html import format_html

from mizan_core.forms.invalid_page import InvalidPage
from mizan_core.forms.meta import FormMeta
from mizan_core.http.multipart import MULTIPART

MAX_BYTES = "mizan_max_bytes"
"""Under this name a function says how large the files may be that it lets Django read."""
_SEE_OTHER = 303
_UNPROCESSABLE = 422
_PAGE = """<!doctype html>
<html>
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<h1>{title}</h1>
<form method="post"{enctype}>
<input type="hidden" name="csrfmiddlewaretoken" value="{token}">
{form}
<button>{submit_label}</button>
</form>
</body>
</html>
"""

Make = Callable[..., Any]
"""Makes a form for a request: ``make(request, parameters, data=..., files=...)``."""


def page_functions(meta: FormMeta, make: Make, messages: Callable[[Any], Any]) -> tuple[Any, Any]:
    """What shows the form, and what takes it.

    :param messages: gives what is wrong with a form.
    """

    def show(request: Any, **parameters: Any) -> HttpResponseBase:
        return _page(request, meta, make(request, parameters), 200)

    def take(request: Any, **parameters: Any) -> HttpResponseBase:
        form = make(request, parameters, data=request.POST, files=request.FILES)
        if not form.is_valid():
            page = _page(request, meta, form, _UNPROCESSABLE)
            raise InvalidPage(page, details=messages(form))
        answer = form.on_submit_success(request)
        if isinstance(answer, HttpResponseBase):
            return answer
        return HttpResponseRedirect(meta.success_url or request.get_full_path(), status=_SEE_OTHER)

    setattr(take, MAX_BYTES, meta.upload_limits.max_bytes)
    return show, take


def _page(request: HttpRequest, meta: FormMeta, form: forms.BaseForm, status: int) -> HttpResponse:
    shown = {"form": form, "title": meta.title or "", "submit_label": meta.submit_label or "OK"}
    try:
        template = loader.select_template([f"mizan/forms/{meta.name}.html", "mizan/forms/form.html"])
    except TemplateDoesNotExist:
        enctype = format_html(' enctype="{}"', MULTIPART) if form.is_multipart() else ""
        text = format_html(_PAGE, **{**shown, "form": str(form)}, token=get_token(request), enctype=enctype)
        return HttpResponse(text, status=status)
    return HttpResponse(template.render(shown, request), status=status)
