"""Tokens made and read by hand (protocol.md section 4), apart from the code under test."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from typing import Any

from tests.conformance.apps.accounts import SECRET

_VECTOR_TIME = re.compile(rb"17600\d{5}")


def mint(sub: str = "4711", *, secret: str = SECRET, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A valid token for now; *claims* replace or add members, and a claim of None is left out."""
    now = int(time.time())
    values = {
        "sub": sub,
        "pkey": permission_key(claims.get("staff", False), claims.get("super", False), ()),
        "iat": now,
        "nbf": now,
        "exp": now + 300,
        "staff": False,
        "super": False,
        **claims,
    }
    present = {name: value for name, value in values.items() if value is not None}
    signed = ".".join(_encode(_canonical(part)) for part in (header or {"alg": "HS256", "typ": "JWT"}, present))
    return f"{signed}.{_encode(_mac(secret, signed, 'sha256'))}"


def read(token: str, secret: str = SECRET) -> tuple[bytes, dict[str, Any]]:
    """The header as bytes and the claims of a token that verifies."""
    header, payload, signature = token.split(".")
    assert _encode(_mac(secret, f"{header}.{payload}", "sha256")) == signature
    claims: dict[str, Any] = json.loads(_decode(payload))
    assert _canonical(claims) == _decode(payload)
    return _decode(header), claims


def permission_key(staff: bool, superuser: bool, permissions: tuple[str, ...]) -> str:
    content = {"perms": sorted(set(permissions)), "staff": staff, "super": superuser}
    return hashlib.sha256(_canonical(content)).hexdigest()[:32]


def as_of_now(vector: dict[str, Any]) -> str:
    """The token of a vector with its times moved, so that the server's clock is to it as ``now`` is to the vector."""
    shift = int(time.time()) - vector["args"]["now"]
    if vector["error"] == "ImmatureToken":
        shift += 60  # so that it does not ripen while the request is under way
    parts = vector["token"].split(".")
    if len(parts) < 2:
        return str(vector["token"])
    old, parts[1] = ".".join(parts[:2]), _shifted(parts[1], shift)
    signed = ".".join(parts[:2])
    if len(parts) > 2:
        parts[2] = _signed_again(parts[2], old, signed, vector["args"]["secret"])
    return ".".join(parts)


def _shifted(payload: str, shift: int) -> str:
    return _encode(_VECTOR_TIME.sub(lambda match: b"%d" % (int(match[0]) + shift), _decode(payload)))


def _signed_again(signature: str, old: str, new: str, secrets: str | dict[str, str]) -> str:
    """*signature* made for *new*, in its own way, if it was one for *old*; as it is otherwise."""
    keys = [secrets] if isinstance(secrets, str) else list(secrets.values())
    for key in keys:
        for algorithm in ("sha256", "sha512"):
            before, after = (_encode(_mac(key, text, algorithm)) for text in (old, new))
            if signature.startswith(before):
                return after + signature[len(before) :]
    return signature


def _mac(secret: str, text: str, algorithm: str) -> bytes:
    return hmac.new(secret.encode(), text.encode(), algorithm).digest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
