"""Signing a token: `create_mwt` against PyJWT building the same claims.

Both are given the secret as text and read the clock; with the same clock they write the same bytes.
"""

from __future__ import annotations

import time

import jwt

from benchmarks.engines import NATIVE
from benchmarks.harness import Effort, Question, Samples, interleaved, main, repeat

SECRET = "a benchmark's secret of 32 bytes "
PERMISSION_KEY = "0123456789abcdef0123456789abcdef"
USER = "42"
TTL = 300
FIXED = 1_700_000_000
"""A moment, for the comparison of the bytes."""

_peer = jwt.PyJWT()


def create(effort: Effort) -> Samples:
    ours = NATIVE.create_mwt(USER, PERMISSION_KEY, secret=SECRET, ttl=TTL, staff=True, now=FIXED)
    assert ours == _their_token(FIXED)
    return interleaved(repeat(_our_create), repeat(_their_create), effort)


def _our_create() -> str:
    return NATIVE.create_mwt(USER, PERMISSION_KEY, secret=SECRET, ttl=TTL, staff=True)


def _their_create() -> str:
    return _their_token(int(time.time()))


def _their_token(issued: int) -> str:
    claims = {
        "exp": issued + TTL,
        "iat": issued,
        "nbf": issued,
        "pkey": PERMISSION_KEY,
        "staff": True,
        "sub": USER,
        "super": False,
    }
    return _peer.encode(claims, SECRET, algorithm="HS256")


QUESTIONS = (Question("create_mwt", "PyJWT building the same claims", 15, create),)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
