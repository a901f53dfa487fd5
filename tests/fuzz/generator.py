"""Requests that are nearly right: built from the interface's structure, then bent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import string
import time
from collections.abc import Callable
from random import Random
from typing import Any, cast
from urllib.parse import quote, quote_plus

from mizan_core.engine import pure
from tests.fuzz.exchange import Request
from tests.fuzz.fronts import SECRET

_JSON = "application/json"
_BASE = "/api/mizan/"
_TEXTS = [
    "", "a", "red", "blue", "circle", "square", "0", "5", "-1", "1.5", "1e400", "true", "null", "NaN", "Infinity",
    "é", "😀", "\x00", "\r\nX: 1", "\u2028", "\ufeff", "\x7f", "'\"\\", "%00", "2026-01-02", "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05+02:00", "9999-12-31T23:59:59-23:59", "P1D", "03:04", "-P99999999999D", "１", "a" * 300,
    "12345678-1234-5678-1234-567812345678", "9" * 30, "9" * 5_000, "1" + "0" * 400, "1e-999", "0x10", "1_000", " 5 ",
]  # fmt: skip
_NUMBERS = [0, 1, -1, 5, 2**31, 2**53, 2**53 + 1, 2**63, 2**64, -(2**63), 10**30, 0.5, -0.0, 1e308, 5e-324, 1.0]
_RAW = [
    "01", "+1", "1.", ".5", "1e400", "-1e400", "1e-400", "NaN", "Infinity", "-Infinity", "9" * 4_299, "9" * 4_301,
    "0x1", "tru", "nul", "'a'", '"\\ud800"', '"\\ude00\\ud83d"', '"\\u0000"', '"\\x41"', '"\x01"', "//", "/**/", "1 2",
    '"\xed\xa0\x80"', '"\xc0\x80"', '"\xff"', "[", "]", "{", "}", ",", ":", "[[[[", '{"a":' * 70 + "1" + "}" * 70,
    "", "[" * 63 + "]" * 63, "[" * 200 + "]" * 200, '{"a":1,"a":2}',
]  # fmt: skip
_LENGTHS = ["9" * 5_000, "-1", "+5", "", "0x10", "1_0", "5,5", "\xb2", "1e3", "9" * 18, "9" * 19, "0" * 500, "x", "5 5"]

FUNCTIONS: dict[str, tuple[str, ...]] = {
    "scalars": ("number", "ratio", "flag", "text", "price", "colour", "word", "nothing"),
    "times": ("moment", "day", "hour", "span", "ref", "data"),
    "shapes": ("items", "tagged", "root", "options", "pairs", "numbers", "text"),
    "anything": ("value", "more"),
    "for_members": ("number",),
    "for_staff": (),
    "hidden": (),
}
CONTEXTS: dict[str, tuple[str, ...]] = {
    "things": ("number", "ratio", "flag", "text", "price", "colour"),
    "times": ("moment", "day", "ref", "numbers", "colours"),
    "trees": ("root", "options", "pairs", "either", "value"),
    "members": ("number",),
}


class Generator:
    """An endless row of requests; the same for the same *seed*, save that tokens are of the present."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - it is to be repeatable
        self._now = int(time.time())
        self._kinds: list[Callable[[], Request]] = (
            [self._call] * 10 + [self._fetch] * 8 + [self._several] * 3 + [self._other]
        )

    def request(self) -> Request:
        make: Callable[[], Request] = self._pick(self._kinds)
        return make()

    def _pick(self, choices: Any) -> Any:
        return self._random.choice(choices)

    def _one_in(self, number: int) -> bool:
        return self._random.randrange(number) == 0

    # Requests.

    def _call(self) -> Request:
        function = self._pick(list(FUNCTIONS))
        names = FUNCTIONS[function]
        chosen = [name for name in names if not self._one_in(2)]
        arguments = {self._bent_name(name): self._value_for(name) for name in chosen}
        content: Any = {"fn": self._bent_name(function), "args": arguments}
        if self._one_in(3):
            content["shown"] = self._shown()
        if self._one_in(20):
            content = self._pick([arguments, [content], {**content, "id": 1}, {"fn": function}, self._value(3)])
        body = self._bent_body(json.dumps(content, ensure_ascii=self._one_in(2)))
        return Request("POST", _BASE + "call/", self._noise_query(), self._call_headers(body), body)

    def _shown(self) -> Any:
        """What a page shows, which the mutation may bring along."""
        if self._one_in(20):
            return self._value(3)
        entries = [self._entry() for _ in range(self._pick([1, 1, 2, 3, 16, 17]))]
        return [self._value(2) if self._one_in(20) else entry for entry in entries]

    def _entry(self) -> dict[str, Any]:
        context = self._pick(list(CONTEXTS))
        names = [name for name in CONTEXTS[context] if not self._one_in(2)]
        params = {self._bent_name(name): self._value_for(name) for name in names}
        entry = {"context": self._pick([*_TEXTS]) if self._one_in(20) else context, "params": params}
        if self._one_in(20):
            entry[self._pick(["params", "scope", "context", "x"])] = self._value(2)
        return entry

    def _several(self) -> Request:
        """Several bundles in one request, as clients ask for what is wanted in one tick."""
        pairs = [self._pair() for _ in range(self._pick([1, 2, 2, 3, 16, 17]))]
        query = self._bent("&".join(pairs)) if self._one_in(6) else "&".join(pairs)
        return Request(
            self._pick(["GET"] * 20 + ["HEAD", "POST"]), _BASE + "ctx/", _on_the_wire(query), self._headers(), ""
        )

    def _pair(self) -> str:
        context = self._pick(list(CONTEXTS))
        query = "&".join(self._field(name) for name in CONTEXTS[context] if not self._one_in(2))
        return f"{quote_plus(self._context_name(context))}={quote_plus(query)}"

    def _fetch(self) -> Request:
        context = self._pick(list(CONTEXTS))
        names = [name for name in CONTEXTS[context] if not self._one_in(2)]
        fields = [self._field(name) for name in names for _ in range(self._pick([1, 1, 1, 1, 1, 1, 2, 5]))]
        if self._one_in(100):
            fields *= self._pick([10, 300, 1_200])
        query = self._bent("&".join(fields)) if self._one_in(6) else "&".join(fields)
        path = f"{_BASE}ctx/{quote(self._context_name(context), safe='')}/"
        return Request(self._pick(["GET"] * 20 + ["HEAD"]), path, _on_the_wire(query), self._headers(), "")

    def _field(self, name: str) -> str:
        return f"{self._quoted(self._bent_name(name))}={self._quoted(self._text_for(name))}"

    def _other(self) -> Request:
        method = self._pick(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
        path = _BASE + self._pick(["call/", "ctx/things/", "ctx/unknown/", "ctx/times/"])
        body = self._pick(["", "{}", '{"fn":"scalars"}', "\x00" * 10])
        return Request(method, path, self._noise_query(), self._call_headers(body), body)

    def _context_name(self, context: str) -> str:
        if not self._one_in(30):
            return context
        # A slash or an empty name is another URL, which the frameworks answer.
        return self._pick([text for text in _TEXTS if text and "/" not in text and len(text) < 200]) or context

    def _noise_query(self) -> str:
        return "" if not self._one_in(20) else _on_the_wire(self._bent("fn=a&b=%ff"))

    # Values.

    def _value_for(self, name: str) -> Any:
        if self._one_in(4):
            return self._value(self._pick([1, 2, 4]))
        made: dict[str, Callable[[], Any]] = {
            "items": self._shapes, "tagged": self._shapes, "root": lambda: self._node(3), "options": self._options,
            "pairs": self._pairs, "numbers": lambda: self._many(self._scalar), "more": lambda: self._mapping(2),
            "colours": lambda: self._many(lambda: self._pick(["red", "blue", "green"])),
        }  # fmt: skip
        return made.get(name, self._scalar)()

    def _text_for(self, name: str) -> str:
        if name in ("root", "options", "pairs"):
            text = json.dumps(self._value_for(name))
            return self._bent(text) if self._one_in(5) else text
        value = self._scalar()
        return value if isinstance(value, str) else json.dumps(value)

    def _scalar(self) -> Any:
        return self._pick([*_TEXTS, *_NUMBERS, True, False, None]) if self._one_in(2) else self._pick(_TEXTS[:12])

    def _value(self, depth: int) -> Any:
        kind = self._random.randrange(4) if depth else 0
        if kind == 1:
            return self._many(lambda: self._value(depth - 1))
        return self._mapping(depth) if kind == 2 else self._scalar()

    def _many(self, make: Callable[[], Any]) -> list[Any]:
        items = [make() for _ in range(self._random.randrange(4))]
        return items * self._pick([10, 300, 3_000]) if self._one_in(60) else items

    def _mapping(self, depth: int) -> dict[str, Any]:
        return {self._pick(_TEXTS): self._value(depth - 1) for _ in range(self._random.randrange(4))}

    def _shapes(self) -> Any:
        return self._many(self._shape)

    def _shape(self) -> Any:
        if self._one_in(6):
            return self._value(2)
        shape = {"kind": self._pick(["circle", "square", "x"]), self._pick(["radius", "side"]): self._scalar()}
        if self._one_in(3):
            del shape["kind"]
        return shape

    def _node(self, depth: int) -> Any:
        node: dict[str, Any] = {"name": self._pick(_TEXTS[:12])}
        if depth and self._one_in(2):
            node["children"] = self._many(lambda: self._node(depth - 1))[:50]
        if self._one_in(3):
            node["notes"] = {self._pick(_TEXTS): self._many(self._scalar)}
        return node

    def _options(self) -> Any:
        return {self._pick(["limit", "colours", "x"]): self._value(1) for _ in range(self._random.randrange(3))}

    def _pairs(self) -> Any:
        return {self._pick(_TEXTS): [self._scalar() for _ in range(self._pick([0, 1, 2, 2, 2, 3]))] for _ in range(3)}

    # Bending.

    def _bent_name(self, name: str) -> str:
        if not self._one_in(25):
            return name
        return cast(str, self._pick([name.upper(), name + " ", name[1:], "é" + name, "__class__", self._pick(_TEXTS)]))

    def _bent_body(self, body: str) -> str:
        encoded = body.encode("utf-8", "surrogatepass").decode("latin-1")
        if self._one_in(6):
            encoded = self._bent(encoded)
        if self._one_in(12):
            place = self._random.randrange(len(encoded) + 1)
            encoded = encoded[:place] + self._pick(_RAW) + encoded[place:]
        if self._one_in(12) and ":" in encoded:
            # In the place of a value, so that the rest stays JSON.
            place = encoded.rindex(":") + 1
            encoded = encoded[:place] + self._pick(_RAW) + "}" * self._pick([0, 1, 2])
        return encoded

    def _bent(self, text: str) -> str:
        for _ in range(self._pick([1, 1, 2, 5])):
            place = self._random.randrange(len(text) + 1)
            match self._random.randrange(5):
                case 0:
                    text = text[:place] + text[place + self._pick([1, 1, 2, 10]) :]
                case 1:
                    text = text[:place] + chr(self._random.randrange(256)) + text[place + 1 :]
                case 2:
                    text = (
                        text[:place]
                        + self._pick(['"', "\\", "[", "]", "{", "}", ",", "&", "=", "%", "%ff", "+", "\x00"])
                        + text[place:]
                    )
                case 3:
                    text = text[:place] + text[place : place + 20] * self._pick([2, 3, 50]) + text[place:]
                case _:
                    text = text[:place]
        return text

    def _quoted(self, text: str) -> str:
        encoded = text.encode("utf-8", "surrogatepass")
        return self._pick([quote, quote_plus])(encoded) if not self._one_in(15) else encoded.decode("latin-1")

    # Headers.

    def _call_headers(self, body: str) -> tuple[tuple[str, str], ...]:
        headers = list(self._headers())
        if not self._one_in(60):
            headers.append(("Content-Type", _JSON))
        if self._one_in(20):
            headers.append(
                ("Content-Type", self._pick([*_TEXTS[:25], "text/plain", "application/json;x", _JSON.upper()]))
            )
        if self._one_in(30):
            headers.append(("Transfer-Encoding", "chunked"))
        else:
            headers.append(("Content-Length", self._odd_length() if self._one_in(25) else str(len(body))))
        if self._one_in(40):
            headers.append(("Content-Encoding", self._pick(["identity", "gzip", "", "br, gzip", "Identity", "é"])))
        return self._wire(headers)

    def _odd_length(self) -> str:
        return cast(str, self._pick(_LENGTHS))

    def _headers(self) -> tuple[tuple[str, str], ...]:
        headers = [("Host", "testserver")]
        if self._one_in(3):
            headers.append(("X-Mizan-Token", self._token()))
        if self._one_in(40):
            headers.append((self._pick(["Cookie", "Accept", "X-Forwarded-For", "X-Mizan-Token"]), self._pick(_TEXTS)))
        return self._wire(headers)

    def _wire(self, headers: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Servers let neither line ends nor NUL through, and give Latin-1."""
        cleaned = ((name, value.translate(_NO_CONTROLS).encode().decode("latin-1")) for name, value in headers)
        return tuple((name, value.strip()) for name, value in cleaned)

    # Tokens.

    def _token(self) -> str:
        claims: dict[str, Any] = {
            "sub": self._pick(["1", "user", "é", "a" * 200]), "pkey": "0" * 32, "iat": self._now, "nbf": self._now,
            "exp": self._now + 80_000, "staff": self._one_in(2), "super": self._one_in(2),
        }  # fmt: skip
        if self._one_in(4):
            return self._signed('{"alg":"HS256","typ":"JWT"}', self._bent_claims(claims))
        if self._one_in(6):
            return self._signed(self._bent('{"alg":"HS256","typ":"JWT"}'), json.dumps(claims))
        token = pure.create_mwt(
            claims["sub"], claims["pkey"], secret=SECRET, ttl=80_000, staff=claims["staff"], now=self._now
        )
        return self._bent_token(token) if self._one_in(2) else token

    def _bent_claims(self, claims: dict[str, Any]) -> str:
        if self._one_in(2):
            claims[self._pick(list(claims))] = self._value(2)
        if self._one_in(2):
            claims[self._pick(_TEXTS)] = self._value(3)
        text = json.dumps(claims, ensure_ascii=self._one_in(2))
        if self._one_in(3):
            text = self._bent(text)
        if self._one_in(4):
            place = self._random.randrange(len(text) + 1)
            text = text[:place] + self._pick(_RAW) + text[place:]
        return text

    def _signed(self, header: str, claims: str) -> str:
        parts = [text.encode("utf-8", "surrogatepass") for text in (header, claims)]
        signed = b".".join(map(_base64url, parts))
        signature = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
        return (signed + b"." + _base64url(signature)).decode()

    def _bent_token(self, token: str) -> str:
        header, _, signature = token.split(".")
        return cast(
            str,
            self._pick(
                [
                    self._bent(token), token + "=", token.replace(".", "..", 1), token[::-1], token.upper(),
                    " " + token, f"{header}..{signature}", f"{token}.{token}", "é" + token, "", ".", "..",
                    self._pick(_TEXTS), "a" * 4_097, '\\"' * 2_040, ".".join(["e30"] * 1_365),
                    ".".join([_base64url(b'{"' + b'\\"' * 1_000).decode(), "e30", "e30"]),
                    token[:-1] + self._pick(string.ascii_letters + string.digits + "-_"),
                ]
            ),
        )  # fmt: skip


def _on_the_wire(query: str) -> str:
    """Servers refuse request targets with other characters."""
    return "".join(filter(_VISIBLE.__contains__, query))


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


_VISIBLE = frozenset(map(chr, range(33, 127))) - {"#"}
_NO_CONTROLS = dict.fromkeys((0, 10, 13))
