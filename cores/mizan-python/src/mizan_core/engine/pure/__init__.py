"""The pure Python engine: the readable reference of docs/protocol.md, one module a section."""

from mizan_core.engine.contract import CONTRACT_VERSION
from mizan_core.engine.pure.cache_key import CacheKeyer, derive_cache_key
from mizan_core.engine.pure.call import begin_call
from mizan_core.engine.pure.canonical import canonical_json
from mizan_core.engine.pure.envelope import encode_bundle, encode_response
from mizan_core.engine.pure.graph import Graph
from mizan_core.engine.pure.graph.compiler import compile_graph
from mizan_core.engine.pure.header import format_invalidate_header
from mizan_core.engine.pure.invalidation import compute_invalidation
from mizan_core.engine.pure.ir.emit import emit_ir
from mizan_core.engine.pure.merges import compute_merges
from mizan_core.engine.pure.mwt import MWTVerifier, compute_permission_key, create_mwt, decode_mwt
from mizan_core.engine.pure.plan import Plan, plan_call, stale_entries

__all__ = (
    "CONTRACT_VERSION",
    "CacheKeyer",
    "Graph",
    "MWTVerifier",
    "Plan",
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
    "plan_call",
    "stale_entries",
)
