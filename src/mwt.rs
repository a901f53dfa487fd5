//! The Mizan Web Token (docs/protocol.md section 4).

use std::time::{SystemTime, UNIX_EPOCH};

use mizan_core::Error;
use mizan_core::checks::MAX_INTEGER;
use mizan_core::mwt::{
    Claims, KeyRing, Keys, MAX_TOKEN_LENGTH, MAX_TTL, NewToken, Verifier, create, permission_key,
    signing_key,
};
use mizan_core::path::Path;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::sync::PyOnceLock;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple, PyType};

use crate::arguments::{
    Argument, backed_text_argument, filled_text_argument, flag_argument, integer_argument,
    optional_text_argument, secret_bytes, text_argument, unexpected,
};
use crate::convert::{text, type_name};
use crate::error::Result;

/// A digest of what a user may do; it changes whenever that does.
#[pyfunction]
pub fn compute_permission_key(
    staff: &Bound<'_, PyAny>,
    superuser: &Bound<'_, PyAny>,
    permissions: &Bound<'_, PyAny>,
) -> Result<String> {
    let staff = flag_argument(staff, "staff")?;
    let superuser = flag_argument(superuser, "superuser")?;
    let names = permission_names(permissions)?;
    Ok(permission_key(
        staff,
        superuser,
        names.iter().map(PyBackedStr::as_str),
    )?)
}

/// Signs a token. The same inputs give the same bytes.
#[pyfunction]
#[pyo3(
    signature = (
        sub, pkey, *, secret, ttl=Argument::Default(300), staff=Argument::Default(false),
        superuser=Argument::Default(false), audience=None, kid=None, now=None
    ),
    text_signature = "(sub, pkey, *, secret, ttl=300, staff=False, superuser=False, \
                      audience=None, kid=None, now=None)"
)]
// The signature is the contract's.
#[allow(clippy::too_many_arguments)]
pub fn create_mwt(
    sub: &Bound<'_, PyAny>,
    pkey: &Bound<'_, PyAny>,
    secret: &Bound<'_, PyAny>,
    ttl: Argument<'_, '_, i64>,
    staff: Argument<'_, '_, bool>,
    superuser: Argument<'_, '_, bool>,
    audience: Option<&Bound<'_, PyAny>>,
    kid: Option<&Bound<'_, PyAny>>,
    now: Option<&Bound<'_, PyAny>>,
) -> Result<String> {
    let path = Path::root("secret");
    let key = signing_key(secret_bytes(secret, &path)?, &path)?;
    let token = NewToken {
        sub: filled_text_argument(sub, "sub")?,
        pkey: text_argument(pkey, "pkey")?,
        ttl: ttl.integer("ttl", 1, MAX_TTL)?,
        staff: staff.flag("staff")?,
        superuser: superuser.flag("superuser")?,
        audience: optional_text_argument(audience, "audience")?,
        kid: optional_text_argument(kid, "kid")?,
        now: instant(now, MAX_INTEGER - MAX_TTL)?,
    };
    Ok(create(&key, &token)?)
}

/// `MWTVerifier(secret, ...).decode(token, now)` for a single token.
#[pyfunction]
#[pyo3(
    signature = (token, *, secret, audience=None, leeway=Argument::Default(0), now=None),
    text_signature = "(token, *, secret, audience=None, leeway=0, now=None)"
)]
pub fn decode_mwt<'py>(
    token: &Bound<'py, PyAny>,
    secret: &Bound<'py, PyAny>,
    audience: Option<&Bound<'py, PyAny>>,
    leeway: Argument<'_, 'py, i64>,
    now: Option<&Bound<'py, PyAny>>,
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
    #[pyo3(
        signature = (secret, *, audience=None, leeway=Argument::Default(0)),
        text_signature = "(secret, *, audience=None, leeway=0)"
    )]
    fn new(
        secret: &Bound<'_, PyAny>,
        audience: Option<&Bound<'_, PyAny>>,
        leeway: Argument<'_, '_, i64>,
    ) -> Result<Self> {
        let keys = verification_keys(secret)?;
        let audience = optional_text_argument(audience, "audience")?.map(str::to_owned);
        let leeway = leeway.integer("leeway", 0, MAX_INTEGER)?;
        Ok(Self {
            verifier: Verifier::new(keys, audience, leeway)?,
        })
    }

    /// The claims of a valid token.
    #[pyo3(signature = (token, now=None))]
    fn decode<'py>(
        &self,
        token: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyAny>> {
        let now = instant(now, MAX_INTEGER)?;
        let Ok(string) = token.cast::<PyString>() else {
            return Err(Error::MalformedToken("the token is not a string").into());
        };
        let claims = match string.to_str() {
            Ok(token) => self.verifier.decode(token, now),
            Err(_) => self.verifier.decode(&stand_in(string)?, now),
        }?;
        Ok(claims_object(token.py(), claims)?)
    }
}

/// For text that is not valid Unicode: one that is refused for the same reason, its length or its
/// characters.
fn stand_in(string: &Bound<'_, PyString>) -> PyResult<String> {
    let py = string.py();
    let text_type = py.get_type::<PyString>();
    let length: usize = text_type
        .call_method1(intern!(py, "__len__"), (string,))?
        .extract()?;
    Ok(char::REPLACEMENT_CHARACTER
        .to_string()
        .repeat(length.min(MAX_TOKEN_LENGTH + 1)))
}

fn verification_keys(secret: &Bound<'_, PyAny>) -> Result<Keys> {
    let path = Path::root("secret");
    if let Ok(ring) = secret.cast::<PyDict>() {
        return key_ring(ring, &path).map(Keys::Ring);
    }
    if !secret.is_instance_of::<PyString>() && !secret.is_instance_of::<PyBytes>() {
        return Err(unexpected(secret, path, "str, bytes or dict"));
    }
    Ok(Keys::One(signing_key(secret_bytes(secret, &path)?, &path)?))
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
    let Ok(name) = kid.cast::<PyString>() else {
        let found = type_name(kid)?;
        return Err(Error::Type(format!("{path}: key ids must be str, not {found}")).into());
    };
    let name = text(name, path)?;
    let place = path.key(name);
    Ok(ring.insert(name, secret_bytes(secret, &place)?, path)?)
}

fn permission_names(permissions: &Bound<'_, PyAny>) -> Result<Vec<PyBackedStr>> {
    if permissions.is_instance_of::<PyString>() || !is_iterable(permissions)? {
        return Err(unexpected(permissions, "permissions", "an iterable of str"));
    }
    permissions
        .try_iter()?
        .map(|name| backed_text_argument(name?, "permissions", "str items"))
        .collect()
}

fn is_iterable(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    static ITERABLE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    object.is_instance(crate::imported::class(
        object.py(),
        &ITERABLE,
        "collections.abc",
        "Iterable",
    )?)
}

fn instant(now: Option<&Bound<'_, PyAny>>, latest: i64) -> Result<i64> {
    match now {
        None => Ok(clock()),
        Some(now) => integer_argument(now, "now", 0, latest),
    }
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
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let class = crate::imported::class(py, &CLASS, "mizan_core.types", "MWTClaims")?;
    let make = MAKE.get_or_try_init(py, || {
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
    make.bind(py)
        .call1((class, (sub, pkey, iat, nbf, exp, staff, superuser, aud)))
}
