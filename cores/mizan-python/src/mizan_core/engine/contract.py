"""What an engine offers (docs/engine-data.md). Both engines follow it to the letter, errors included.

Their messages are the same, but for those of ``TypeError``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from mizan_core.types import MWTClaims

CONTRACT_VERSION = 8
"""Grows with every change of the contract; an engine of another version is not used."""

Json: TypeAlias = Any
"""A JSON value as built-in types."""

Secret: TypeAlias = "str | bytes"
KeyRing: TypeAlias = "dict[str, str] | dict[str, bytes] | dict[str, Secret]"


class CompiledGraph(Protocol):
    """An immutable compiled graph (protocol.md section 5); each engine has a class of its own."""

    def describe(self) -> dict[str, Any]:
        """The resolved graph as plain data."""

    def fingerprint(self) -> str:
        """What decides the tags of entries and purges: equal where the same values have the same tags."""


class CallPlan(Protocol):
    """What a call entails; each engine has a class of its own, which ``plan_call`` makes."""

    def finish(
        self, result_json: bytes, nested: Sequence[Any] = (), refresh_json: bytes | None = None
    ) -> tuple[bytes, str | None]:
        """The body of the call's answer, and the ``X-Mizan-Invalidate`` value.

        :param nested: the plans of the calls that it made.
        :param refresh_json: the serialised list of the bundles that the answer brings along.
        """


class Keyer(Protocol):
    """Cache keys (section 3), tags and stored entries (section 10) from one prepared secret."""

    def derive(
        self,
        context: str,
        params: dict[str, Any] | None = None,
        user_id: str | None = None,
        rev: int = 0,
        vary: dict[str, Any] | None = None,
    ) -> str:
        """The key of one entry."""

    def key_and_tags(
        self,
        context: str,
        params: dict[str, Any] | None = None,
        user_id: str | None = None,
        rev: int = 0,
        vary: dict[str, Any] | None = None,
        scopes: list[list[str]] | None = None,
    ) -> tuple[str, list[str]]:
        """The key of one entry and its tags (section 10)."""

    def purge_tags(self, context: str, params: dict[str, Any] | None = None) -> list[str]:
        """The tags that a purge changes."""

    def call_tags(self, plans: Sequence[Any]) -> list[str]:
        """The tags that calls make stale, each once."""

    def seal(self, key: str, versions: list[bytes], body: bytes) -> bytes:
        """An entry of *body* to be stored under *key*, valid while its tags have *versions* (section 10)."""

    def unseal(self, key: str, entry: bytes, versions: list[bytes | None]) -> bytes | None:
        """The body of an entry; None when a tag has changed or is missing, or the entry's format is an older one.

        :raises ForgedEntry: when it is not what the secret has sealed under *key*.
        """


class Verifier(Protocol):
    """Token checks with prepared keys (section 4)."""

    def decode(self, token: str, now: int | None = None) -> MWTClaims:
        """The claims of a valid token; an ``MWTError`` otherwise."""


class MakeKeyer(Protocol):
    def __call__(self, secret: Secret) -> Keyer: ...


class MakeVerifier(Protocol):
    def __call__(self, secret: Secret | KeyRing, *, audience: str | None = None, leeway: int = 0) -> Verifier: ...


class Engine(Protocol):
    """One implementation of the hot paths: a module with these names."""

    @property
    def CONTRACT_VERSION(self) -> int: ...  # noqa: N802 - a module constant

    @property
    def CacheKeyer(self) -> MakeKeyer: ...  # noqa: N802 - a class of the module

    @property
    def MWTVerifier(self) -> MakeVerifier: ...  # noqa: N802 - a class of the module

    def canonical_json(self, value: object) -> bytes: ...

    def derive_cache_key(
        self,
        secret: Secret,
        context: str,
        params: dict[str, Any] | None = None,
        user_id: str | None = None,
        rev: int = 0,
        vary: dict[str, Any] | None = None,
    ) -> str: ...

    def create_mwt(
        self,
        sub: str,
        pkey: str,
        *,
        secret: Secret,
        ttl: int = 300,
        staff: bool = False,
        superuser: bool = False,
        audience: str | None = None,
        kid: str | None = None,
        now: int | None = None,
    ) -> str: ...

    def decode_mwt(
        self,
        token: str,
        *,
        secret: Secret | KeyRing,
        audience: str | None = None,
        leeway: int = 0,
        now: int | None = None,
    ) -> MWTClaims: ...

    def compute_permission_key(self, staff: bool, superuser: bool, permissions: Iterable[str]) -> str: ...

    def compile_graph(self, spec: Mapping[str, Any]) -> CompiledGraph: ...

    def compute_invalidation(self, graph: Any, function: str, args: dict[str, Any]) -> list[Json] | None: ...

    def format_invalidate_header(self, entries: Sequence[Json]) -> str: ...

    def compute_merges(self, graph: Any, function: str, args: dict[str, Any], value: Json) -> list[Json] | None: ...

    def encode_response(
        self, graph: Any, function: str, args: dict[str, Any], result_json: bytes
    ) -> tuple[bytes, str | None, list[Json] | None]: ...

    def begin_call(self, body: bytes, named: str | None = None) -> tuple[str, bytes, bool, int, bytes | None]: ...

    def plan_call(
        self,
        graph: Any,
        function: str,
        args: dict[str, Any],
        identities: dict[str, Any],
        unidentified: Sequence[str] = (),
    ) -> CallPlan: ...

    def stale_entries(self, plans: Sequence[Any]) -> list[Json]: ...

    def encode_bundle(self, parts: Sequence[tuple[str, bytes]]) -> bytes: ...

    def emit_ir(self, document: Mapping[str, Any]) -> str: ...
