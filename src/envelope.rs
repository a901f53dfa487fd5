//! Response bodies (docs/protocol.md section 8).

use mizan_core::envelope;
use mizan_core::path::Path;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBytes, PyDict, PyList, PyString};

use crate::convert::{backed_text, joined};
use crate::error::Result;
use crate::graph::{Call, Graph};
use crate::invalidation::some_entries;

/// A body, the `X-Mizan-Invalidate` value and the invalidation entries.
type Response<'py> = (
    Bound<'py, PyBytes>,
    Option<String>,
    Option<Bound<'py, PyList>>,
);

/// The body of a call's answer, the `X-Mizan-Invalidate` value and the invalidation entries.
#[pyfunction]
pub fn encode_response<'py>(
    graph: &Bound<'py, Graph>,
    function: &Bound<'py, PyString>,
    args: &Bound<'py, PyDict>,
    result_json: &[u8],
) -> Result<Response<'py>> {
    let py = graph.py();
    let call = Call::new(graph.get(), function, args)?;
    let (response, entries) = envelope::encode_response(call.function, &call.args, result_json)?;
    let entries = some_entries(py, &entries)?;
    Ok((joined(py, &response.body)?, response.header, entries))
}

/// The body of a context: each function's serialised result under its name, sorted.
#[pyfunction]
pub fn encode_bundle<'py>(parts: &Bound<'py, PyList>) -> Result<Bound<'py, PyBytes>> {
    let read = parts
        .iter()
        .map(|part| read_part(&part))
        .collect::<Result<Vec<_>>>()?;
    let slices = read.iter().map(|(name, result)| (name.as_str(), &**result));
    Ok(joined(parts.py(), &envelope::encode_bundle(slices)?)?)
}

fn read_part(part: &Bound<'_, PyAny>) -> Result<(PyBackedStr, PyBackedBytes)> {
    let (name, result): (Bound<'_, PyAny>, Bound<'_, PyBytes>) = part.extract()?;
    Ok((backed_text(&name, &Path::root("parts"))?, result.into()))
}
