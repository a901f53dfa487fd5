//! Which cached slots take a mutation's result as it is (docs/protocol.md section 7).

use mizan_core::merges::{self, MergeEntry};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::error::Result;
use crate::graph::{Call, Graph};

/// The merge entries of a call; None when there are none, as for a result of None.
#[pyfunction]
pub fn compute_merges<'py>(
    graph: &Bound<'py, Graph>,
    function: &Bound<'py, PyString>,
    args: &Bound<'py, PyDict>,
    value: &Bound<'py, PyAny>,
) -> Result<Option<Bound<'py, PyList>>> {
    let call = Call::new(graph.get(), function, args)?;
    if value.is_none() {
        return Ok(None);
    }
    let Some(entries) = merges::compute_merges(call.plan(), &call)? else {
        return Ok(None);
    };
    let list = PyList::empty(graph.py());
    for entry in &entries {
        list.append(merge_object(&call, entry, value)?)?;
    }
    Ok(Some(list))
}

fn merge_object<'py>(
    call: &Call<'_, 'py>,
    entry: &MergeEntry<'_>,
    result: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyDict>> {
    let py = result.py();
    let object = PyDict::new(py);
    object.set_item(intern!(py, "context"), entry.context())?;
    object.set_item(intern!(py, "slot"), entry.slot())?;
    object.set_item(intern!(py, "value"), result)?;
    if !entry.params().is_empty() {
        object.set_item(intern!(py, "params"), call.params(entry.params())?)?;
    }
    Ok(object)
}
