"""What the classes of a web framework mean in a signature.

The core imports no framework. An adapter registers the classes of its own when it is imported, which is before anything
is served; so what depends on them is asked when it is needed, and never remembered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_origin


@dataclass(frozen=True, slots=True)
class Framework:
    """The classes of one framework that have a meaning in signatures; subclasses have the same.

    :param name: the framework's, for messages.
    :param requests: a first parameter that is annotated with one of them is the request, whatever it is called.
    :param responses: a function that returns one of them takes the view path (protocol.md section 9).
    :param uploads: files that clients send, which are refused.
    :param markers: of parameters that the framework fills itself, such as FastAPI's ``Depends``; they are refused.
    """

    name: str
    requests: tuple[type, ...]
    responses: tuple[type, ...]
    uploads: tuple[type, ...] = ()
    markers: tuple[type, ...] = ()


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
