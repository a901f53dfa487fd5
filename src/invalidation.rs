//! What a mutation makes stale (docs/protocol.md section 6): the entries and their header.

use mizan_core::header;
use mizan_core::invalidation::{self, Entry};
use mizan_core::path::Path;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::convert;
use crate::error::Result;
use crate::graph::{Call, Graph};

/// The entries to refresh after a call, in declaration order; None when the function affects nothing.
#[pyfunction]
pub fn compute_invalidation<'py>(
    graph: &Bound<'py, Graph>,
    function: &Bound<'py, PyString>,
    args: &Bound<'py, PyDict>,
) -> Result<Option<Bound<'py, PyList>>> {
    let call = Call::new(graph.get(), function, args)?;
    let entries = invalidation::compute_invalidation(call.plan(), &call)?;
    Ok(entries
        .map(|entries| entry_list(graph.py(), &call, &entries))
        .transpose()?)
}

/// The value of `X-Mizan-Invalidate`.
#[pyfunction]
pub fn format_invalidate_header(entries: &Bound<'_, PyAny>) -> Result<String> {
    let entries = convert::value(entries, &Path::root("entries"), 1)?;
    Ok(header::format_invalidate_header(&entries)?)
}

/// Entries as Python sees them: a `str`, or a dict with `function` and `params` where it has them.
pub fn entry_list<'py>(
    py: Python<'py>,
    call: &Call<'_, 'py>,
    entries: &[Entry<'_>],
) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for entry in entries {
        list.append(entry_object(py, call, entry)?)?;
    }
    Ok(list)
}

fn entry_object<'py>(
    py: Python<'py>,
    call: &Call<'_, 'py>,
    entry: &Entry<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let context = PyString::new(py, entry.context());
    if entry.function().is_none() && entry.params().is_empty() {
        return Ok(context.into_any());
    }
    let object = PyDict::new(py);
    object.set_item(intern!(py, "context"), context)?;
    if let Some(function) = entry.function() {
        object.set_item(intern!(py, "function"), function)?;
    }
    if !entry.params().is_empty() {
        object.set_item(intern!(py, "params"), call.params(entry.params())?)?;
    }
    Ok(object.into_any())
}
