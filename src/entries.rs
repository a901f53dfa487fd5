//! Stored bundles (docs/protocol.md section 10).

use mizan_core::entries;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::arguments::{backed_bytes_argument, bytes_argument, list_argument};
use crate::convert::joined;
use crate::error::Result;

/// An entry that is valid while its tags have these versions.
#[pyfunction]
pub fn seal<'py>(
    versions: &Bound<'py, PyAny>,
    body: &Bound<'py, PyAny>,
) -> Result<Bound<'py, PyBytes>> {
    let versions = list_argument(versions, "versions")?
        .iter()
        .map(version)
        .collect::<Result<Vec<_>>>()?;
    let entry = entries::seal(&versions, bytes_argument(body, "body")?)?;
    Ok(joined(body.py(), &entry)?)
}

/// The body of an entry whose tags have still the versions that it was sealed with, else None.
#[pyfunction]
pub fn unseal<'py>(
    entry: &Bound<'py, PyAny>,
    versions: &Bound<'py, PyAny>,
) -> Result<Option<Bound<'py, PyBytes>>> {
    let stored = bytes_argument(entry, "entry")?;
    let current = list_argument(versions, "versions")?
        .iter()
        .map(|item| (!item.is_none()).then(|| version(item)).transpose())
        .collect::<Result<Vec<_>>>()?;
    let body = entries::unseal(stored, &current);
    Ok(body.map(|body| PyBytes::new(entry.py(), body)))
}

fn version(item: Bound<'_, PyAny>) -> Result<PyBackedBytes> {
    backed_bytes_argument(item, "versions")
}
