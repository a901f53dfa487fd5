//! Response bodies (docs/protocol.md section 8).

use mizan_core::envelope;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBytes, PyList, PyTuple};

use crate::arguments::{backed_bytes_argument, backed_text_argument, bytes_argument};
use crate::convert::joined;
use crate::error::Result;
use crate::graph::Call;
use crate::invalidation::entry_list;

/// A body, the `X-Mizan-Invalidate` value and the invalidation entries.
type Response<'py> = (
    Bound<'py, PyBytes>,
    Option<String>,
    Option<Bound<'py, PyList>>,
);

/// The body of a call's answer, the `X-Mizan-Invalidate` value and the invalidation entries.
#[pyfunction]
pub fn encode_response<'py>(
    graph: &Bound<'py, PyAny>,
    function: &Bound<'py, PyAny>,
    args: &Bound<'py, PyAny>,
    result_json: &Bound<'py, PyAny>,
) -> Result<Response<'py>> {
    let py = graph.py();
    let call = Call::read(graph, function, args)?;
    let result = bytes_argument(result_json, "result_json")?;
    let response = envelope::encode_response(call.plan(), &call, result)?;
    let entries = response
        .entries
        .map(|entries| entry_list(py, &call, &entries))
        .transpose()?;
    Ok((joined(py, &response.body)?, response.header, entries))
}

/// The body of a context: each function's serialised result under its name, sorted.
#[pyfunction]
pub fn encode_bundle<'py>(parts: &Bound<'py, PyAny>) -> Result<Bound<'py, PyBytes>> {
    let read = read_parts(parts)?;
    let slices = read.iter().map(|(name, result)| (name.as_str(), &**result));
    Ok(joined(parts.py(), &envelope::encode_bundle(slices)?)?)
}

/// Reads the parts up to the first name that comes twice, which is the crate's to refuse.
fn read_parts(parts: &Bound<'_, PyAny>) -> Result<Vec<(PyBackedStr, PyBackedBytes)>> {
    let mut read: Vec<(PyBackedStr, PyBackedBytes)> = Vec::new();
    for part in parts.try_iter()? {
        let (name, result) = unpack(&part?)?;
        let name = backed_text_argument(name, "parts", "str")?;
        if read
            .iter()
            .any(|(known, _)| known.as_str() == name.as_str())
        {
            read.push((name, PyBytes::new(parts.py(), b"").into()));
            break;
        }
        read.push((name, backed_bytes_argument(result, "parts")?));
    }
    Ok(read)
}

/// Unpacks a pair as Python does, and fails in the words of the Python that runs.
fn unpack<'py>(part: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    match part.cast_exact::<PyTuple>() {
        Ok(pair) if pair.len() == 2 => pair.extract(),
        _ => {
            let unpack = c"lambda part: [(name, result) for name, result in [part]][0]";
            part.py()
                .eval(unpack, None, None)?
                .call1((part,))?
                .extract()
        }
    }
}
