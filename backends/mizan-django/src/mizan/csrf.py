"""When a call needs Django's CSRF token, and whether it has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.datastructures import MultiValueDict

from mizan.users import twin_of
from mizan_core.errors import CsrfFailed

_NO_TOKEN = "The CSRF token is missing or wrong; GET session/ gives one, send it as X-CSRFToken."
_FOREIGN = (
    "The page's Origin (or Referer) is not this server's; let the proxy pass the field Host on, or name the origin in "
    "CSRF_TRUSTED_ORIGINS."
)
_FOREIGN_REASONS = ("Origin checking failed", "Referer checking failed")
"""What Django's reasons begin with when the token is not to blame."""


class _Check(CsrfViewMiddleware):
    """Django's own check, which notes what is wrong: for the words alone, since Django may do without this one day."""

    reason = ""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        self.reason = reason
        response: HttpResponse = super()._reject(request, reason)  # type: ignore[misc]
        return response


def check_csrf(request: HttpRequest, *, authenticated: bool) -> None:
    """A browser adds a session by itself, so a call that rides on one must prove that its page is ours.

    :raises CsrfFailed: when the proof is missing or wrong.
    """
    if not authenticated and not has_session(request):
        return
    # Django would look for the token in a form's fields first, and read the whole body for it.
    reason = _reason_against(request, {} if _has_parts(request) else None)
    if reason is not None:
        raise CsrfFailed(_FOREIGN if reason.startswith(_FOREIGN_REASONS) else _NO_TOKEN)


def has_session(request: HttpRequest) -> bool:
    """Whether the request carries a session cookie."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _reason_against(request: HttpRequest, fields: Mapping[str, Sequence[str]] | None = None) -> str | None:
    """What is wrong with the proof, in Django's words, as far as they are known; None when nothing is."""
    if fields is not None:
        request = _with_fields(request, fields)
    check = _Check(_no_response)
    check.process_request(request)
    return None if check.process_view(request, _no_response, (), {}) is None else check.reason


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
    if _reason_against(request, fields) is not None:
        raise CsrfFailed
