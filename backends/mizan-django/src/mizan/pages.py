"""Errors as the project shows them to somebody who looks at pages."""

from __future__ import annotations

from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.apps import apps
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.handlers.exception import response_for_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template import TemplateDoesNotExist, loader
from django.urls import get_callable, get_resolver, get_urlconf
from django.views import debug

from mizan_core.errors import APIError, CsrfFailed, InternalError, Unauthorized
from mizan_core.forms.invalid_page import InvalidPage
from mizan_core.http.pages import error_page

_MEANINGS: dict[int, type[Exception]] = {400: BadRequest, 403: PermissionDenied, 404: Http404}
"""Of these statuses a project has pages, or Django has."""


def page_of(request: HttpRequest, error: APIError, cause: BaseException) -> HttpResponseBase:
    """The login for whoever has to log in, the project's page for others: its handler's, its template ``409.html``."""
    if isinstance(error, InvalidPage):
        page: HttpResponseBase = error.page
        return page
    if isinstance(error, Unauthorized) and apps.is_installed("django.contrib.auth"):
        return _to_login(request)
    if isinstance(error, CsrfFailed):
        show: Callable[..., HttpResponseBase] = get_callable(settings.CSRF_FAILURE_VIEW)
        return show(request, reason=error.message)
    if isinstance(error, InternalError):
        return _of_failure(request, cause)
    meaning = _MEANINGS.get(error.status)
    if meaning is not None:
        return response_for_exception(request, cause if isinstance(cause, meaning) else meaning(error.message))
    return _from_template(request, error)


async def apage_of(request: HttpRequest, error: APIError, cause: BaseException) -> HttpResponseBase:
    """As ``page_of``, on an event loop."""
    return await sync_to_async(page_of, thread_sensitive=False)(request, error, cause)


def _to_login(request: HttpRequest) -> HttpResponseBase:
    from django.contrib.auth.views import redirect_to_login  # a project may have no users

    return redirect_to_login(request.get_full_path())


def _of_failure(request: HttpRequest, cause: BaseException) -> HttpResponseBase:
    if settings.DEBUG:
        return debug.technical_500_response(request, type(cause), cause, cause.__traceback__)
    handler: Callable[[HttpRequest], HttpResponseBase] = get_resolver(get_urlconf()).resolve_error_handler(500)
    return handler(request)


def _from_template(request: HttpRequest, error: APIError) -> HttpResponseBase:
    try:
        template = loader.get_template(f"{error.status}.html")
    except TemplateDoesNotExist:
        return HttpResponse(error_page(error), status=error.status)
    shown = {"code": error.code, "message": error.message, "details": error.details, "status": error.status}
    return HttpResponse(template.render({"error": shown}, request), status=error.status)
