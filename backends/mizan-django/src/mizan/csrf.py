"""When a call needs Django's CSRF token, and whether it has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.datastructures import MultiValueDict

from mizan.users import twin_of
from mizan_core.errors import CsrfFailed


def check_csrf(request: HttpRequest, *, authenticated: bool) -> None:
    """A browser adds a session by itself, so a call that rides on one must prove that its page is ours.

    :raises CsrfFailed: when the proof is missing or wrong.
    """
    if not authenticated and not has_session(request):
        return
    # Django would look for the token in a form's fields first, and read the whole body for it.
    if not _has_proof(request, {} if _has_parts(request) else None):
        raise CsrfFailed("The CSRF token is missing or wrong; GET session/ gives one, send it as X-CSRFToken.")


def has_session(request: HttpRequest) -> bool:
    """Whether the request carries a session cookie."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _has_proof(request: HttpRequest, fields: Mapping[str, Sequence[str]] | None = None) -> bool:
    if fields is not None:
        request = _with_fields(request, fields)
    middleware = CsrfViewMiddleware(_no_response)
    middleware.process_request(request)
    return middleware.process_view(request, _no_response, (), {}) is None


def _has_parts(request: HttpRequest) -> bool:
    return request.content_type == "multipart/form-data"


def _with_fields(request: HttpRequest, fields: Mapping[str, Sequence[str]]) -> HttpRequest:
    """The request as a view would see it that has a form with these fields, and no files."""
    form = QueryDict(mutable=True)
    for name, values in fields.items():
        form.setlist(name, list(values))
    twin = twin_of(request)
    vars(twin).update(_post=form, _files=MultiValueDict())
    return twin


def _no_response(_: HttpRequest) -> HttpResponse:
    return HttpResponse()


def check_page_csrf(request: HttpRequest, fields: Mapping[str, Sequence[str]] | None) -> None:
    """As Django does for its own views: every unsafe method needs the proof, whoever asks.

    :param fields: those of the form, which Django then does not read itself.
    :raises CsrfFailed: when it is missing or wrong.
    """
    if not _has_proof(request, fields):
        raise CsrfFailed
