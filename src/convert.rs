//! Python objects read as JSON values, as the pure engine reads them.
//!
//! An object counts as what its type derives from: `str`, `int`, `float`, `dict`, `list`, `tuple`.

use std::io::Write;
use std::sync::OnceLock;

use mizan_core::canonical::Writer;
use mizan_core::error::Problem;
use mizan_core::path::Path;
use mizan_core::splice::Splice;
use mizan_core::value::{MAX_DEPTH, Members};
use mizan_core::{Error, Value};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyUnicodeEncodeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple, PyType};

use crate::error::{Fault, Result, lone_surrogate, unexpected, wrong_key};

/// One object, sorted into JSON's kinds.
enum Node<'a, 'py> {
    Null,
    Bool(bool),
    Int(i64),
    BigInt(&'a Bound<'py, PyInt>),
    Float(f64),
    String(&'a str),
    List(Items<'a, 'py>),
    Map(&'a Bound<'py, PyDict>),
}

/// A list or a tuple.
enum Items<'a, 'py> {
    List(&'a Bound<'py, PyList>),
    Tuple(&'a Bound<'py, PyTuple>),
}

/// Pushes `value`, which stands at `path` on level `depth`, to the canonical writer.
pub fn write(
    writer: &mut Writer<'_>,
    value: &Bound<'_, PyAny>,
    path: &Path<'_>,
    depth: usize,
) -> Result<()> {
    match read(value, path, depth)? {
        Node::Null => writer.null(),
        Node::Bool(flag) => writer.bool(flag),
        Node::Int(number) => writer.int(number),
        Node::BigInt(number) => writer.big_int(&decimal_text(number)?),
        Node::Float(number) => writer.float(number, path)?,
        Node::String(text) => writer.string(text),
        Node::List(items) => {
            writer.begin_array(path)?;
            items.visit(|index, item| write(writer, item, &path.index(index), depth + 1))?;
            writer.end_array();
        }
        Node::Map(dict) => {
            writer.begin_object(path)?;
            visit_members(dict, path, |key, item, path| {
                writer.key(key);
                write(writer, item, path, depth + 1)
            })?;
            writer.end_object();
        }
    }
    Ok(())
}

/// `value`, which stands at `path` on level `depth`, as the crate's plain data.
pub fn value(value: &Bound<'_, PyAny>, path: &Path<'_>, depth: usize) -> Result<Value> {
    Ok(match read(value, path, depth)? {
        Node::Null => Value::Null,
        Node::Bool(flag) => Value::Bool(flag),
        Node::Int(number) => Value::Int(number),
        Node::BigInt(number) => Value::BigInt(decimal_text(number)?),
        Node::Float(number) => Value::Float(number),
        Node::String(text) => Value::from(text),
        Node::List(items) => {
            let mut list = Vec::with_capacity(items.len());
            items.visit(|index, item| {
                list.push(self::value(item, &path.index(index), depth + 1)?);
                Ok(())
            })?;
            Value::List(list)
        }
        Node::Map(dict) => {
            let mut members = Members::with_capacity(dict.len());
            visit_members(dict, path, |key, item, path| {
                members.insert(key.to_owned(), self::value(item, path, depth + 1)?);
                Ok(())
            })?;
            Value::Map(members)
        }
    })
}

/// The crate's plain data as Python objects.
pub fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Null => Ok(py.None().into_bound(py)),
        Value::Bool(flag) => flag.into_bound_py_any(py),
        Value::Int(number) => number.into_bound_py_any(py),
        Value::BigInt(digits) => py
            .get_type::<PyInt>()
            .call1((decimal(py)?.call1((digits,))?,)),
        Value::Float(number) => number.into_bound_py_any(py),
        Value::String(text) => text.into_bound_py_any(py),
        Value::List(items) => {
            let list = PyList::empty(py);
            items
                .iter()
                .try_for_each(|item| list.append(to_python(py, item)?))?;
            Ok(list.into_any())
        }
        Value::Map(members) => {
            let dict = PyDict::new(py);
            members
                .iter()
                .try_for_each(|(key, item)| dict.set_item(key, to_python(py, item)?))?;
            Ok(dict.into_any())
        }
    }
}

/// The pieces of a splice in one `bytes`.
pub fn joined<'py>(py: Python<'py>, splice: &Splice<'_>) -> PyResult<Bound<'py, PyBytes>> {
    PyBytes::new_with(py, splice.len(), |mut rest| {
        let mut pieces = splice.pieces();
        Ok(pieces.try_for_each(|piece| rest.write_all(piece))?)
    })
}

/// The text of a `str`, which stands at `path`.
pub fn text<'a>(value: &'a Bound<'_, PyString>, path: &Path<'_>) -> Result<&'a str> {
    value
        .to_str()
        .map_err(|error| text_fault(value.py(), error, path))
}

