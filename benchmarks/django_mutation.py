"""An authenticated mutation through Django's handlers, in process: token, validation, invalidation.

All services are views of one project without middleware, and no user is looked up in a database.
"""

from __future__ import annotations

from typing import Any

from benchmarks.clients.asgi import AsgiApplication
from benchmarks.clients.exchange import Request, check_equal_mutations
from benchmarks.clients.wsgi import WsgiApplication
from benchmarks.harness import Effort, Question, Samples, interleaved, main
from benchmarks.services import django_project
from benchmarks.services.requests import (
    check_guarded,
    empty_post,
    mizan_mutation,
    ninja_mutation,
    rest_framework_mutation,
)


def ninja(effort: Effort) -> Samples:
    return _compare(ninja_mutation(), effort)


def rest_framework(effort: Effort) -> Samples:
    return _compare(rest_framework_mutation(), effort)


def _compare(other: Request, effort: Effort) -> Samples:
    project, own = WsgiApplication(django_project.application), mizan_mutation()
    check_equal_mutations(project.answer(own), project.answer(other))
    check_guarded(project.answer, own)
    check_guarded(project.answer, other)
    return interleaved(project.run(own), project.run(other), effort)


def ninja_on_a_loop(effort: Effort) -> Samples:
    own, other = mizan_mutation(), ninja_mutation()
    with AsgiApplication(_lifeless) as project:
        check_equal_mutations(project.answer(own), project.answer(other))
        check_guarded(project.answer, own)
        check_guarded(project.answer, other)
        return interleaved(project.run(own), project.run(other), effort)


async def _lifeless(scope: Any, receive: Any, send: Any) -> None:
    """Django, which takes every lifespan for a mistake."""
    if scope["type"] == "http":
        await django_project.asgi_application(scope, receive, send)


def empty(effort: Effort) -> Samples:
    project, other = WsgiApplication(django_project.application), ninja_mutation()
    return interleaved(project.run(empty_post()), project.run(other), effort)


_PROFILE = (
    "Six tenths of our time are Django's own, before and after a view: handler, URLs, signals (the last figure), in a "
    "project where the peer's URLs come first. Of the rest a quarter is the function with its validation and "
    "serialisation, an eighth the token, a twelfth reading the body, a twentieth the response."
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
