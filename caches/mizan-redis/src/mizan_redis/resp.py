"""Commands as a server reads them (RESP): every argument with its length in front."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Command: TypeAlias = "tuple[str | bytes | int, ...]"


def packed(commands: Iterable[Command]) -> bytes:
    """The bytes of a pipeline. redis-py's own way takes several times as long, for the many forms that it accepts.

    :raises UnicodeEncodeError: for a text with a lone surrogate.
    """
    parts: list[bytes] = []
    for command in commands:
        parts.append(b"*%d\r\n" % len(command))
        for argument in command:
            value = argument if isinstance(argument, bytes) else str(argument).encode()
            parts.append(b"$%d\r\n%b\r\n" % (len(value), value))
    return b"".join(parts)
