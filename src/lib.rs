//! `mizan_native._native`: the protocol crate, seen from Python. Convert, call the crate, convert back.

mod arguments;
mod cache_key;
mod canonical;
mod convert;
mod envelope;
mod error;
mod generator;
mod graph;
mod imported;
mod interpreter;
mod invalidation;
mod ir;
mod merges;
mod mwt;
mod plan;

/// The extension module.
#[pyo3::pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::cache_key::{CacheKeyer, derive_cache_key};
    #[pymodule_export]
    use crate::canonical::canonical_json;
    #[pymodule_export]
    use crate::envelope::{encode_bundle, encode_response};
    #[pymodule_export]
    use crate::generator::{ir_difference, run_generator};
    #[pymodule_export]
    use crate::graph::{Graph, compile_graph};
    #[pymodule_export]
    use crate::invalidation::{compute_invalidation, format_invalidate_header};
    #[pymodule_export]
    use crate::ir::{emit_ir, parse_ir};
    #[pymodule_export]
    use crate::merges::compute_merges;
    #[pymodule_export]
    use crate::mwt::{MWTVerifier, compute_permission_key, create_mwt, decode_mwt};

    #[pymodule_export]
    use crate::plan::{Plan, begin_call, plan_call, stale_entries};

    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// The engine contract that this extension speaks; `mizan_core` uses no other.
    #[pymodule_export]
    const CONTRACT_VERSION: u32 = 8;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::interpreter::claim(module.py())
    }
}
