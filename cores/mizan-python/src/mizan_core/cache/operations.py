"""Operations on a backend as values, and the two ways to perform them."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from mizan_core.cache.backend import BackendUnavailable, CacheBackend

T = TypeVar("T")


class ReadKeys(NamedTuple):
    """``backend.read(keys)``."""

    keys: Sequence[str]

    def perform(self, backend: CacheBackend) -> list[bytes | None]:
        return backend.read(self.keys)

    async def aperform(self, backend: CacheBackend) -> list[bytes | None]:
        return await backend.aread(self.keys)


class ClaimKeys(NamedTuple):
    """``backend.claim(values, ttl)``."""

    values: Mapping[str, bytes]
    ttl: int

    def perform(self, backend: CacheBackend) -> list[bytes]:
        return backend.claim(self.values, self.ttl)

    async def aperform(self, backend: CacheBackend) -> list[bytes]:
        return await backend.aclaim(self.values, self.ttl)


class WriteKeys(NamedTuple):
    """``backend.write(values, ttl)``."""

    values: Mapping[str, bytes]
    ttl: int

    def perform(self, backend: CacheBackend) -> None:
        backend.write(self.values, self.ttl)

    async def aperform(self, backend: CacheBackend) -> None:
        await backend.awrite(self.values, self.ttl)


Operation: TypeAlias = "ReadKeys | ClaimKeys | WriteKeys"
Operations: TypeAlias = Generator[Operation, Any, T]


def complete(backend: CacheBackend, operations: Operations[T]) -> T:
    """Perform *operations* and give their result."""
    try:
        operation = next(operations)
        while True:
            try:
                outcome = operation.perform(backend)
            except BackendUnavailable as error:
                operation = operations.throw(error)
            else:
                operation = operations.send(outcome)
    except StopIteration as stop:
        result: T = stop.value
        return result


async def acomplete(backend: CacheBackend, operations: Operations[T]) -> T:
    """As ``complete``, on an event loop."""
    try:
        operation = next(operations)
        while True:
            try:
                outcome = await operation.aperform(backend)
            except BackendUnavailable as error:
                operation = operations.throw(error)
            else:
                operation = operations.send(outcome)
    except StopIteration as stop:
        result: T = stop.value
        return result
