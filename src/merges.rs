//! Which cached slots take a mutation's result as it is (docs/protocol.md section 7).

use mizan_core::Value;
use mizan_core::merges;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::convert::to_python;
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
    let py = graph.py();
    let call = Call::new(graph.get(), function, args)?;
    if value.is_none() {
        return Ok(None);
    }
    let entries = merges::compute_merges(call.function, &call.args)?;
    if entries.is_empty() {
        return Ok(None);
    }
    let list = PyList::empty(py);
    for entry in &entries {
        let object = to_python(py, &entry.to_value(Value::Null))?;
        object.set_item("value", value)?;
        list.append(object)?;
    }
    Ok(Some(list))
}
