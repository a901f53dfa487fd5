"""What the classes of a web framework mean in a signature.

The core imports no framework. An adapter registers the classes of its own when it is imported, which is before anything
is served; so what depends on them is asked when it is needed, or remembered together with what was ``known`` then.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeAlias, get_args, get_origin

from mizan_core.client.targets import ServerFunction

InjectedWork: TypeAlias = "Callable[[Mapping[str, Any]], Any]"
"""What is done with the values of injected parameters; async where the function is."""


class Dress(Protocol):
    """What is to be added to an answer: cookies, tasks for after."""

    def __call__(self, reply: Any) -> Any:
        """A framework's own response of *reply* (``http.response.Response``), with all that."""

    async def afterwards(self) -> None:
        """Do what is left for after the answer, where no response of a framework does it."""


Inject: TypeAlias = "Callable[[Any, InjectedWork], Awaitable[tuple[Any, Dress | None]]]"
"""``inject(request, work)`` gives what *work* has given, once everything that it was given has been put away again; and
what is to be added to the answer."""


@dataclass(frozen=True, slots=True)
class Injection:
    """What fills the parameters of one function.

    :param inject: does it.
    :param answering: who asks for the answer, to set headers and cookies on it: a parameter, or a dependency however
        deep; None where nobody does.
    :param afterwards: who adds tasks for after it.
    """

    inject: Inject
    answering: str | None = None
    afterwards: str | None = None


Injector: TypeAlias = "Callable[[ServerFunction, Sequence[inspect.Parameter]], Injection]"


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


class Known:
    """The frameworks that are known, and the classes of all of them together."""

    __slots__ = ("frameworks", "injected", "requests", "responses", "uploads")

    def __init__(self, frameworks: Sequence[Framework]) -> None:
        self.frameworks = frameworks
        self.requests = tuple(cls for framework in frameworks for cls in framework.requests)
        self.responses = tuple(cls for framework in frameworks for cls in framework.responses)
        self.uploads = tuple(cls for framework in frameworks for cls in framework.uploads)
        self.injected = tuple(cls for framework in frameworks for cls in framework.injected)


_known = Known(())


def known() -> Known:
    """Those of now: the same object until another is registered."""
    return _known


def register_framework(framework: Framework) -> None:
    """Have *framework*'s classes known from now on."""
    global _known  # noqa: PLW0603 - adapters are imported once a process
    others = {other.name: other for other in _known.frameworks}
    _known = Known(tuple({**others, framework.name: framework}.values()))


def is_request_class(annotation: Any) -> bool:
    """Whether *annotation* is a class of requests."""
    return _derives_from(annotation, _known.requests)


def is_response_class(annotation: Any) -> bool:
    """Whether *annotation* is a class of responses."""
    return _derives_from(annotation, _known.responses)


def is_upload_class(annotation: Any) -> bool:
    """Whether *annotation* is a class of files that clients send."""
    return _derives_from(annotation, _known.uploads)


def injecting_framework(annotation: Any, default: Any) -> Framework | None:
    """The framework that fills a parameter, of which clients then know nothing; None for one that they pass."""
    base, *marks = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    for framework in _known.frameworks:
        if any(isinstance(mark, framework.injecting) for mark in (default, *marks)):
            return framework
        if _derives_from(base, framework.injected):
            return framework
    return None


def marker_of(value: object) -> str | None:
    """What *value* is called when a framework marks parameters with it, such as ``FastAPI's Depends``; else None."""
    for framework in _known.frameworks:
        if isinstance(value, framework.markers):
            return f"{framework.name}'s {type(value).__name__}"
    return None


def _derives_from(annotation: Any, classes: tuple[type, ...]) -> bool:
    if not classes:
        return False
    cls = get_origin(annotation) or annotation
    return isinstance(cls, type) and issubclass(cls, classes)
