"""What an application puts around its functions: logging, limits, transactions, tracing.

A hook is asked when a function is about to run, for a client who may call it, with arguments that are valid. It gives a
context manager; a function with one ``yield`` is one, too. A sync hook stands where the function runs: for a sync
function in its thread, for an async one on the event loop. An async hook stands on the event loop, around sync
functions, too.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    ExitStack,
    asynccontextmanager,
    contextmanager,
)
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from mizan_core.client.calls import perform
from mizan_core.client.targets import ServerFunction


class Running(NamedTuple):
    """A function that is about to run.

    :param name: the one that it is registered under.
    :param arguments: as it gets them: validated, those alone that were passed.
    """

    name: str
    function: ServerFunction
    request: Any
    arguments: Mapping[str, Any]


Hook: TypeAlias = (
    "Callable[[Running], AbstractContextManager[Any] | AbstractAsyncContextManager[Any] | Iterator[Any] | "
    "AsyncIterator[Any]]"
)
Callee: TypeAlias = "Callable[..., Any]"


class Around(NamedTuple):
    """A hook, read: ``enter(running)`` is a context manager."""

    enter: Callable[[Running], Any]
    is_async: bool


def read_hook(hook: object) -> Around:
    """:raises TypeError: when *hook* cannot stand around a function."""
    if not callable(hook):
        raise TypeError(f"around(...) takes a function of one argument that yields once, not {hook!r}")
    if inspect.iscoroutinefunction(hook):
        raise TypeError(f"around(...): {hook!r} returns once; write 'yield' where the function is to run")
    if inspect.isgeneratorfunction(hook):
        return Around(contextmanager(hook), is_async=False)
    if inspect.isasyncgenfunction(hook):
        return Around(asynccontextmanager(hook), is_async=True)
    is_async = hasattr(hook, "__aenter__") if isinstance(hook, type) else _gives_async(hook)
    return Around(hook, is_async)


def _gives_async(hook: Callable[..., Any]) -> bool:
    """Whether it is what ``asynccontextmanager`` has made."""
    return inspect.isasyncgenfunction(inspect.unwrap(hook))


def surrounded(
    name: str, function: ServerFunction, target: Callee, hooks: Sequence[Around], *, is_async: bool
) -> Callee:
    """*target* inside the *hooks*; async when it is, or one of them.

    The first hook is the outermost; around a sync function the async ones stand outside of the sync ones.

    :param target: ``target(request, arguments)``.
    :param is_async: whether *target* has to be awaited.
    """
    if is_async:
        return _on_loop(name, function, target, hooks)
    outer = [hook for hook in hooks if hook.is_async]
    inner = [hook for hook in hooks if not hook.is_async]
    plain = _in_thread(name, function, target, inner) if inner else target
    if not outer:
        return plain

    return _on_loop(name, function, partial(perform, False, plain), outer)


def _in_thread(name: str, function: ServerFunction, target: Callee, hooks: Sequence[Around]) -> Callee:
    def run(request: Any, arguments: Mapping[str, Any]) -> Any:
        running = Running(name, function, request, arguments)
        with ExitStack() as stack:
            for hook in hooks:
                stack.enter_context(hook.enter(running))
            return target(request, arguments)
        raise _swallowed(name)

    return run


def _on_loop(
    name: str, function: ServerFunction, target: Callable[..., Awaitable[Any]], hooks: Sequence[Around]
) -> Callee:
    async def run(request: Any, arguments: Mapping[str, Any]) -> Any:
        running = Running(name, function, request, arguments)
        async with AsyncExitStack() as stack:
            for hook in hooks:
                manager = hook.enter(running)
                if hook.is_async:
                    await stack.enter_async_context(manager)
                else:
                    stack.enter_context(manager)
            return await target(request, arguments)
        raise _swallowed(name)

    return run


def _swallowed(name: str) -> RuntimeError:
    return RuntimeError(f"{name}: a hook around it has swallowed what it raised, and there is no result")
