"""Serving one piece of code twice: as it stands, and as a coroutine function.

Everything lives in two worlds that never touch. In the second every function, context and target has the suffix
``_async``, so that one test, told the world, asks the same of both.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple, get_type_hints

from mizan_core.client import client
from mizan_core.registry import register

SUFFIX = "_async"


class Twins(NamedTuple):
    """The client functions that one piece of code is served as."""

    plain: Any
    coroutine: Any


def both(**options: Any) -> Callable[[Callable[..., Any]], Twins]:
    """Register the decorated function, and its coroutine twin, with ``@client(**options)``."""

    def serve(function: Callable[..., Any]) -> Twins:
        return pair(function, as_coroutine(function), **options)

    return serve


def pair(plain: Callable[..., Any], coroutine: Callable[..., Any], **options: Any) -> Twins:
    """Register two functions that were written apart as twins, under the name of *plain*."""
    name = plain.__name__
    return Twins(
        only(plain, name, **{option: _plain(value) for option, value in options.items()}),
        only(coroutine, name + SUFFIX, **{option: _coroutine(option, value) for option, value in options.items()}),
    )


def only(function: Callable[..., Any], name: str | None = None, **options: Any) -> Any:
    """Register *function* in one world alone."""
    served = client(**options)(function)
    register(served, name or function.__name__)
    return served


def as_coroutine(function: Callable[..., Any]) -> Callable[..., Any]:
    """A coroutine function that gives the loop a turn and then does what *function* does."""

    async def twin(*args: Any, **arguments: Any) -> Any:
        await asyncio.sleep(0)
        return function(*args, **arguments)

    hints = get_type_hints(function, include_extras=True)
    signature = inspect.signature(function)
    parameters = [
        parameter.replace(annotation=hints.get(name, parameter.annotation))
        for name, parameter in signature.parameters.items()
    ]
    twin.__name__ = twin.__qualname__ = function.__name__
    twin.__module__ = function.__module__
    twin.__annotations__ = hints
    twin.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=parameters, return_annotation=hints.get("return", signature.return_annotation)
    )
    return twin


def _plain(value: Any) -> Any:
    if isinstance(value, Twins):
        return value.plain
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _coroutine(option: str, value: Any) -> Any:
    if isinstance(value, Twins):
        return value.coroutine
    if isinstance(value, list):
        return [_coroutine(option, item) for item in value]
    if isinstance(value, str) and option in ("context", "affects", "merge"):
        return value + SUFFIX
    if option == "route":
        return f"/async{value}"
    if callable(value) and option == "auth":
        return as_coroutine(value)
    return value
