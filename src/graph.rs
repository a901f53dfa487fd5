//! The graph of contexts and mutations (docs/protocol.md section 5).

use std::sync::Arc;

use mizan_core::Value;
use mizan_core::graph::{Graph as Compiled, Param, Plan};
use mizan_core::invalidation::{ARGS, Arguments};
use mizan_core::path::Path;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use pythonize::pythonize;

use crate::convert::{self, to_python};
use crate::error::{Fault, Result};

/// An immutable compiled graph; made by `compile_graph`.
#[pyclass(frozen, module = "mizan_native")]
pub struct Graph {
    compiled: Compiled,
    /// The name of each parameter at its `Param::index`, for look-ups and for answers.
    names: Vec<Py<PyString>>,
}

#[pymethods]
impl Graph {
    /// The resolved graph as plain data.
    fn describe<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyAny>> {
        Ok(pythonize(py, &self.compiled.describe()).map_err(PyErr::from)?)
    }
}

impl Graph {
    /// `name` of that parameter as a `str` that Python has interned.
    pub fn name<'py>(&self, py: Python<'py>, param: &Param) -> Bound<'py, PyString> {
        match self.names.get(param.index()) {
            Some(name) => name.bind(py).clone(),
            None => PyString::new(py, param.name()),
        }
    }
}

/// Compiles a specification.
#[pyfunction]
pub fn compile_graph(spec: &Bound<'_, PyAny>) -> Result<Graph> {
    let py = spec.py();
    let compiled = Compiled::compile(&convert::value(spec, &Path::root("spec"), 1)?)?;
    let intern = |param: &Arc<Param>| PyString::intern(py, param.name()).unbind();
    let names = compiled.params().iter().map(intern).collect();
    Ok(Graph { compiled, names })
}

/// A call: what the graph knows of its function, and the arguments that were passed.
pub struct Call<'a, 'py> {
    graph: &'a Graph,
    plan: &'a Plan,
    args: &'a Bound<'py, PyDict>,
}

impl<'a, 'py> Call<'a, 'py> {
    /// A call of that function; an error when it is not in the graph.
    pub fn new(
        graph: &'a Graph,
        function: &Bound<'py, PyString>,
        args: &'a Bound<'py, PyDict>,
    ) -> Result<Self> {
        let plan = graph
            .compiled
            .plan(convert::text(function, &Path::root("function"))?)?;
        Ok(Self { graph, plan, args })
    }

    /// What the call entails.
    pub fn plan(&self) -> &'a Plan {
        self.plan
    }

    /// `params` as a dict.
    pub fn params(&self, params: &[(&Param, Value)]) -> PyResult<Bound<'py, PyDict>> {
        let py = self.args.py();
        let dict = PyDict::new(py);
        for (param, value) in params {
            dict.set_item(self.graph.name(py, param), to_python(py, value)?)?;
        }
        Ok(dict)
    }
}

impl Arguments for Call<'_, '_> {
    type Error = Fault;

    fn get(&self, param: &Param) -> Result<Option<Value>> {
        let name = self.graph.name(self.args.py(), param);
        match self.args.get_item(name)? {
            Some(value) if !value.is_none() => {
                convert::value(&value, &ARGS.key(param.name()), 1).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn is_passed(&self, param: &Param) -> Result<bool> {
        let name = self.graph.name(self.args.py(), param);
        Ok(self.args.contains(name)?)
    }
}