/// The text of an object that has to be a `str`, which it keeps alive.
pub fn backed_text(value: &Bound<'_, PyAny>, path: &Path<'_>) -> Result<PyBackedStr> {
    match value.cast::<PyString>() {
        Ok(string) => backed(string.clone(), path),
        Err(_) => Err(unexpected(value, path, "str").into()),
    }
}

fn key_text(key: Bound<'_, PyAny>, path: &Path<'_>) -> Result<PyBackedStr> {
    match key.cast_into::<PyString>() {
        Ok(key) => backed(key, path),
        Err(error) => Err(wrong_key(&error.into_inner(), path).into()),
    }
}

fn backed(string: Bound<'_, PyString>, path: &Path<'_>) -> Result<PyBackedStr> {
    let py = string.py();
    PyBackedStr::try_from(string).map_err(|error| text_fault(py, error, path))
}

fn read<'a, 'py>(
    value: &'a Bound<'py, PyAny>,
    path: &Path<'_>,
    depth: usize,
) -> Result<Node<'a, 'py>> {
    if let Ok(string) = value.cast::<PyString>() {
        return text(string, path).map(Node::String);
    }
    if value.is_none() {
        return Ok(Node::Null);
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Node::Bool(flag.is_true()));
    }
    if let Ok(number) = value.cast::<PyInt>() {
        return Ok(number.extract().map_or(Node::BigInt(number), Node::Int));
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        return finite(number.value(), path).map(Node::Float);
    }
    container(value, path, depth)
}

fn container<'a, 'py>(
    value: &'a Bound<'py, PyAny>,
    path: &Path<'_>,
    depth: usize,
) -> Result<Node<'a, 'py>> {
    let node = if let Ok(dict) = value.cast::<PyDict>() {
        Node::Map(dict)
    } else if let Ok(list) = value.cast::<PyList>() {
        Node::List(Items::List(list))
    } else if let Ok(tuple) = value.cast::<PyTuple>() {
        Node::List(Items::Tuple(tuple))
    } else {
        return Err(unexpected(value, path, "a JSON value").into());
    };
    if depth > MAX_DEPTH {
        return Err(Error::invalid(path, Problem::TooDeep { limit: MAX_DEPTH }).into());
    }
    Ok(node)
}

impl<'py> Items<'_, 'py> {
    fn len(&self) -> usize {
        match self {
            Self::List(list) => list.len(),
            Self::Tuple(tuple) => tuple.len(),
        }
    }

    fn visit(&self, mut visit: impl FnMut(usize, &Bound<'py, PyAny>) -> Result<()>) -> Result<()> {
        let mut numbered = |(index, item): (usize, Bound<'py, PyAny>)| visit(index, &item);
        match self {
            Self::List(list) => list.iter().enumerate().try_for_each(&mut numbered),
            Self::Tuple(tuple) => tuple.iter().enumerate().try_for_each(&mut numbered),
        }
    }
}

/// Visits the members of a dict in the order of their keys, each with its place.
pub fn visit_members<'py>(
    dict: &Bound<'py, PyDict>,
    path: &Path<'_>,
    mut visit: impl FnMut(&str, &Bound<'py, PyAny>, &Path<'_>) -> Result<()>,
) -> Result<()> {
    for (key, item) in sorted_members(dict, path)? {
        visit(&key, &item, &path.key(&key))?;
    }
    Ok(())
}

fn sorted_members<'py>(
    dict: &Bound<'py, PyDict>,
    path: &Path<'_>,
) -> Result<Vec<(PyBackedStr, Bound<'py, PyAny>)>> {
    let mut members = Vec::with_capacity(dict.len());
    // Nothing in here runs Python code and goes on, so the dict cannot change under the iteration.
    with_critical_section(dict, || {
        dict.iter().try_for_each(|(key, item)| {
            members.push((key_text(key, path)?, item));
            Ok::<_, Fault>(())
        })
    })?;
    members.sort_unstable_by(|(left, _), (right, _)| left.as_str().cmp(right));
    Ok(members)
}

fn text_fault(py: Python<'_>, error: PyErr, path: &Path<'_>) -> Fault {
    if error.is_instance_of::<PyUnicodeEncodeError>(py) {
        return lone_surrogate(path).into();
    }
    error.into()
}

fn finite(number: f64, path: &Path<'_>) -> Result<f64> {
    if number.is_finite() {
        return Ok(number);
    }
    Err(Error::invalid(path, Problem::NotFinite).into())
}

/// The decimal text of an integer beyond 64 bits.
fn decimal_text(number: &Bound<'_, PyInt>) -> PyResult<String> {
    // Through Decimal, since `str` of an int refuses what is longer than `sys.set_int_max_str_digits`.
    decimal(number.py())?.call1((number,))?.str()?.extract()
}

fn decimal(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static DECIMAL: OnceLock<Py<PyType>> = OnceLock::new();
    crate::imported::class(py, &DECIMAL, "decimal", "Decimal")
}
