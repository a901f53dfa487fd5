//! Cache keys (docs/protocol.md section 3), tags and stored entries (section 10).

use mizan_core::cache_key::{CacheKeyer as Keyer, Entry, Payload};
use mizan_core::checks::MAX_INTEGER;
use mizan_core::entries::Unsealed;
use mizan_core::path::Path;
use mizan_core::plain::PlainWriter;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::PyBytes;

use crate::arguments::{
    Argument, backed_bytes_argument, backed_text_argument, bytes_argument, dict_argument,
    filled_text_argument, list_argument, secret_bytes, text_argument,
};
use crate::convert;
use crate::error::Result;

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
    fn new(secret: &Bound<'_, PyAny>) -> Result<Self> {
        Ok(Self {
            keyer: keyer(secret)?,
        })
    }

    /// The key of one viewer's entry.
    #[pyo3(
        signature = (context, params=None, user_id=None, rev=Argument::Default(0), vary=None),
        text_signature = "($self, context, params=None, user_id=None, rev=0, vary=None)"
    )]
    fn derive(
        &self,
        context: &Bound<'_, PyAny>,
        params: Option<&Bound<'_, PyAny>>,
        user_id: Option<&Bound<'_, PyAny>>,
        rev: Argument<'_, '_, i64>,
        vary: Option<&Bound<'_, PyAny>>,
    ) -> Result<String> {
        Ok(self
            .keyer
            .key(&payload(context, params, user_id, rev, vary)?))
    }

    /// The key of an entry and its tags: the context's, and one for each scope shape.
    #[pyo3(
        signature = (
            context, params=None, user_id=None, rev=Argument::Default(0), vary=None, shapes=None
        ),
        text_signature = "($self, context, params=None, user_id=None, rev=0, vary=None, shapes=None)"
    )]
    fn plan(
        &self,
        context: &Bound<'_, PyAny>,
        params: Option<&Bound<'_, PyAny>>,
        user_id: Option<&Bound<'_, PyAny>>,
        rev: Argument<'_, '_, i64>,
        vary: Option<&Bound<'_, PyAny>>,
        shapes: Option<&Bound<'_, PyAny>>,
    ) -> Result<(String, Vec<String>)> {
        let payload = payload(context, params, user_id, rev, vary)?;
        let mut entry = self.keyer.tags(&payload);
        let mut tags = vec![entry.context_tag()];
        if let Some(shapes) = shapes {
            for shape in list_argument(shapes, "shapes")? {
                tags.push(entry.scope_tag(&mut names(&shape)?));
            }
        }
        Ok((self.keyer.key(&payload), tags))
    }

    /// The tags that a purge changes: the context's, or the two of one scope.
    #[pyo3(signature = (context, params=None))]
    fn purge_tags(
        &self,
        context: &Bound<'_, PyAny>,
        params: Option<&Bound<'_, PyAny>>,
    ) -> Result<Vec<String>> {
        let context = text_argument(context, "context")?;
        self.keyer
            .purge_tags_with(context, |object| push(object, params, "params"))
    }

    /// An entry to be stored under a key, valid while its tags have these versions.
    fn seal<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        versions: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
    ) -> Result<Bound<'py, PyBytes>> {
        let key = text_argument(key, "key")?;
        let versions = list_argument(versions, "versions")?
            .iter()
            .map(version)
            .collect::<Result<Vec<_>>>()?;
        let body_bytes = bytes_argument(body, "body")?;
        let entry = self.keyer.seal(key, &versions, body_bytes)?;
        Ok(convert::joined(body.py(), &entry)?)
    }

    /// The body of an entry whose tags have still the versions that it was sealed with, else None.
    fn unseal<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        entry: &Bound<'py, PyAny>,
        versions: &Bound<'py, PyAny>,
    ) -> Result<Option<Bound<'py, PyBytes>>> {
        let key = text_argument(key, "key")?;
        let stored = bytes_argument(entry, "entry")?;
        let current = list_argument(versions, "versions")?
            .iter()
            .map(|item| (!item.is_none()).then(|| version(item)).transpose())
            .collect::<Result<Vec<_>>>()?;
        Ok(match self.keyer.unseal(key, stored, &current)? {
            Unsealed::Body(body) => Some(PyBytes::new(entry.py(), body)),
            Unsealed::Stale => None,
        })
    }
}

/// `CacheKeyer(secret).derive(...)` for a single key.
#[pyfunction]
#[pyo3(
    signature = (secret, context, params=None, user_id=None, rev=Argument::Default(0), vary=None),
    text_signature = "(secret, context, params=None, user_id=None, rev=0, vary=None)"
)]
pub fn derive_cache_key(
    secret: &Bound<'_, PyAny>,
    context: &Bound<'_, PyAny>,
    params: Option<&Bound<'_, PyAny>>,
    user_id: Option<&Bound<'_, PyAny>>,
    rev: Argument<'_, '_, i64>,
    vary: Option<&Bound<'_, PyAny>>,
) -> Result<String> {
    let keyer = keyer(secret)?;
    Ok(keyer.key(&payload(context, params, user_id, rev, vary)?))
}

fn keyer(secret: &Bound<'_, PyAny>) -> Result<Keyer> {
    Ok(Keyer::new(secret_bytes(secret, &Path::root("secret"))?)?)
}

fn payload<'a>(
    context: &'a Bound<'_, PyAny>,
    params: Option<&Bound<'_, PyAny>>,
    user_id: Option<&'a Bound<'_, PyAny>>,
    rev: Argument<'_, '_, i64>,
    vary: Option<&Bound<'_, PyAny>>,
) -> Result<Payload<'a>> {
    let entry = Entry {
        context: text_argument(context, "context")?,
        user_id: user_id
            .map(|user_id| filled_text_argument(user_id, "user_id"))
            .transpose()?,
        rev: rev.integer("rev", 0, MAX_INTEGER)?,
    };
    Payload::new_with(
        &entry,
        |object| push(object, params, "params"),
        |object| push(object, vary, "vary"),
    )
}

fn push(object: &mut PlainWriter, members: Option<&Bound<'_, PyAny>>, name: &str) -> Result<()> {
    let Some(members) = members else {
        return Ok(());
    };
    let (dict, path) = (dict_argument(members, name)?, Path::root(name));
    convert::visit_members(dict, &path, MEMBER_DEPTH, |key, item, path| {
        object.member(key, |writer| {
            convert::write(writer, item, path, MEMBER_DEPTH + 1)
        })
    })
}

fn version(item: Bound<'_, PyAny>) -> Result<PyBackedBytes> {
    backed_bytes_argument(item, "versions")
}

/// The names of one scope shape.
fn names(shape: &Bound<'_, PyAny>) -> Result<Vec<PyBackedStr>> {
    let name = |name| backed_text_argument(name, "shapes", "str");
    list_argument(shape, "shapes")?.iter().map(name).collect()
}
