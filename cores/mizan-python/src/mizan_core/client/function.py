"""The decorator that makes a server function."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, ParamSpec, TypeVar, overload

from typing_extensions import Unpack

from mizan_core.client.client_function import ClientFunction, naming, place_of
from mizan_core.client.options import Options, check_keywords, read_options

__all__ = ("client",)

P = ParamSpec("P")
R = TypeVar("R")


@overload
def client(function: Callable[P, R], /) -> ClientFunction[P, R]: ...


@overload
def client(**options: Unpack[Options]) -> Callable[[Callable[P, R]], ClientFunction[P, R]]: ...


def client(function: Callable[..., Any] | None = None, /, **options: Unpack[Options]) -> Any:
    """Make a server function of *function*: ``@client`` or ``@client(...)``.

    Its first parameter is the request; the others are what clients pass, by name. Parameters and result are annotated
    with types that pydantic can handle.

    :param options: what ``Options`` lists.
    :raises TypeError, ValueError: naming the function, what is wrong and what would be right.
    """
    check_keywords(options)
    if function is not None:
        return _decorate(function, options, sys._getframe(1))
    return lambda plain: _decorate(plain, options, sys._getframe(1))


def _decorate(function: Any, options: Options, frame: FrameType) -> ClientFunction[..., Any]:
    if isinstance(function, ClientFunction):
        raise TypeError(f"{function.where}: @client stands here twice; once is enough")
    if not inspect.isfunction(function):
        raise TypeError(f"@client decorates a function (def or async def), not {function!r}")
    where = place_of(function)
    plain = inspect.unwrap(function)
    if inspect.isgeneratorfunction(plain) or inspect.isasyncgenfunction(plain):
        raise TypeError(f"{where}: a server function returns one value, it cannot yield; return a list")
    if inspect.iscoroutinefunction(plain) and not inspect.iscoroutinefunction(function):
        raise TypeError(
            f"{where}: a decorator below @client hides that the function is async (transaction.atomic does, and has no "
            f"effect there); leave it out, or make the function a plain def"
        )
    with naming(where):
        declaration = read_options(options)
    return ClientFunction(function, declaration, frame)
