//! One call: what its answer says, and what it makes stale (docs/protocol.md sections 6 to 8, 10).

#![allow(clippy::needless_pass_by_value, reason = "PyO3 hands vectors over")]

use mizan_core::call;
use mizan_core::graph::Param;
use mizan_core::path::Path;
use mizan_core::plan;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};

use crate::convert::{joined, text};
use crate::error::Result;
use crate::graph::{Call, Graph};
use crate::invalidation::entry_list;

/// What a call entails; made by `plan_call`.
#[pyclass(frozen, module = "mizan_native")]
pub struct Plan(pub plan::Plan);

#[pymethods]
impl Plan {
    /// The body of the call's answer and the `X-Mizan-Invalidate` value.
    #[pyo3(
        signature = (result_json, nested=Vec::new(), refresh_json=None),
        text_signature = "($self, result_json, nested=(), refresh_json=None)"
    )]
    fn finish<'py>(
        &self,
        result_json: &Bound<'py, PyBytes>,
        nested: Vec<Bound<'py, Self>>,
        refresh_json: Option<&Bound<'py, PyBytes>>,
    ) -> Result<(Bound<'py, PyBytes>, Option<String>)> {
        let refresh = refresh_json.map(PyBytesMethods::as_bytes);
        let response = self
            .0
            .finish(result_json.as_bytes(), &read(&nested), refresh)?;
        Ok((joined(result_json.py(), &response.body)?, response.header))
    }
}

/// A function, the JSON text of its arguments, whether that is plain, how many values there are in the
/// body, and the JSON text of what the client shows.
type Begun<'py> = (
    Bound<'py, PyString>,
    Bound<'py, PyBytes>,
    bool,
    usize,
    Option<Bound<'py, PyBytes>>,
);

/// The call that a body asks for.
#[pyfunction]
#[pyo3(signature = (body, named=None))]
pub fn begin_call<'py>(
    body: &Bound<'py, PyBytes>,
    named: Option<&Bound<'py, PyString>>,
) -> Result<Begun<'py>> {
    let py = body.py();
    let named = named.map(|name| text(name, &Path::root("named")));
    let call = call::Call::read(body.as_bytes(), named.transpose()?)?;
    let bytes = |part: &str| PyBytes::new(py, part.as_bytes());
    let function = PyString::new(py, &call.function);
    let shown = call.shown.map(bytes);
    Ok((
        function,
        bytes(call.args),
        call.is_plain,
        call.values,
        shown,
    ))
}

/// What a call entails; to be made before the function runs.
#[pyfunction]
#[pyo3(
    signature = (graph, function, args, identities, unidentified=Vec::new()),
    text_signature = "(graph, function, args, identities, unidentified=())"
)]
pub fn plan_call(
    graph: &Bound<'_, Graph>,
    function: &Bound<'_, PyString>,
    args: &Bound<'_, PyDict>,
    identities: &Bound<'_, PyDict>,
    unidentified: Vec<PyBackedStr>,
) -> Result<Plan> {
    let call = Call::new(graph.get(), function, args)?;
    let identities = call.identities(identities);
    let is_unidentified = |param: &Param| unidentified.iter().any(|name| **name == *param.name);
    plan::Plan::new(call.function, &call.args, &identities, is_unidentified).map(Plan)
}

/// What is stale after calls whose results reach no client.
#[pyfunction]
pub fn stale_entries<'py>(
    py: Python<'py>,
    plans: Vec<Bound<'py, Plan>>,
) -> Result<Bound<'py, PyList>> {
    Ok(entry_list(py, &plan::stale_entries(&read(&plans))?)?)
}

/// What the objects hold.
pub fn read<'a>(plans: &'a [Bound<'_, Plan>]) -> Vec<&'a plan::Plan> {
    plans.iter().map(|plan| &plan.get().0).collect()
}
