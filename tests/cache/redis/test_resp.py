"""Commands on the wire, as redis-py would send them."""

from __future__ import annotations

from typing import Any

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from mizan_redis.resp import Command, Pushes, packed

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


SAID = (
    b"*3\r\n$9\r\nsubscribe\r\n$4\r\nroom\r\n:1\r\n"
    b"*3\r\n$7\r\nmessage\r\n$4\r\nroom\r\n$5\r\na\r\n*b\r\n"
    b"*2\r\n$4\r\npong\r\n$0\r\n\r\n"
    b"*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n"
)
HEARD = [
    [b"subscribe", b"room", 1],
    [b"message", b"room", b"a\r\n*b"],
    [b"pong", b""],
    [b"unsubscribe", None, 0],
]


@pytest.mark.parametrize("size", range(1, len(SAID) + 1))
def test_what_is_said_is_heard_however_it_comes_in_pieces(size: int) -> None:
    pushes, heard = Pushes(), []
    for start in range(0, len(SAID), size):
        heard += pushes.read(SAID[start : start + size])
    assert heard == HEARD


@pytest.mark.parametrize("said", [b"-NOPERM no\r\n", b"+OK\r\n", b"*1\r\n*0\r\n", b"*x\r\n", b"*1\r\n$x\r\n"])
def test_what_is_not_for_listeners_is_told(said: bytes) -> None:
    with pytest.raises(ValueError, match=r"server (says|refuses)|invalid literal"):
        Pushes().read(said)
