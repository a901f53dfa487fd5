"""The parts of a streamed response, whose making may write, and the purge that follows the last of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, ExitStack
from typing import TypeVar

T = TypeVar("T")


def purging(parts: Iterable[T], purge: Callable[[], None]) -> Iterator[T]:
    """The *parts*, and *purge* before it is told that there are no more, however they end: also when it is closed."""
    with ExitStack() as ending:
        ending.callback(purge)
        # What the generator does when it is closed belongs to the stream, too.
        ending.callback(getattr(parts, "close", _nothing))
        yield from parts


async def apurging(parts: AsyncIterable[T], purge: Callable[[], Awaitable[None]]) -> AsyncGenerator[T, None]:
    """As ``purging``, of parts that are waited for."""
    async with AsyncExitStack() as ending:
        ending.push_async_callback(purge)
        ending.push_async_callback(getattr(parts, "aclose", _anothing))
        async for part in parts:
            yield part


def _nothing() -> None:
    pass


async def _anothing() -> None:
    pass
