//! One error type: a variant for each Python exception class, its `Display` the exception's message.
//!
//! Messages never hold a token, a secret or a claim's value (docs/protocol.md section 4).

use std::fmt::{self, Display};

use crate::canonical::MAX_DEPTH;

/// What this crate answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an input is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value of the wrong type: Python's `TypeError`.
    #[error("{0}")]
    Type(String),
    /// A value that is not allowed: Python's `ValueError`.
    #[error("{0}")]
    Value(String),
    /// A name that is not there: Python's `LookupError`.
    #[error("{0}")]
    Lookup(String),
    /// A setting that is missing, weak or contradictory: `ConfigurationError`.
    #[error("{0}")]
    Configuration(String),
    /// Everything that contradicts itself in the registered functions: `GraphError`.
    #[error("the interface does not compile:{}", Listed(.0))]
    Graph(Vec<String>),
    /// Not what the secret has sealed under the key: `ForgedEntry`.
    #[error("the entry is not one that this secret has sealed under its key")]
    ForgedEntry,
    /// Not a compact JWS in canonical form, or its header is not ours: `MalformedToken`.
    #[error("{0}")]
    MalformedToken(&'static str),
    /// `alg` is a string other than `HS256`: `UnsupportedAlgorithm`.
    #[error("the header's alg is not HS256")]
    UnsupportedAlgorithm,
    /// The key ring has no such `kid`: `UnknownKey`.
    #[error("the token names no key of the key ring")]
    UnknownKey,
    /// The signature is not that of the key: `InvalidSignature`.
    #[error("the signature is not valid")]
    InvalidSignature,
    /// A claim is missing or not of its exact type: `InvalidClaims`.
    #[error("{0}")]
    InvalidClaims(String),
    /// `exp` has passed: `ExpiredToken`.
    #[error("the token has expired")]
    ExpiredToken,
    /// `nbf` or `iat` lies in the future: `ImmatureToken`.
    #[error("the token is not valid yet")]
    ImmatureToken,
    /// `aud` is not the audience expected here: `InvalidAudience`.
    #[error("the token is meant for another audience")]
    InvalidAudience,
}

impl Error {
    /// An argument, or a part of one, of the wrong type; `found` is the name of its type.
    pub fn unexpected_type(path: impl Display, expected: &str, found: impl Display) -> Self {
        Self::Type(format!("{path}: expected {expected}, not {found}"))
    }

    /// A value that JSON has no form for; `found` is the name of its type.
    pub fn not_json(path: impl Display, found: impl Display) -> Self {
        Self::unexpected_type(path, "a JSON value", found)
    }

    /// An object's key that is not a string; `found` is the name of its type.
    pub fn key_type(path: impl Display, found: impl Display) -> Self {
        Self::Type(format!("{path}: keys must be str, not {found}"))
    }

    /// A string that is not valid Unicode.
    pub fn lone_surrogate(path: impl Display) -> Self {
        Self::Value(format!("{path}: the string holds a lone surrogate"))
    }

    /// A float that is not finite.
    pub fn not_finite(path: impl Display) -> Self {
        Self::Value(format!("{path}: NaN and infinities have no JSON form"))
    }

    /// A container beyond [`MAX_DEPTH`].
    pub fn too_deep(path: impl Display) -> Self {
        Self::Value(format!("{path}: nested deeper than {MAX_DEPTH} levels"))
    }

    /// A text argument that must hold something.
    pub fn empty(path: impl Display) -> Self {
        Self::Value(format!("{path}: must not be empty"))
    }

    /// An integer outside of its range.
    pub fn out_of_range(path: impl Display, low: i64, high: i64) -> Self {
        Self::Value(format!("{path}: expected {low} to {high}"))
    }
}

/// One line for each problem.
struct Listed<'a>(&'a [String]);

impl Display for Listed<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return formatter.write_str("\n");
        }
        self.0
            .iter()
            .try_for_each(|problem| write!(formatter, "\n- {problem}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graph_error_lists_every_problem() {
        let error = Error::Graph(vec!["a".into(), "b".into()]);
        assert_eq!(
            error.to_string(),
            "the interface does not compile:\n- a\n- b"
        );
    }

    #[test]
    fn messages_begin_with_the_place() {
        assert_eq!(
            Error::unexpected_type("rev", "int", "bool").to_string(),
            "rev: expected int, not bool"
        );
        assert_eq!(
            Error::out_of_range("ttl", 1, 5).to_string(),
            "ttl: expected 1 to 5"
        );
    }
}
