//! The graph of contexts and mutations (docs/protocol.md section 5).

use std::sync::Arc;

use mizan_core::Value;
use mizan_core::graph::specification::Specification;
use mizan_core::graph::{Function, Graph as Compiled, Param};
use mizan_core::invalidation::{ARGS, Arguments};
use mizan_core::path::Path;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use pythonize::pythonize;

use crate::convert;
use crate::error::{Fault, Result};

/// An immutable compiled graph; made by `compile_graph`.
#[pyclass(frozen, module = "mizan_native")]
pub struct Graph {
    compiled: Compiled,
    /// The name of each parameter at its `Param::index`, for look-ups.
    names: Vec<Py<PyString>>,
}

#[pymethods]
impl Graph {
    /// The resolved graph as plain data.
    fn describe<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyAny>> {
        Ok(pythonize(py, &self.compiled).map_err(PyErr::from)?)
    }

    /// What decides the tags of entries and purges.
    fn fingerprint(&self) -> &str {
        self.compiled.fingerprint()
    }
}

/// Compiles a specification.
#[pyfunction]
pub fn compile_graph(spec: &Bound<'_, PyAny>) -> Result<Graph> {
    let py = spec.py();
    let compiled = Compiled::compile(&Specification::read(&convert::value(
        spec,
        &Path::root("spec"),
        1,
    )?)?)?;
    let intern = |param: &Arc<Param>| PyString::intern(py, &param.name).unbind();
    let names = compiled.params().iter().map(intern).collect();
    Ok(Graph { compiled, names })
}

/// A call: what the graph knows of its function, and the arguments that were passed.
pub struct Call<'a, 'py> {
    /// The function.
    pub function: &'a Function,
    /// The arguments.
    pub args: Given<'a, 'py>,
}

impl<'a, 'py> Call<'a, 'py> {
    /// A call of that function; an error when it is not in the graph.
    pub fn new(
        graph: &'a Graph,
        function: &Bound<'py, PyString>,
        args: &'a Bound<'py, PyDict>,
    ) -> Result<Self> {
        let function = graph
            .compiled
            .function(convert::text(function, &Path::root("function"))?)?;
        let (dict, path) = (args, ARGS);
        Ok(Self {
            function,
            args: Given { graph, dict, path },
        })
    }

    /// What tells the arguments apart.
    pub fn identities(&self, dict: &'a Bound<'py, PyDict>) -> Given<'a, 'py> {
        Given {
            graph: self.args.graph,
            dict,
            path: Path::root("identities"),
        }
    }
}

/// A dict of values by parameter, which are read as they are asked for.
pub struct Given<'a, 'py> {
    graph: &'a Graph,
    dict: &'a Bound<'py, PyDict>,
    path: Path<'static>,
}

impl<'py> Given<'_, 'py> {
    /// The parameter's name as a `str` that Python has interned.
    fn name(&self, param: &Param) -> Bound<'py, PyString> {
        let py = self.dict.py();
        match self.graph.names.get(param.index) {
            Some(name) => name.bind(py).clone(),
            None => PyString::new(py, &param.name),
        }
    }
}

impl Arguments for Given<'_, '_> {
    type Error = Fault;

    fn get(&self, param: &Param) -> Result<Option<Value>> {
        match self.dict.get_item(self.name(param))? {
            Some(value) if !value.is_none() => {
                convert::value(&value, &self.path.key(&param.name), 1).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn is_passed(&self, param: &Param) -> Result<bool> {
        Ok(self.dict.contains(self.name(param))?)
    }
}
