//! Cache keys (docs/protocol.md section 3), tags and stored entries (section 10).

use mizan_core::cache_key::{CacheKeyer as Keyer, KeyBase, Payload};
use mizan_core::entries::Unsealed;
use mizan_core::path::Path;
use mizan_core::plain::PlainWriter;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBytes, PyDict, PyList, PyString};

use crate::arguments::{Secret, integer};
use crate::convert::{self, backed_text, text};
use crate::error::Result;
use crate::plan::{self, Plan};

/// The level that `params` and `vary` stand on, inside the object that is hashed.
const MEMBER_DEPTH: usize = 2;

/// Derives keys and tags, and seals entries, with one prepared HMAC state.
#[pyclass(frozen, module = "mizan_native")]
pub struct CacheKeyer {
    keyer: Keyer,
}

#[pymethods]
impl CacheKeyer {
    #[new]
    #[allow(clippy::needless_pass_by_value, reason = "PyO3 hands it over")]
    fn new(secret: Secret<'_>) -> Result<Self> {
        Ok(Self {
            keyer: keyer(&secret)?,
        })
    }

    /// The key of one viewer's entry.
    #[pyo3(signature = (context, params=None, user_id=None, rev=0, vary=None))]
    fn derive(
        &self,
        context: &Bound<'_, PyString>,
        params: Option<&Bound<'_, PyDict>>,
        user_id: Option<&Bound<'_, PyString>>,
        #[pyo3(from_py_with = integer)] rev: i64,
        vary: Option<&Bound<'_, PyDict>>,
    ) -> Result<String> {
        derive(&self.keyer, &base(context, user_id, rev)?, params, vary)
    }

    /// The key of an entry and its tags: the context's, and one for each scope.
    #[pyo3(signature = (context, params=None, user_id=None, rev=0, vary=None, scopes=None))]
    fn key_and_tags(
        &self,
        context: &Bound<'_, PyString>,
        params: Option<&Bound<'_, PyDict>>,
        user_id: Option<&Bound<'_, PyString>>,
        #[pyo3(from_py_with = integer)] rev: i64,
        vary: Option<&Bound<'_, PyDict>>,
        scopes: Option<&Bound<'_, PyList>>,
    ) -> Result<(String, Vec<String>)> {
        let payload = Payload::new_with(
            &base(context, user_id, rev)?,
            |object| push(object, params, "params"),
            vary.map(|vary| |object: &mut PlainWriter<'_>| push(object, Some(vary), "vary")),
        )?;
        let mut made = self.keyer.tags(&payload);
        let mut tags = vec![made.context_tag()];
        for scope in scopes.into_iter().flatten() {
            tags.push(made.scope_tag(&mut names(&scope)?));
        }
        Ok((self.keyer.key(&payload), tags))
    }

    /// The tags that a purge changes: the context's, or the two of one scope.
    #[pyo3(signature = (context, params=None))]
    fn purge_tags(
        &self,
        context: &Bound<'_, PyString>,
        params: Option<&Bound<'_, PyDict>>,
    ) -> Result<Vec<String>> {
        let context = text(context, &Path::root("context"))?;
        self.keyer
            .purge_tags_with(context, |object| push(object, params, "params"))
    }

    /// The tags that calls make stale, each once.
    #[allow(clippy::needless_pass_by_value, reason = "PyO3 hands it over")]
    fn call_tags(&self, plans: Vec<Bound<'_, Plan>>) -> Result<Vec<String>> {
        Ok(self.keyer.call_tags(&plan::read(&plans))?)
    }

    /// An entry to be stored under a key, valid while its tags have these versions.
    fn seal<'py>(
        &self,
        py: Python<'py>,
        key: &Bound<'py, PyString>,
        versions: &Bound<'py, PyList>,
        body: &[u8],
    ) -> Result<Bound<'py, PyBytes>> {
        let key = text(key, &Path::root("key"))?;
        let versions = versions.iter().map(version).collect::<PyResult<Vec<_>>>()?;
        let entry = self.keyer.seal(key, &versions, body)?;
        Ok(convert::joined(py, &entry)?)
    }

    /// The body of an entry whose tags have still the versions that it was sealed with, else None.
    fn unseal<'py>(
        &self,
        py: Python<'py>,
        key: &Bound<'py, PyString>,
        entry: &[u8],
        versions: &Bound<'py, PyList>,
    ) -> Result<Option<Bound<'py, PyBytes>>> {
        let key = text(key, &Path::root("key"))?;
        let current = versions
            .iter()
            .map(|item| (!item.is_none()).then(|| version(item)).transpose())
            .collect::<PyResult<Vec<_>>>()?;
        Ok(match self.keyer.unseal(key, entry, &current)? {
            Unsealed::Body(body) => Some(PyBytes::new(py, body)),
            Unsealed::Stale => None,
        })
    }
}

/// `CacheKeyer(secret).derive(...)` for a single key.
#[pyfunction]
#[pyo3(signature = (secret, context, params=None, user_id=None, rev=0, vary=None))]
#[allow(clippy::needless_pass_by_value, reason = "PyO3 hands it over")]
pub fn derive_cache_key(
    secret: Secret<'_>,
    context: &Bound<'_, PyString>,
    params: Option<&Bound<'_, PyDict>>,
    user_id: Option<&Bound<'_, PyString>>,
    #[pyo3(from_py_with = integer)] rev: i64,
    vary: Option<&Bound<'_, PyDict>>,
) -> Result<String> {
    derive(
        &keyer(&secret)?,
        &base(context, user_id, rev)?,
        params,
        vary,
    )
}

fn derive(
    keyer: &Keyer,
    base: &KeyBase<'_>,
    params: Option<&Bound<'_, PyDict>>,
    vary: Option<&Bound<'_, PyDict>>,
) -> Result<String> {
    keyer.derive_with(
        base,
        |object| push(object, params, "params"),
        vary.map(|vary| |object: &mut PlainWriter<'_>| push(object, Some(vary), "vary")),
    )
}

fn keyer(secret: &Secret<'_>) -> Result<Keyer> {
    Ok(Keyer::new(secret.bytes(&Path::root("secret"))?)?)
}

fn base<'a>(
    context: &'a Bound<'_, PyString>,
    user_id: Option<&'a Bound<'_, PyString>>,
    rev: i64,
) -> Result<KeyBase<'a>> {
    Ok(KeyBase {
        context: text(context, &Path::root("context"))?,
        user_id: user_id
            .map(|user_id| text(user_id, &Path::root("user_id")))
            .transpose()?,
        rev,
    })
}

fn push(
    object: &mut PlainWriter<'_>,
    members: Option<&Bound<'_, PyDict>>,
    name: &str,
) -> Result<()> {
    let Some(members) = members else {
        return Ok(());
    };
    convert::visit_members(members, &Path::root(name), |key, item, path| {
        object.member(key, |writer| {
            convert::write(writer, item, path, MEMBER_DEPTH + 1)
        })
    })
}

fn version(item: Bound<'_, PyAny>) -> PyResult<PyBackedBytes> {
    Ok(item.cast_into::<PyBytes>()?.into())
}

/// The names of one scope.
fn names(scope: &Bound<'_, PyAny>) -> Result<Vec<PyBackedStr>> {
    let path = Path::root("scopes");
    let names = scope.cast::<PyList>().map_err(PyErr::from)?;
    names.iter().map(|name| backed_text(&name, &path)).collect()
}
