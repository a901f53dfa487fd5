"""Reading plain data with a place for every complaint: ``spec.functions[0].name: expected a string``."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from mizan_core.engine.pure.canonical import Json, exact
from mizan_core.engine.pure.path import Path, quoted, root


class Reader:
    """A JSON value and where it stands. ``value`` holds exact built-in types."""

    __slots__ = ("path", "value")

    def __init__(self, value: Json, path: Path) -> None:
        self.value = value
        self.path = path

    @classmethod
    def of(cls, value: object, label: str) -> Reader:
        """A reader of an argument, after the check that all of it is JSON."""
        path = root(label)
        return cls(exact(value, path), path)

    def fail(self, expected: str) -> ValueError:
        return ValueError(f"{self.path}: expected {expected}")

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.fail("a string")
        return self.value

    def optional_text(self) -> str | None:
        if self.value is None:
            return None
        if not isinstance(self.value, str):
            raise self.fail("a string or null")
        return self.value

    def one_of(self, words: tuple[str, ...]) -> str:
        if not isinstance(self.value, str) or self.value not in words:
            raise self.fail("one of " + ", ".join(words))
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.fail("true or false")
        return self.value

    def items(self) -> list[Reader]:
        if not isinstance(self.value, list):
            raise self.fail("a list")
        return [Reader(item, self.path / index) for index, item in enumerate(self.value)]

    def members(self) -> Iterator[tuple[str, Reader]]:
        """Every member of an object, sorted by name."""
        if not isinstance(self.value, dict):
            raise self.fail("an object")
        for key in sorted(self.value):
            yield key, Reader(self.value[key], self.path / key)

    def record(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Reader]:
        """The members of an object that has all of *required* and nothing beside those and *optional*."""
        found = dict(self.members())
        for name in required:
            if name not in found:
                raise ValueError(f"{self.path}: {quoted(name)} is missing")
        for name in found:
            if name not in required and name not in optional:
                raise ValueError(f"{self.path}: unknown member {quoted(name)}")
        return found


def check_reference(reader: Reader, known: Collection[str], kind: str) -> str:
    """The name at *reader*, which must be among *known*."""
    name = reader.text()
    if name not in known:
        raise ValueError(f"{reader.path}: no {kind} is named {quoted(name)}")
    return name


def check_unique(readers: list[Reader], kind: str) -> list[str]:
    """The names at *readers*, each of which may come once."""
    seen: list[str] = []
    known: set[str] = set()
    for reader in readers:
        name = reader.text()
        if name in known:
            raise ValueError(f"{reader.path}: the {kind} {quoted(name)} comes twice")
        seen.append(name)
        known.add(name)
    return seen
