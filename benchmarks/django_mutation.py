"""An authenticated mutation through Django's handlers, in process: token, validation, invalidation.

Each service has a project of its own, without middleware, and no user is looked up in a database.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple, TypeAlias

from benchmarks.clients.asgi import AsgiApplication
from benchmarks.clients.exchange import Answer, Request, check_equal_mutations
from benchmarks.clients.wsgi import WsgiApplication
from benchmarks.harness import Effort, Question, Run, Samples, interleaved, main
from benchmarks.services.django_project import application, asgi_application, serve
from benchmarks.services.requests import (
    check_guarded,
    empty_post,
    mizan_mutation,
    ninja_mutation,
    rest_framework_mutation,
)

Application: TypeAlias = AsgiApplication | WsgiApplication


class _Side(NamedTuple):
    """A service in a project of its own: its URLs, and what it is asked."""

    urls: str
    request: Request

    def answer(self, application: Application, request: Request) -> Answer:
        serve(self.urls)
        return application.answer(request)

    def run(self, application: Application) -> Run:
        measured = application.run(self.request)

        def run(repetitions: int) -> float:
            serve(self.urls)
            return measured(repetitions)

        return run


def _mizan() -> _Side:
    return _Side("profile_urls", mizan_mutation())


def _ninja() -> _Side:
    return _Side("ninja_urls", ninja_mutation())


def ninja(effort: Effort) -> Samples:
    return _compare(WsgiApplication(application), _ninja(), effort)


def rest_framework(effort: Effort) -> Samples:
    return _compare(WsgiApplication(application), _Side("rest_framework_urls", rest_framework_mutation()), effort)


def _compare(project: Application, other: _Side, effort: Effort) -> Samples:
    own = _mizan()
    check_equal_mutations(own.answer(project, own.request), other.answer(project, other.request))
    for side in (own, other):
        check_guarded(partial(side.answer, project), side.request)
    return interleaved(own.run(project), other.run(project), effort)


def ninja_on_a_loop(effort: Effort) -> Samples:
    with AsgiApplication(_lifeless) as project:
        return _compare(project, _ninja(), effort)


async def _lifeless(scope: Any, receive: Any, send: Any) -> None:
    """Django, which takes every lifespan for a mistake."""
    if scope["type"] == "http":
        await asgi_application(scope, receive, send)


def empty(effort: Effort) -> Samples:
    project = WsgiApplication(application)
    return interleaved(_Side("empty_urls", empty_post()).run(project), _ninja().run(project), effort)


_PROFILE = (
    "Six tenths of our time are Django's own, before and after a view: handler, URLs, signals (the last figure). Of "
    "the rest a quarter is the function with its validation and serialisation, an eighth the token, a twelfth reading "
    "the body, a twentieth the response."
)

QUESTIONS = (
    Question("Django mutation in process, to django-ninja", "django-ninja with PyJWT", 2.5, ninja, note=_PROFILE),
    Question("Django mutation in process, to DRF", "Django REST framework with simplejwt", 8, rest_framework),
    Question(
        "Django mutation in process, ASGI, to django-ninja",
        "django-ninja with PyJWT",
        None,
        ninja_on_a_loop,
        note="Both functions are sync ones, which Django runs in a thread: each waits for that more than for all else.",
    ),
    Question(
        "Django alone, a view that does nothing",
        "django-ninja with PyJWT",
        None,
        empty,
        note="What Django's handler and its URLs take before a view begins: no view can be further ahead.",
    ),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
