"""Cache keys (protocol.md section 3), tags and stored entries (section 10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

from mizan_core.engine.pure.canonical import Json, dump, plain
from mizan_core.engine.pure.checks import (
    dict_argument,
    filled_text_argument,
    integer_argument,
    secret_bytes,
    text_argument,
)
from mizan_core.engine.pure.entries import seal, unseal
from mizan_core.engine.pure.hs256 import Hs256
from mizan_core.engine.pure.path import root
from mizan_core.engine.pure.plan import Plan, plans_argument
from mizan_core.engine.pure.tags import call_tags, entry_tags, purge_tags


class CacheKeyer:
    """Derives keys and tags, and seals entries, with one prepared HMAC state.

    :param secret: non-empty ``str`` (taken as UTF-8) or bytes.
    """

    __slots__ = ("_mac",)

    def __init__(self, secret: str | bytes) -> None:
        key = secret_bytes(secret, root("secret"))
        if not key:
            raise ValueError("secret: must not be empty")
        self._mac = Hs256(key)

    def derive(
        self,
        context: str,
        params: dict[str, object] | None = None,
        user_id: str | None = None,
        rev: int = 0,
        vary: dict[str, object] | None = None,
    ) -> str:
        """The key of one viewer's entry.

        :param params: the context's parameters; ``1`` and ``1.0`` give one key, ``1`` and ``"1"`` two.
        :param user_id: the viewer, None for an entry that all share.
        :param rev: revision of the code that builds the entry, 0..2^53-1.
        :param vary: what else decides the content; None and empty are the same.
        :raises TypeError, ValueError: naming the argument and the place in it.
        """
        return self._key(_payload(context, params, user_id, rev, vary))

    def key_and_tags(
        self,
        context: str,
        params: dict[str, object] | None = None,
        user_id: str | None = None,
        rev: int = 0,
        vary: dict[str, object] | None = None,
        scopes: list[list[str]] | None = None,
    ) -> tuple[str, list[str]]:
        """The key of an entry, as ``derive`` gives it, and the entry's tags (section 10).

        :param scopes: the parameter names of each scope that a mutation can have with the context.
        :return: the key; the context's tag and one for each scope, in their order.
        """
        payload = _payload(context, params, user_id, rev, vary)
        return self._key(payload), entry_tags(self._mac, payload.context, payload.params, scopes)

    def purge_tags(self, context: str, params: dict[str, object] | None = None) -> list[str]:
        """The tags that a purge changes: the context's, or the two of one scope (section 10).

        :param params: what narrows the purge; None and empty are the same.
        """
        return purge_tags(self._mac, text_argument(context, "context"), _optional_plain(params, "params"))

    def call_tags(self, plans: Sequence[Plan]) -> list[str]:
        """The tags that calls make stale, each once (section 10)."""
        return call_tags(self._mac, plans_argument(plans, "plans"))

    def seal(self, key: str, versions: list[bytes], body: bytes) -> bytes:
        """An entry of *body* to be stored under *key*, valid while its tags have *versions* (section 10).

        :param versions: 1 to 255 of them, of 1 to 255 bytes each, as they were before the body was made.
        :raises TypeError, ValueError: naming the argument.
        """
        return seal(self._mac, key, versions, body)

    def unseal(self, key: str, entry: bytes, versions: list[bytes | None]) -> bytes | None:
        """The body of *entry* if every tag has still the version that it was sealed with; else None.

        :param key: what the entry was stored under.
        :param versions: what the tags have now, in the same order; None for a missing one, which counts as changed.
        :raises ForgedEntry: when it is not what the secret has sealed under *key*. An entry of an older format is None.
        :raises TypeError: naming the argument.
        """
        return unseal(self._mac, key, entry, versions)

    def _key(self, payload: _Payload) -> str:
        digest = self._mac.sign(dump(payload.members()).encode("ascii"))
        return f"ctx:{payload.context}:{digest.hex()}"


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


class _Payload(NamedTuple):
    """What decides the content of an entry, checked."""

    context: str
    params: dict[str, Json]
    user_id: str | None
    rev: int
    vary: dict[str, Json]

    def members(self) -> dict[str, Json]:
        """What is hashed."""
        members: dict[str, Json] = {"c": self.context, "p": self.params, "r": self.rev}
        if self.user_id is not None:
            members["u"] = self.user_id
        if self.vary:
            members["v"] = self.vary
        return members


def _payload(context: object, params: object, user_id: object, rev: object, vary: object) -> _Payload:
    name = text_argument(context, "context")
    viewer = None if user_id is None else filled_text_argument(user_id, "user_id")
    revision = integer_argument(rev, "rev")
    return _Payload(name, _optional_plain(params, "params"), viewer, revision, _optional_plain(vary, "vary"))


def _optional_plain(value: object, name: str) -> dict[str, Json]:
    """The members of a dict in their plain form, on the level that they have in what is hashed; none for None."""
    if value is None:
        return {}
    return cast("dict[str, Json]", plain(dict_argument(value, name), root(name), depth=2))
