"""What the classes of a web framework mean in a signature.

The core imports no framework. An adapter registers the classes of its own when it is imported, which is before anything
is served; so what depends on them is asked when it is needed, and never remembered.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeAlias, get_args, get_origin

from mizan_core.client.targets import ServerFunction

Work: TypeAlias = "Callable[[Mapping[str, Any]], Any]"
"""What is done with the values of injected parameters; async where the function is."""


class Dress(Protocol):
    """What is to be added to an answer: cookies, tasks for after."""

    def __call__(self, reply: Any) -> Any:
        """A framework's own response of *reply* (``http.response.Response``), with all that."""

    async def afterwards(self) -> None:
        """Do what is left for after the answer, where no response of a framework does it."""


Inject: TypeAlias = "Callable[[Any, Work], Awaitable[tuple[Any, Dress | None]]]"
"""``inject(request, work)`` gives what *work* has given, once everything that it was given has been put away again; and
what is to be added to the answer."""
Injector: TypeAlias = "Callable[[ServerFunction, Sequence[inspect.Parameter]], Inject]"


@dataclass(frozen=True, slots=True)
class Framework:
    """The classes of one framework that have a meaning in signatures; subclasses have the same.

    :param name: the framework's, for messages.
    :param requests: a first parameter that is annotated with one of them is the request, whatever it is called.
    :param responses: a function that returns one of them takes the view path (protocol.md section 9).
    :param uploads: files that clients send, which are refused.
    :param markers: of parameters that the framework would fill from what has no place here; they are refused.
    :param injecting: markers of parameters that the framework fills, such as FastAPI's ``Depends``.
    :param injected: classes of what it fills parameters with that are annotated so.
    :param injector: makes what fills such parameters of a function.
    """

    name: str
    requests: tuple[type, ...]
    responses: tuple[type, ...]
    uploads: tuple[type, ...] = ()
    markers: tuple[type, ...] = ()
    injecting: tuple[type, ...] = ()
    injected: tuple[type, ...] = ()
    injector: Injector | None = None


_registered: dict[str, Framework] = {}


def register_framework(framework: Framework) -> None:
    """Have *framework*'s classes known from now on."""
    _registered[framework.name] = framework


def is_request_class(annotation: Any) -> bool:
    """Whether *annotation* is a class of requests."""
    return any(_derives_from(annotation, framework.requests) for framework in _frameworks())


def is_response_class(annotation: Any) -> bool:
    """Whether *annotation* is a class of responses."""
    return any(_derives_from(annotation, framework.responses) for framework in _frameworks())


def is_upload_class(annotation: Any) -> bool:
    """Whether *annotation* is a class of files that clients send."""
    return any(_derives_from(annotation, framework.uploads) for framework in _frameworks())


def injecting_framework(annotation: Any, default: Any) -> Framework | None:
    """The framework that fills a parameter, of which clients then know nothing; None for one that they pass."""
    base, *marks = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    for framework in _frameworks():
        if any(isinstance(mark, framework.injecting) for mark in (default, *marks)):
            return framework
        if _derives_from(base, framework.injected):
            return framework
    return None


def adds_to_answers(annotation: Any) -> bool:
    """Whether what is annotated so is filled with what adds to an answer."""
    base = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    return any(_derives_from(base, framework.injected) for framework in _frameworks())


def marker_of(value: object) -> str | None:
    """What *value* is called when a framework marks parameters with it, such as ``FastAPI's Depends``; else None."""
    for framework in _frameworks():
        if isinstance(value, framework.markers):
            return f"{framework.name}'s {type(value).__name__}"
    return None


def _frameworks() -> Iterator[Framework]:
    return iter(tuple(_registered.values()))


def _derives_from(annotation: Any, classes: tuple[type, ...]) -> bool:
    cls = get_origin(annotation) or annotation
    return isinstance(cls, type) and issubclass(cls, classes)
