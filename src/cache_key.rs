//! Cache keys (docs/protocol.md section 3).

use mizan_core::cache_key::{CacheKeyer as Keyer, Entry};
use mizan_core::canonical::Writer;
use mizan_core::checks::MAX_INTEGER;
use mizan_core::path::Path;
use pyo3::prelude::*;

use crate::arguments::{
    Argument, dict_argument, filled_text_argument, secret_bytes, text_argument,
};
use crate::convert;
use crate::error::Result;

/// The level that `params` and `vary` stand on, inside the object that is hashed.
const MEMBER_DEPTH: usize = 2;

/// Derives keys with one prepared HMAC state.
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
        derive(&self.keyer, context, params, user_id, rev, vary)
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
    derive(&keyer(secret)?, context, params, user_id, rev, vary)
}

fn keyer(secret: &Bound<'_, PyAny>) -> Result<Keyer> {
    Ok(Keyer::new(secret_bytes(secret, &Path::root("secret"))?)?)
}

fn derive(
    keyer: &Keyer,
    context: &Bound<'_, PyAny>,
    params: Option<&Bound<'_, PyAny>>,
    user_id: Option<&Bound<'_, PyAny>>,
    rev: Argument<'_, '_, i64>,
    vary: Option<&Bound<'_, PyAny>>,
) -> Result<String> {
    let entry = Entry {
        context: text_argument(context, "context")?,
        user_id: user_id
            .map(|user_id| filled_text_argument(user_id, "user_id"))
            .transpose()?,
        rev: rev.integer("rev", 0, MAX_INTEGER)?,
    };
    keyer.derive_with(
        &entry,
        |writer| push(writer, params, "params"),
        |writer| push(writer, vary, "vary"),
    )
}

fn push(writer: &mut Writer, members: Option<&Bound<'_, PyAny>>, name: &str) -> Result<()> {
    let Some(members) = members else {
        return Ok(());
    };
    convert::write(
        writer,
        dict_argument(members, name)?,
        &Path::root(name),
        MEMBER_DEPTH,
    )
}
