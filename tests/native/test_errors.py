"""Every error of the crate comes out as the class that ``except`` clauses name, whichever engine raised it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import mizan_native
from mizan_core import errors

SECRET = "mizan-native-test-secret-0123456"
NOW = 1_000
CLAIMS = {"sub": "1", "pkey": "", "iat": NOW, "nbf": NOW, "exp": NOW + 60, "staff": False, "super": False}
HEADER = {"alg": "HS256", "typ": "JWT"}


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(header: object = HEADER, claims: object = CLAIMS) -> str:
    message = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    tag = hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).digest()
    return f"{message}.{encoded(tag)}"


def decode(token: Any, secret: Any = SECRET, now: int = NOW) -> Any:
    return mizan_native.decode_mwt(token, secret=secret, now=now)


def contradiction() -> Any:
    function: dict[str, Any] = {
        "name": "f",
        "context": None,
        "params": [],
        "output": None,
        "merge": [],
        "auto_scope": True,
        "private": False,
        "auth": None,
    }
    affects = [{"name": "a"}, {"name": "b"}]
    return mizan_native.compile_graph({"types": {}, "functions": [{**function, "affects": affects}]})


CASES: list[tuple[type[Exception], Callable[[], object], str]] = [
    (TypeError, lambda: mizan_native.canonical_json({1: 2}), "value: keys must be str, not int"),
    (ValueError, lambda: mizan_native.canonical_json("\ud800"), "value: the string holds a lone surrogate"),
    (
        LookupError,
        lambda: mizan_native.compute_invalidation(mizan_native.compile_graph({"types": {}, "functions": []}), "f", {}),
        'no function is named "f" in the graph',
    ),
    (
        errors.ConfigurationError,
        lambda: mizan_native.MWTVerifier("short"),
        "secret: at least 32 bytes are needed (RFC 7518 section 3.2)",
    ),
    (errors.MalformedToken, lambda: decode("a.b"), "the token does not have three non-empty parts"),
    (errors.MalformedToken, lambda: decode(b"a.b.c"), "the token is not a string"),
    (errors.UnsupportedAlgorithm, lambda: decode(signed({"alg": "none"})), "the header's alg is not HS256"),
    (errors.UnknownKey, lambda: decode(signed(), {"v1": SECRET}), "the token names no key of the key ring"),
    (errors.InvalidSignature, lambda: decode(signed(), SECRET[::-1]), "the signature is not valid"),
    (errors.InvalidClaims, lambda: decode(signed(claims=[])), "the claims are not a JSON object"),
    (errors.ExpiredToken, lambda: decode(signed(), now=NOW + 60), "the token has expired"),
    (errors.ImmatureToken, lambda: decode(signed(), now=NOW - 1), "the token is not valid yet"),
    (
        errors.InvalidAudience,
        lambda: decode(signed(claims={**CLAIMS, "aud": "x"})),
        "the token is meant for another audience",
    ),
]


@pytest.mark.parametrize(("kind", "call", "message"), CASES, ids=[f"{kind.__name__}-{text}" for kind, _, text in CASES])
def test_classes_and_messages(kind: type[Exception], call: Callable[[], object], message: str) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind
    assert str(caught.value) == message


def test_every_token_error_is_covered() -> None:
    def subclasses(kind: type[Exception]) -> Iterator[type[Exception]]:
        for subclass in kind.__subclasses__():
            yield subclass
            yield from subclasses(subclass)

    assert set(subclasses(errors.MWTError)) <= {kind for kind, _, _ in CASES}


def test_a_graph_error_lists_its_problems() -> None:
    with pytest.raises(errors.GraphError) as caught:
        contradiction()
    assert caught.value.problems == (
        'function "f": affects "a" names no context and no function inside one',
        'function "f": affects "b" names no context and no function inside one',
    )
    assert str(caught.value).startswith("the interface does not compile:\n- function")


def test_exceptions_of_python_pass_unchanged() -> None:
    failure = KeyError("no database")

    def permissions() -> Iterator[str]:
        yield "shop.view_order"
        raise failure

    with pytest.raises(KeyError) as caught:
        mizan_native.compute_permission_key(False, False, permissions())
    assert caught.value is failure


def test_exceptions_of_a_key_pass_unchanged() -> None:
    class Key(str):
        __slots__ = ()

        def __hash__(self) -> int:
            return hash("user_id")

        def __eq__(self, other: object) -> bool:
            raise ZeroDivisionError

    user_id = {"name": "user_id", "shape": {"kind": "any"}, "required": True, "identity": "int"}
    function = {
        "params": [user_id],
        "output": {"kind": "any"},
        "merge": [],
        "auto_scope": True,
        "private": False,
        "auth": None,
    }
    functions = [
        {"name": "profile", "context": "user", "affects": [], **function},
        {"name": "rename", "context": None, "affects": [{"name": "user"}], **function},
    ]
    graph = mizan_native.compile_graph({"types": {}, "functions": functions})
    with pytest.raises(ZeroDivisionError):
        mizan_native.compute_invalidation(graph, "rename", {Key("user_id"): 5})
