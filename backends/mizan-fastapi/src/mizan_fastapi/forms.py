"""Forms of pydantic models: ``@form("contact", title="Contact us")`` on a handler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from typing_extensions import Unpack

from mizan_core.errors import CsrfFailed
from mizan_core.forms.meta import FormMeta
from mizan_core.forms.model_form import Initial
from mizan_core.forms.models import PageOptions, model_form
from mizan_core.forms.pages import FormPage, PageField, Template
from mizan_core.registry import Registry
from mizan_fastapi.view_functions import address

__all__ = ("FormPage", "PageField", "form")

H = TypeVar("H", bound="Callable[..., Any]")
_OK, _SEE_OTHER = 200, 303
_OWN = ("same-origin", "none")


def form(
    name: str,
    *,
    page: Template | None = None,
    initial: Initial | None = None,
    registry: Registry | None = None,
    **options: Unpack[PageOptions],
) -> Callable[[H], H]:
    """Register the decorated handler as a form: ``NAME.schema``, ``NAME.validate`` and ``NAME.submit``.

    The handler gets the request and the data, an instance of the model that its second parameter is annotated with::

        @form("contact", title="Contact us", route="/contact/")
        async def contact(request: Request, data: Contact) -> Sent: ...

    With ``route=`` it is a page of its own, too, for browsers without JavaScript.

    :param page: gives the HTML of that page, or a response of it; a coroutine function or not. A plain one when None.
    :param initial: gives the initial values for a request.
    :param registry: the default one when None.
    :raises TypeError: for a handler without such a parameter, or a ``page`` without a ``route``.
    """
    meta = FormMeta(name, **options)
    if meta.route is None and (page is not None or meta.success_url is not None):
        raise TypeError(f'form("{name}"): page= and success_url= are of the page that route= gives it')
    return model_form(meta, initial, registry, _Pages(), page)


class _Pages:
    """Starlette's responses."""

    returns = Response

    def check(self, request: Request) -> None:
        """Browsers say which page sends a form, and no page can change what they say. Programs say nothing."""
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        is_own = site in _OWN if site is not None else origin is None or _host(origin) == request.headers.get("Host")
        if not is_own:
            raise CsrfFailed("The form was sent by a foreign page.")

    def answer(self, made: Any, status: int) -> Response:
        if not isinstance(made, Response):
            return HTMLResponse(made, status)
        if made.status_code == _OK:
            made.status_code = status
        return made

    def is_answer(self, result: Any) -> bool:
        return isinstance(result, Response)

    def redirect(self, request: Request, url: str | None) -> Response:
        return RedirectResponse(url or address(request), _SEE_OTHER)


def _host(origin: str) -> str:
    return urlsplit(origin).netloc
