"""An authenticated mutation through Django's WSGI handler, in process: token, validation, invalidation.

All services are views of one project without middleware, and no user is looked up in a database.
"""

from __future__ import annotations

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


def empty(effort: Effort) -> Samples:
    project, other = WsgiApplication(django_project.application), ninja_mutation()
    return interleaved(project.run(empty_post()), project.run(other), effort)


_PROFILE = (
    "More than half of our time is Django's own, before and after a view: handler, URLs, signals (the third figure). "
    "Of the rest a fifth is the function with its validation and serialisation, a fifth Django's response and its "
    "headers, a sixth reading the body."
)

QUESTIONS = (
    Question("Django mutation in process, to django-ninja", "django-ninja with PyJWT", 2.5, ninja, note=_PROFILE),
    Question("Django mutation in process, to DRF", "Django REST framework with simplejwt", 8, rest_framework),
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
