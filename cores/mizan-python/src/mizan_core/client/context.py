"""Contexts as values, for those who would rather import a name than repeat a string."""

from __future__ import annotations

from dataclasses import dataclass

from mizan_core.names import check_context_name

GLOBAL = "global"
"""The context that exists once, whoever asks: its functions have no parameters."""


@dataclass(frozen=True, slots=True)
class Context:
    """A context by name, for ``context=``, ``affects=`` and ``merge=``.

    Unlike a string it may stand for a context that nothing here is registered in (protocol.md section 5).

    :param name: see protocol.md section 1.
    :raises TypeError, ValueError: when *name* cannot name a context.
    """

    name: str

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise TypeError(f"Context(...) takes a name (str), not {type(self.name).__name__}")
        check_context_name(self.name)
