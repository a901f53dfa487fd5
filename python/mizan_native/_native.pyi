"""The protocol in Rust. Every function has its twin in ``mizan_core.engine.pure``, errors included.

Their messages are the same, but for those of ``TypeError``.

Sections are those of docs/protocol.md; plain data has the forms of docs/engine-data.md.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, final

from typing_extensions import Self

from mizan_core.engine.contract import Json, KeyRing, Secret
from mizan_core.types import MWTClaims

__all__ = [
    "CONTRACT_VERSION",
    "CacheKeyer",
    "Graph",
    "MWTVerifier",
    "Plan",
    "__version__",
    "begin_call",
    "canonical_json",
    "compile_graph",
    "compute_invalidation",
    "compute_merges",
    "compute_permission_key",
    "create_mwt",
    "decode_mwt",
    "derive_cache_key",
    "emit_ir",
    "encode_bundle",
    "encode_response",
    "format_invalidate_header",
    "ir_difference",
    "parse_ir",
    "plan_call",
    "run_generator",
    "stale_entries",
]

CONTRACT_VERSION: Final[int]
"""The engine contract that the extension speaks; ``mizan_core`` uses no other than its own."""

__version__: Final[str]
"""The version of ``mizan-native``."""

def canonical_json(value: object) -> bytes:
    """The one byte form of *value* (section 2).

    :raises TypeError: for a key that is not a string or a value that is no JSON value, with its path.
    :raises ValueError: for NaN, infinities, lone surrogates and nesting beyond 64 levels.
    """

@final
class CacheKeyer:
    """Derives cache keys (section 3) and tags, and seals entries (section 10), with one prepared HMAC state.

    :param secret: non-empty ``str`` (taken as UTF-8) or bytes.
    """

    def __new__(cls, secret: Secret) -> Self: ...
    def derive(
        self,
        context: str,
        params: dict[str, Any] | None = None,
        user_id: str | None = None,
        rev: int = 0,
        vary: dict[str, Any] | None = None,
    ) -> str:
        """The key of one viewer's entry: ``ctx:<context>:`` and 64 hex digits.

        :param params: the context's parameters; ``1`` and ``1.0`` give one key, ``1`` and ``"1"`` two.
        :param user_id: the viewer, None for an entry that all share.
        :param rev: revision of the code that builds the entry, 0..2^53-1.
        :param vary: what else decides the content; None and empty are the same.
        :raises TypeError, ValueError: naming the argument and the place in it.
        """

    def key_and_tags(
        self,
        context: str,
        params: dict[str, Any] | None = None,
        user_id: str | None = None,
        rev: int = 0,
        vary: dict[str, Any] | None = None,
        scopes: list[list[str]] | None = None,
    ) -> tuple[str, list[str]]:
        """The key of an entry, as ``derive`` gives it, and the entry's tags.

        :param shapes: the parameter names of each scope that a mutation can produce for the context.
        :return: the key; the context's tag and one for each shape, in their order.
        """

    def purge_tags(self, context: str, params: dict[str, Any] | None = None) -> list[str]:
        """The tags that a purge changes: the context's, or the two of one scope.

        :param params: what narrows the purge; None and empty are the same.
        """

    def call_tags(self, plans: Sequence[Plan]) -> list[str]:
        """The tags that calls make stale, each once."""

    def seal(self, key: str, versions: list[bytes], body: bytes) -> bytes:
        """An entry of *body* to be stored under *key*, valid while its tags have *versions* (section 10).

        :param versions: 1 to 255 of them, of 1 to 255 bytes each, as they were before the body was made.
        :raises TypeError, ValueError: naming the argument.
        """

    def unseal(self, key: str, entry: bytes, versions: list[bytes | None]) -> bytes | None:
        """The body of *entry* if every tag has still the version that it was sealed with; else None.

        :param key: what the entry was stored under.
        :param versions: what the tags have now, in the same order; None for a missing one, which counts as changed.
        :raises ForgedEntry: when it is not what the secret has sealed under *key*. An entry of an older format is None.
        :raises TypeError: naming the argument.
        """

def derive_cache_key(
    secret: Secret,
    context: str,
    params: dict[str, Any] | None = None,
    user_id: str | None = None,
    rev: int = 0,
    vary: dict[str, Any] | None = None,
) -> str:
    """``CacheKeyer(secret).derive(...)`` for a single key (section 3)."""

def create_mwt(
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
) -> str:
    """Sign a token (section 4). The same inputs give the same bytes.

    :param sub: user id, not empty.
    :param pkey: permission key, see ``compute_permission_key``.
    :param secret: at least 32 bytes.
    :param ttl: seconds until it expires, 1..86400.
    :param now: issue time in seconds since the epoch; the clock's when None.
    :raises ConfigurationError: for a weak secret; ``TypeError``, ``ValueError``: for any other argument.
    """

@final
class MWTVerifier:
    """Checks tokens with prepared keys (section 4).

    :param secret: one secret, or a key ring ``{kid: secret}``.
    :param audience: the ``aud`` that a token must carry; with None it must carry none.
    :param leeway: seconds by which clocks may differ.
    """

    def __new__(cls, secret: Secret | KeyRing, *, audience: str | None = None, leeway: int = 0) -> Self: ...
    def decode(self, token: str, now: int | None = None) -> MWTClaims:
        """The claims of a valid token.

        :param now: seconds since the epoch; the clock's when None.
        :raises MWTError: the subclass that section 4 names for the first step that fails.
        """

def decode_mwt(
    token: str,
    *,
    secret: Secret | KeyRing,
    audience: str | None = None,
    leeway: int = 0,
    now: int | None = None,
) -> MWTClaims:
    """``MWTVerifier(secret, ...).decode(token, now)`` for a single token (section 4)."""

def compute_permission_key(staff: bool, superuser: bool, permissions: Iterable[str]) -> str:
    """A digest of what a user may do, 32 hex digits; it changes whenever that does (section 4).

    :param permissions: names, in any order; repeated ones count once.
    """

@final
class Graph:
    """An immutable compiled graph; made by ``compile_graph`` (section 5)."""

    def describe(self) -> dict[str, Any]:
        """The resolved graph as plain data (docs/engine-data.md)."""

    def fingerprint(self) -> str:
        """What decides the tags of entries and purges: equal where the same values have the same tags (section 10)."""

@final
class Plan:
    """What a call entails; made by ``plan_call`` (sections 6 to 8 and 10)."""

    def finish(
        self, result_json: bytes, nested: Sequence[Plan] = (), refresh_json: bytes | None = None
    ) -> tuple[bytes, str | None]:
        """The body of the call's answer, and the ``X-Mizan-Invalidate`` value.

        :param result_json: the serialised result, spliced in unchanged.
        :param nested: the calls that it made; their entries stand behind its own, equal ones once.
        :param refresh_json: the serialised list of the bundles that the answer brings along, spliced in unchanged.
        """

def compile_graph(spec: Mapping[str, Any]) -> Graph:
    """Compile a specification (section 5).

    :raises GraphError: with every contradiction at once.
    :raises TypeError, ValueError: when *spec* is not a specification, with the place.
    """

def compute_invalidation(graph: Graph, function: str, args: dict[str, Any]) -> list[Json] | None:
    """The entries to refresh after a call, in declaration order; None when the function affects nothing (section 6).

    :param args: the validated arguments that the caller passed, and those left at a default of None, as JSON values.
    :raises LookupError: for a function that is not in the graph.
    """

def format_invalidate_header(entries: Sequence[Json]) -> str:
    """The value of ``X-Mizan-Invalidate``, at most 4,096 bytes unless the broad items alone are longer (section 6).

    :param entries: what ``compute_invalidation`` returns.
    :raises TypeError, ValueError: for anything else, with the place.
    """

def compute_merges(graph: Graph, function: str, args: dict[str, Any], value: Json) -> list[Json] | None:
    """The merge entries of a call; None when there are none, as for a result of None (section 7).

    :param value: the result as a JSON value.
    :raises LookupError: for a function that is not in the graph.
    """

def encode_response(
    graph: Graph, function: str, args: dict[str, Any], result_json: bytes
) -> tuple[bytes, str | None, list[Json] | None]:
    """The body of a call's answer, the ``X-Mizan-Invalidate`` value and the invalidation entries (section 8).

    :param args: the validated arguments that the caller passed, and those left at a default of None, as JSON values.
    :param result_json: the serialised result, spliced in unchanged.
    :raises LookupError: for a function that is not in the graph.
    """

def begin_call(body: bytes, named: str | None = None) -> tuple[str, bytes, bool, int, bytes | None]:
    """What a client asks for (section 9). Of members that come twice the last one counts.

    :param named: the function that the URL names; the body may then leave it out.
    :return: the function; the JSON text of the arguments, an object; whether it is plain: each name comes once, and no
        number may be beyond all floats; how many values there are inside the body, at most, where a long one counts as
        several; the JSON text of what the client shows, None where it does not say.
    :raises BadRequest: saying what is wrong, without repeating the body.
    """

def plan_call(
    graph: Graph,
    function: str,
    args: dict[str, Any],
    identities: dict[str, Any],
    unidentified: Sequence[str] = (),
) -> Plan:
    """What a call entails; to be made before the function runs, which may change its arguments.

    :param args: the validated arguments that the caller passed, and those left at a default of None, as JSON values.
    :param identities: what tells these arguments apart (section 3).
    :param unidentified: the names of those that have no identity; they narrow no purge.
    :raises LookupError: for a function that is not in the graph.
    """

def stale_entries(plans: Sequence[Plan]) -> list[Json]:
    """What is stale after calls whose results reach no client, equal entries once."""

def encode_bundle(parts: Sequence[tuple[str, bytes]]) -> bytes:
    """The body of a context: each function's serialised result under its name, sorted (section 8).

    :param parts: (function, result_json) pairs, each function once.
    """

def emit_ir(document: Mapping[str, Any]) -> str:
    """The text of an interface document (section 11).

    :param document: plain data (docs/engine-data.md).
    :raises TypeError, ValueError: when it is not such a document, with the place.
    """

def parse_ir(text: str) -> dict[str, Any]:
    """The document that *text* says; ``emit_ir`` turns it into *text* again (section 11).

    :raises ValueError: when *text* is not an interface document, with the place.
    """

def ir_difference(old: str, new: str) -> list[tuple[str, str, str, str]]:
    """What is different between the texts of two interface documents (docs/clients.md).

    Each change is ``added``, ``removed`` or ``changed``; what it means for clients of *old*: ``compatible``,
    ``source``, ``unknown`` or ``breaking``; what has changed; and how.

    :raises ValueError: when one is not an interface document, with the place.
    """

def run_generator(
    arguments: Sequence[str],
    document: str | None,
    say: Callable[[str], object],
    complain: Callable[[str], object],
) -> int:
    """Run the command ``mizan-generate`` with *arguments* (docs/clients.md); its exit code.

    :param document: the interface, where it is at hand; else the arguments say where it comes from.
    :param say: gets each line for the user.
    :param complain: gets each line that says what is wrong.
    """
