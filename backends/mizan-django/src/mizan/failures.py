"""Telling Django of exceptions that nobody has foreseen, as it tells itself of those of views.

So the signal ``got_request_exception`` is sent, which the test client and services that collect errors listen to, and
the logger ``django.request`` gets the traceback: it goes to ``ADMINS`` and, with ``DEBUG``, to the console. The client
learns nothing of it.
"""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.log import log_response

from mizan_core.call.progress import Failure

if TYPE_CHECKING:
    _Adapter = logging.LoggerAdapter[logging.Logger]
else:
    _Adapter = logging.LoggerAdapter

_log = logging.getLogger("django.request")


class _Naming(_Adapter):
    """Adds the function's name to the fields that Django gives each record."""

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        return msg, {**kwargs, "extra": {**kwargs["extra"], **(self.extra or {})}}


def report(failure: Failure, request: HttpRequest, response: HttpResponseBase, *, is_answered: bool = False) -> None:
    """Send the signal and write the log.

    :param is_answered: whether the client will be told in another way than by *response*.
    :raises BaseException: the failure itself, where ``DEBUG_PROPAGATE_EXCEPTIONS`` asks for it and nothing else is
        answered.
    """
    traceback = failure.error.__traceback__
    try:
        _raise(failure.error)
    except BaseException as error:
        error.__traceback__ = traceback
        # Receivers, the test client among them, look at the exception that is being handled.
        got_request_exception.send(sender=None, request=request)
        if settings.DEBUG_PROPAGATE_EXCEPTIONS and not is_answered:
            raise
    log_response(
        "%s: %s (%s)",
        HTTPStatus(response.status_code).phrase,
        request.path,
        failure.message,
        response=cast(HttpResponse, response),
        request=request,
        logger=cast(logging.Logger, _Naming(_log, failure.fields)),
        exception=failure.error,
    )


def _raise(error: BaseException) -> None:
    raise error
