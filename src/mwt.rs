//! The Mizan Web Token (docs/protocol.md section 4).

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use mizan_core::Error;
use mizan_core::checks::{MAX_INTEGER, filled, in_range};
use mizan_core::error::TokenError;
use mizan_core::mwt::{
    Claims, KeyRing, Keys, MAX_TTL, NewToken, Verifier, create, permission_key, signing_key,
};
use mizan_core::path::Path;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

use crate::arguments::{Secret, integer, optional_integer};
use crate::convert::{backed_text, text};
use crate::error::{Result, unexpected};
use crate::imported::once;

/// A digest of what a user may do; it changes whenever that does.
#[pyfunction]
pub fn compute_permission_key(
    staff: bool,
    superuser: bool,
    permissions: &Bound<'_, PyAny>,
) -> Result<String> {
    let names = permission_names(permissions)?;
    Ok(permission_key(
        staff,
        superuser,
        names.iter().map(PyBackedStr::as_str),
    )?)
}

/// Signs a token. The same inputs give the same bytes.
#[pyfunction]
#[pyo3(signature = (
    sub, pkey, *, secret, ttl=300, staff=false, superuser=false, audience=None, kid=None, now=None
))]
#[allow(
    clippy::too_many_arguments,
    clippy::needless_pass_by_value,
    reason = "the signature is the contract's"
)]
pub fn create_mwt(
    sub: &Bound<'_, PyString>,
    pkey: &Bound<'_, PyString>,
    secret: Secret<'_>,
    #[pyo3(from_py_with = integer)] ttl: i64,
    staff: bool,
    superuser: bool,
    audience: Option<&Bound<'_, PyString>>,
    kid: Option<&Bound<'_, PyString>>,
    #[pyo3(from_py_with = optional_integer)] now: Option<i64>,
) -> Result<String> {
    let path = Path::root("secret");
    let key = signing_key(secret.bytes(&path)?, &path)?;
    let token = NewToken {
        sub: filled(named(sub, "sub")?, "sub")?,
        pkey: named(pkey, "pkey")?,
        ttl: in_range(Some(ttl), "ttl", 1, MAX_TTL)?,
        staff,
        superuser,
        audience: optional(audience, "audience")?,
        kid: optional(kid, "kid")?,
        now: now.unwrap_or_else(clock),
    };
    Ok(create(&key, &token)?)
}

/// `MWTVerifier(secret, ...).decode(token, now)` for a single token.
#[pyfunction]
#[pyo3(signature = (token, *, secret, audience=None, leeway=0, now=None))]
pub fn decode_mwt<'py>(
    token: &Bound<'py, PyAny>,
    secret: &Bound<'py, PyAny>,
    audience: Option<&Bound<'py, PyString>>,
    #[pyo3(from_py_with = integer)] leeway: i64,
    #[pyo3(from_py_with = optional_integer)] now: Option<i64>,
) -> Result<Bound<'py, PyAny>> {
    MWTVerifier::new(secret, audience, leeway)?.decode(token, now)
}

/// Checks tokens with prepared keys.
#[pyclass(frozen, module = "mizan_native")]
pub struct MWTVerifier {
    verifier: Verifier,
}

#[pymethods]
impl MWTVerifier {
    #[new]
    #[pyo3(signature = (secret, *, audience=None, leeway=0))]
    fn new(
        secret: &Bound<'_, PyAny>,
        audience: Option<&Bound<'_, PyString>>,
        #[pyo3(from_py_with = integer)] leeway: i64,
    ) -> Result<Self> {
        let keys = verification_keys(secret)?;
        let audience = optional(audience, "audience")?.map(str::to_owned);
        Ok(Self {
            verifier: Verifier::new(keys, audience, leeway)?,
        })
    }

    /// The claims of a valid token.
    #[pyo3(signature = (token, now=None))]
    fn decode<'py>(
        &self,
        token: &Bound<'py, PyAny>,
        #[pyo3(from_py_with = optional_integer)] now: Option<i64>,
    ) -> Result<Bound<'py, PyAny>> {
        let now = in_range(Some(now.unwrap_or_else(clock)), "now", 0, MAX_INTEGER)?;
        let string = token
            .cast::<PyString>()
            .map_err(|_| malformed("the token is not a string"))?;
        // What is not valid Unicode is no ASCII either.
        let ascii = string
            .to_str()
            .map_err(|_| malformed("the token is not ASCII"))?;
        Ok(claims_object(
            token.py(),
            self.verifier.decode(ascii, now)?,
        )?)
    }
}

fn malformed(problem: &'static str) -> Error {
    TokenError::Malformed(problem).into()
}

fn named<'a>(value: &'a Bound<'_, PyString>, name: &str) -> Result<&'a str> {
    text(value, &Path::root(name))
}

fn optional<'a>(value: Option<&'a Bound<'_, PyString>>, name: &str) -> Result<Option<&'a str>> {
    value.map(|value| named(value, name)).transpose()
}

fn verification_keys(secret: &Bound<'_, PyAny>) -> Result<Keys> {
    let path = Path::root("secret");
    match secret.cast::<PyDict>() {
        Ok(ring) => key_ring(ring, &path).map(Keys::Ring),
        Err(_) => Ok(Keys::One(signing_key(
            secret.extract::<Secret<'_>>()?.bytes(&path)?,
            &path,
        )?)),
    }
}

fn key_ring(secrets: &Bound<'_, PyDict>, path: &Path<'_>) -> Result<KeyRing> {
    let mut ring = KeyRing::default();
    // Nothing in here runs Python code and goes on, so the dict cannot change under the iteration.
    with_critical_section(secrets, || {
        secrets
            .iter()
            .try_for_each(|(kid, secret)| insert_key(&mut ring, &kid, &secret, path))
    })?;
    Ok(ring.filled(path)?)
}

fn insert_key(
    ring: &mut KeyRing,
    kid: &Bound<'_, PyAny>,
    secret: &Bound<'_, PyAny>,
    path: &Path<'_>,
) -> Result<()> {
    let kid = text(kid.cast().map_err(PyErr::from)?, path)?;
    let secret: Secret<'_> = secret.extract()?;
    Ok(ring.insert(kid, secret.bytes(&path.key(kid))?, path)?)
}

fn permission_names(permissions: &Bound<'_, PyAny>) -> Result<Vec<PyBackedStr>> {
    let path = Path::root("permissions");
    // A string is an iterable of str, but not of permissions.
    if permissions.is_instance_of::<PyString>() {
        return Err(unexpected(permissions, path, "an iterable of str").into());
    }
    let mut names = Vec::new();
    // Not collected: that asks for the length, by a function which PyO3 keeps in a `PyOnceLock` (see `imported`).
    for name in permissions.try_iter()? {
        names.push(backed_text(&name?, &path)?);
    }
    Ok(names)
}

/// Seconds since the epoch.
fn clock() -> i64 {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

/// `mizan_core.types.MWTClaims`, without the detour over its Python constructor.
fn claims_object(py: Python<'_>, claims: Claims) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: OnceLock<Py<PyType>> = OnceLock::new();
    static MAKE: OnceLock<Py<PyAny>> = OnceLock::new();
    let class = crate::imported::class(py, &CLASS, "mizan_core.types", "MWTClaims")?;
    let make = once(py, &MAKE, || {
        py.get_type::<PyTuple>()
            .getattr("__new__")
            .map(Bound::unbind)
    })?;
    let Claims {
        sub,
        pkey,
        iat,
        nbf,
        exp,
        staff,
        superuser,
        aud,
    } = claims;
    make.call1((class, (sub, pkey, iat, nbf, exp, staff, superuser, aud)))
}
