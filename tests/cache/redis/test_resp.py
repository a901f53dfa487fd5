"""Commands on the wire, as redis-py would send them."""

from __future__ import annotations

from typing import Any

import redis
from hypothesis import given
from hypothesis import strategies as st

from mizan_redis.resp import Command, packed

# Never a space: redis-py takes the text before it for a command of its own.
NAMES = st.text(st.characters(codec="ascii", categories=["Lu"]), min_size=1)
ARGUMENTS = st.text() | st.binary() | st.integers()
CONNECTION: Any = redis.Connection
COMMANDS = st.tuples(NAMES, st.lists(ARGUMENTS)).map(lambda parts: (parts[0], *parts[1]))


@given(st.lists(COMMANDS, min_size=1))
def test_the_bytes_are_those_that_redis_py_sends(commands: list[Command]) -> None:
    assert packed(commands) == b"".join(CONNECTION().pack_commands(commands))


def test_a_command() -> None:
    assert packed([("SET", "clé", b"\x00\r\n", "EX", 60)]) == (
        b"*5\r\n$3\r\nSET\r\n$4\r\ncl\xc3\xa9\r\n$3\r\n\x00\r\n\r\n$2\r\nEX\r\n$2\r\n60\r\n"
    )
