"""The native engine of Mizan: ``mizan_core``'s engine contract (docs/engine-data.md) in Rust.

``mizan_core`` picks it up by itself; ``python -m mizan_native`` tells which engine runs, and why, and tests it.
"""

from __future__ import annotations

try:
    from mizan_native._native import (
        CONTRACT_VERSION,
        CacheKeyer,
        Graph,
        MWTVerifier,
        Plan,
        __version__,
        begin_call,
        canonical_json,
        compile_graph,
        compute_invalidation,
        compute_merges,
        compute_permission_key,
        create_mwt,
        decode_mwt,
        derive_cache_key,
        emit_ir,
        encode_bundle,
        encode_response,
        format_invalidate_header,
        parse_ir,
        plan_call,
        stale_entries,
    )
except ImportError as error:
    from mizan_native._loading import explain

    explained = explain(error)
    if explained is error:
        raise
    raise explained from error

__all__ = (
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
    "parse_ir",
    "plan_call",
    "stale_entries",
)
