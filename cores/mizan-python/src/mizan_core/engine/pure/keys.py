"""Cache keys (protocol.md section 3)."""

from __future__ import annotations

import hmac
from hashlib import sha256

from mizan_core.engine.pure.canonical import Json, dump, texts
from mizan_core.engine.pure.checks import (
    dict_argument,
    filled_text_argument,
    integer_argument,
    secret_bytes,
    text_argument,
)
from mizan_core.engine.pure.paths import root


class CacheKeyer:
    """Derives keys with one prepared HMAC state.

    :param secret: non-empty ``str`` (taken as UTF-8) or bytes.
    """

    __slots__ = ("_mac",)

    def __init__(self, secret: str | bytes) -> None:
        key = secret_bytes(secret, root("secret"))
        if not key:
            raise ValueError("secret: must not be empty")
        self._mac = hmac.new(key, digestmod=sha256)

    def derive(
        self,
        context: str,
        params: dict[str, object] | None = None,
        user_id: str | None = None,
        rev: int = 0,
        vary: dict[str, object] | None = None,
    ) -> str:
        """The key of one viewer's entry.

        :param params: the context's parameters; ``5`` and ``"5"`` give one key.
        :param user_id: the viewer, None for an entry that all share.
        :param rev: revision of the code that builds the entry, 0..2^53-1.
        :param vary: what else decides the content; None and empty are the same.
        :raises TypeError, ValueError: naming the argument and the place in it.
        """
        name = text_argument(context, "context")
        mac = self._mac.copy()
        mac.update(_payload(name, params, user_id, rev, vary).encode("ascii"))
        return f"ctx:{name}:{mac.hexdigest()}"


def derive_cache_key(
    secret: str | bytes,
    context: str,
    params: dict[str, object] | None = None,
    user_id: str | None = None,
    rev: int = 0,
    vary: dict[str, object] | None = None,
) -> str:
    """``CacheKeyer(secret).derive(...)`` for a single key."""
    return CacheKeyer(secret).derive(context, params, user_id, rev, vary)


def _payload(context: str, params: object, user_id: object, rev: object, vary: object) -> str:
    viewer = None if user_id is None else filled_text_argument(user_id, "user_id")
    payload: dict[str, Json] = {"c": context, "r": integer_argument(rev, "rev")}
    payload["p"] = {} if params is None else _texts(params, "params")
    varying = None if vary is None else _texts(vary, "vary")
    if viewer is not None:
        payload["u"] = viewer
    if varying:
        payload["v"] = varying
    return dump(payload)


def _texts(value: object, name: str) -> Json:
    return texts(dict_argument(value, name), root(name), depth=2)
