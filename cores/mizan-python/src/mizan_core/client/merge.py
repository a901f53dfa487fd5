"""How a slot takes a mutation's result (protocol.md section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mizan_core.client.targets import Target, read_target

Place: TypeAlias = "Literal['append', 'prepend', 'refetch']"

_PLACES = ("append", "prepend", "refetch")


@dataclass(frozen=True, slots=True)
class Merge:
    """A target of ``merge=`` that is a list of what the function returns: how the result becomes an item of it.

    ``merge=Merge("user", place="append")``

    :param target: the context, or the function in it, by name or as an object.
    :param place: where the result goes when no item has its key: ``"append"`` (to the end), ``"prepend"`` (to the
        beginning) or ``"refetch"`` (clients read the list again, since its order and selection are the server's).
        None for ``"refetch"``.
    :param key: the field that tells items apart. None for ``"id"``.
    :raises TypeError, ValueError: when a value is none of these.
    """

    target: Target
    place: Place | None = None
    key: str | None = None

    def __post_init__(self) -> None:
        read_target("Merge", self.target)
        if self.place is not None and self.place not in _PLACES:
            raise ValueError(f"place={self.place!r} is unknown; 'append', 'prepend' or 'refetch'")
        if self.key is not None and not isinstance(self.key, str):
            raise TypeError(f"key= takes the name of a field (str), not {self.key!r}")


MergeTargets: TypeAlias = "Target | Merge | Sequence[Target | Merge] | None"
"""``merge=``."""


def read_merges(word: str, targets: object) -> tuple[Target | Merge, ...]:
    """Check the targets that the keyword *word* was given.

    :raises TypeError, ValueError: naming the keyword, the target and what would be right.
    """
    if targets is None:
        return ()
    items = targets if isinstance(targets, (list, tuple)) else (targets,)
    return tuple(item if isinstance(item, Merge) else read_target(word, item) for item in items)
