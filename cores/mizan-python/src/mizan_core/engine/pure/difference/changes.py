"""The changes that have been found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["added", "removed", "changed"]
Class: TypeAlias = Literal["compatible", "source", "unknown", "breaking"]
Change: TypeAlias = "tuple[Kind, Class, str, str]"
"""What it is, what it means for clients of before, what has changed, and how."""


@dataclass(slots=True)
class Changes:
    """The changes that have been found, and what they are found at."""

    subject: str = ""
    all: list[Change] = field(default_factory=list)

    def say(self, kind: Kind, meaning: Class, detail: str = "") -> None:
        change = (kind, meaning, self.subject, detail)
        if change not in self.all:
            self.all.append(change)

    def changed(self, meaning: Class, detail: str) -> None:
        self.say("changed", meaning, detail)

    def called(self, before: str, after: str) -> None:
        """What something was called before, where it is called otherwise now."""
        if before != after:
            self.changed("source", f"was called {before} before")
