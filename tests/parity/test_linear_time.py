"""What a stranger sends costs no more than in proportion to its length.

Work inside C is not seen by a count of calls, so that time is taken here: the shortest of several runs, sixteen times
the length against one. The bound lies far from the linear factor (16) and from the quadratic one (256).
"""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress

import pytest

from mizan_core.engine import Engine
from mizan_core.engine.pure.mwt.strict_json import strict_loads
from tests.parity.tokens import SECRET

LENGTH, FACTOR, BOUND = 2_000, 16, 64
ROUNDS = 7
TOKEN_BYTES = 3_000

HOSTILE = {
    "quotes": b'"',
    "escaped quotes": b'\\"',
    "backslashes": b"\\",
    "strings": b'"a",',
    "escapes": b'"\\u0041',
    "surrogates": b'"\\ud800',
    "brackets": b"[",
    "braces": b'{"a":',
    "digits": b"9",
    "exponents": b"1e9,",
    "spaces": b" ",
    "members": b'"a":1,',
    "text of two bytes": "é".encode(),
}


def shortest(call: Callable[[], object]) -> float:
    """Seconds of processor time of the quickest of some calls."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        with suppress(ValueError):
            call()
        times.append(time.process_time() - began)
    return min(times)


def filled(pattern: bytes, length: int) -> bytes:
    return (pattern * (length // len(pattern) + 1))[:length]


@pytest.mark.parametrize("start", [b"", b'"', b"[", b'{"a":"'], ids=["bare", "in a string", "in a list", "in a member"])
@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=HOSTILE)
def test_strict_json(start: bytes, pattern: bytes) -> None:
    once, often = (start + filled(pattern, size) for size in (LENGTH, LENGTH * FACTOR))
    least = 20e-6  # below it the clock tells more of itself than of the reader
    assert shortest(lambda: strict_loads(often)) < BOUND * max(shortest(lambda: strict_loads(once)), least)


@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=HOSTILE)
def test_no_token_costs_much_more_than_an_honest_one(engine: Engine, pattern: bytes) -> None:
    verifier = engine.MWTVerifier(SECRET)
    honest, hostile = (
        f"{urlsafe_b64encode(header).decode()}.AA.AA"
        for header in (b'{"alg":"HS256","kid":"' + b"k" * (TOKEN_BYTES - 24) + b'"}', filled(pattern, TOKEN_BYTES))
    )
    least = 50e-6
    cost = shortest(lambda: verifier.decode(hostile, 0))
    assert cost < BOUND * max(shortest(lambda: verifier.decode(honest, 0)), least)
