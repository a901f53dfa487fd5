"""When a call needs Django's CSRF token, and whether it has it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from mizan_core.errors import CsrfFailed


def check_csrf(request: HttpRequest, *, authenticated: bool) -> None:
    """A browser adds a session by itself, so a call that rides on one must prove that its page is ours.

    :raises CsrfFailed: when the proof is missing or wrong.
    """
    if not authenticated and not has_session(request):
        return
    if not _has_proof(request):
        raise CsrfFailed("The CSRF token is missing or wrong; GET session/ gives one, send it as X-CSRFToken.")


def has_session(request: HttpRequest) -> bool:
    """Whether the request carries a session cookie."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _has_proof(request: HttpRequest) -> bool:
    middleware = CsrfViewMiddleware(_no_response)
    middleware.process_request(request)
    return middleware.process_view(request, _no_response, (), {}) is None


def _no_response(_: HttpRequest) -> HttpResponse:
    return HttpResponse()


def check_page_csrf(request: HttpRequest) -> None:
    """As Django does for its own views: every unsafe method needs the proof, whoever asks.

    :raises CsrfFailed: when it is missing or wrong.
    """
    if not _has_proof(request):
        raise CsrfFailed
