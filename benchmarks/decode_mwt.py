"""Checking a token: a prepared `MWTVerifier` against PyJWT with the same checks.

Both sides hold a prepared key and fixed options, and answer with an `MWTClaims` or an exception. What PyJWT itself does
not check (the length of the token, the members of the header, the types of our claims) the peer checks as an
application would. Repeated members, lone surrogates and non-canonical base64url are refused by ours alone: PyJWT has no
option for them.
"""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Callable
from time import process_time
from typing import Any

import jwt

from benchmarks.engines import NATIVE
from benchmarks.harness import Effort, Question, Run, Samples, interleaved, main
from mizan_core.errors import ExpiredToken, InvalidSignature
from mizan_core.types import MWTClaims

SECRET = "a benchmark's secret of 32 bytes "
PERMISSION_KEY = "0123456789abcdef0123456789abcdef"
MAX_TOKEN_LENGTH = 4_096
MAX_INTEGER = 2**53 - 1
HEADER_MEMBERS = {"alg", "kid", "typ"}
ALGORITHMS = ["HS256"]
REQUIRED = ["sub", "pkey", "iat", "nbf", "exp", "staff", "super"]

_verifier = NATIVE.MWTVerifier(SECRET)
_peer = jwt.PyJWT({"require": REQUIRED, "strict_aud": True})
_encoded_secret = base64.urlsafe_b64encode(SECRET.encode()).rstrip(b"=").decode()
_peer_key = jwt.PyJWK({"kty": "oct", "k": _encoded_secret}, "HS256")


def valid(effort: Effort) -> Samples:
    token = _token()
    assert _verifier.decode(token) == _their_decode(token)
    return interleaved(_decoding(_verifier.decode, token), _decoding(_their_decode, token), effort)


def expired(effort: Effort) -> Samples:
    token = NATIVE.create_mwt("42", PERMISSION_KEY, secret=SECRET, now=int(time.time()) - 86_400)
    return _refused(token, ExpiredToken, jwt.ExpiredSignatureError, effort)


def forged(effort: Effort) -> Samples:
    message, _, signature = _token().rpartition(".")
    token = f"{message}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    return _refused(token, InvalidSignature, jwt.InvalidSignatureError, effort)


def _token() -> str:
    return NATIVE.create_mwt("42", PERMISSION_KEY, secret=SECRET, ttl=86_400, staff=True)


def _refused(token: str, our_error: type[Exception], their_error: type[Exception], effort: Effort) -> Samples:
    ours = _refusing(_verifier.decode, token, our_error)
    theirs = _refusing(_their_decode, token, their_error)
    return interleaved(ours, theirs, effort)


def _decoding(decode: Callable[[str], MWTClaims], token: str) -> Run:
    def run(repetitions: int) -> float:
        rounds = itertools.repeat(None, repetitions)
        started = process_time()
        for _ in rounds:
            decode(token)
        return process_time() - started

    return run


def _refusing(decode: Callable[[str], MWTClaims], token: str, error: type[Exception]) -> Run:
    def run(repetitions: int) -> float:
        refused = 0
        rounds = itertools.repeat(None, repetitions)
        started = process_time()
        for _ in rounds:
            try:
                decode(token)
            except error:
                refused += 1
        taken = process_time() - started
        assert refused == repetitions
        return taken

    return run


def _their_decode(token: str) -> MWTClaims:
    if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
        raise jwt.DecodeError("too long, or not ASCII")
    decoded = _peer.decode_complete(token, _peer_key, ALGORITHMS)
    _check_header(decoded["header"])
    return _claims(decoded["payload"])


def _check_header(header: dict[str, Any]) -> None:
    if not header.keys() <= HEADER_MEMBERS or header.get("typ", "JWT") != "JWT":
        raise jwt.DecodeError("an unexpected header")


def _claims(payload: dict[str, Any]) -> MWTClaims:
    sub, pkey, staff, superuser = payload["sub"], payload["pkey"], payload["staff"], payload["super"]
    if not (sub and type(pkey) is str and type(staff) is bool and type(superuser) is bool):
        raise jwt.InvalidTokenError("a claim that is empty or of another type")
    iat, nbf, exp = payload["iat"], payload["nbf"], payload["exp"]
    if not (_is_time(iat) and _is_time(nbf) and _is_time(exp)):
        raise jwt.InvalidTokenError("a time that is no integer")
    return MWTClaims(sub, pkey, iat, nbf, exp, staff, superuser, payload.get("aud"))


def _is_time(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_INTEGER


QUESTIONS = (
    Question("decode_mwt, valid", "PyJWT with the same checks", 20, valid),
    Question("decode_mwt, expired", "PyJWT with the same checks", 15, expired),
    Question("decode_mwt, forged", "PyJWT with the same checks", 15, forged),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
