//! Why this crate refuses an input: a kind with its facts, whose `Display` is the message.
//!
//! Messages never hold a token, a secret or a claim's value (docs/protocol.md section 4).

use std::borrow::Cow;
use std::fmt::{self, Display};

use crate::contradiction::Contradiction;
use crate::path::quoted;

/// What this crate answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an input is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value that is not allowed where it stands.
    #[error("{place}: {problem}")]
    Invalid {
        /// The argument and the place in it, as `params.filter[2]`.
        place: String,
        /// What is wrong there.
        problem: Problem,
    },
    /// A text that is no interface document (docs/protocol.md section 11).
    #[error("line {line}, column {column}: {problem}")]
    Document {
        /// Counted from one.
        line: usize,
        /// Counted from one, in characters.
        column: usize,
        /// What is wrong there.
        problem: Problem,
    },
    /// A function that is not in the graph.
    #[error("no function is named {} in the graph", quoted(.0))]
    UnknownFunction(String),
    /// Everything that contradicts itself in the registered functions.
    #[error("the interface does not compile:{}", Listed(.0))]
    Contradictions(Vec<Contradiction>),
    /// A secret that must not sign tokens.
    #[error("{place}: {problem}")]
    Secret {
        /// The argument and the place in it.
        place: String,
        /// What is wrong with it.
        problem: SecretProblem,
    },
    /// A stored entry that the secret has not sealed under the key.
    #[error("the entry is not one that this secret has sealed under its key")]
    ForgedEntry,
    /// The process has given `jsonwebtoken` a provider of cryptography that has no HS256.
    #[error(
        "the cryptography that this process has chosen for jsonwebtoken does not sign with HS256"
    )]
    CannotSign,
    /// A token that is not valid.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A body that is no call.
    #[error(transparent)]
    Call(#[from] CallProblem),
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Something else had to stand here.
    #[error("expected {0}")]
    Expected(Cow<'static, str>),
    /// A float that JSON has no form for.
    #[error("NaN and infinities have no JSON form")]
    NotFinite,
    /// A container inside too many others.
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// How many levels there may be.
        limit: usize,
    },
    /// A text that must hold something.
    #[error("must not be empty")]
    Empty,
    /// An integer outside of its range.
    #[error("expected {low} to {high}")]
    OutOfRange {
        /// The smallest that is allowed.
        low: i64,
        /// The largest.
        high: i64,
    },
    /// An object lacks a member.
    #[error("{} is missing", quoted(.0))]
    MissingMember(String),
    /// An object has a member that it must not have.
    #[error("unknown member {}", quoted(.0))]
    UnknownMember(String),
    /// A reference to what is not there.
    #[error("no {kind} is named {}", quoted(.name))]
    UnknownName {
        /// What is referred to: a type, a function.
        kind: &'static str,
        /// The name that nothing has.
        name: String,
    },
    /// A name that may come once.
    #[error("the {kind} {} comes twice", quoted(.name))]
    Repeated {
        /// What has the name: a field, a parameter.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// A type that stands for nothing.
    #[error("the alias leads back to itself")]
    EndlessAlias,
    /// Another rule that is broken, in words.
    #[error("{0}")]
    Rule(Cow<'static, str>),
}

/// What is wrong with a secret (docs/protocol.md section 4, last paragraph).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretProblem {
    /// Shorter than the hash that it keys.
    #[error("at least {least} bytes are needed (RFC 7518 section 3.2)")]
    TooShort {
        /// The fewest bytes that are enough.
        least: usize,
    },
    /// A key of another kind, which is public often enough.
    #[error(
        "this is a PEM block, a JWK or an SSH key line; \
         an HMAC secret is needed (RFC 8725 section 3.1)"
    )]
    NotSymmetric,
    /// A key ring without a key.
    #[error("the key ring is empty")]
    EmptyRing,
}

/// Why a token is not valid: the first step of docs/protocol.md section 4 that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Not a compact JWS in canonical form, or its header is not ours.
    #[error("{0}")]
    Malformed(&'static str),
    /// `alg` is a string other than `HS256`.
    #[error("the header's alg is not HS256")]
    UnsupportedAlgorithm,
    /// The key ring has no such `kid`.
    #[error("the token names no key of the key ring")]
    UnknownKey,
    /// The signature is not that of the key.
    #[error("the signature is not valid")]
    InvalidSignature,
    /// A claim is missing or not of its exact type.
    #[error(transparent)]
    InvalidClaims(#[from] ClaimProblem),
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` lies in the future.
    #[error("the token is not valid yet")]
    Immature,
    /// `aud` is not the audience expected here.
    #[error("the token is meant for another audience")]
    InvalidAudience,
}

/// Why a body is no call (docs/protocol.md section 9); clients are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallProblem {
    /// Not one JSON text in UTF-8.
    #[error("The body is not valid JSON.")]
    NotJson,
    /// A container inside too many others.
    #[error("The body is nested deeper than {limit} levels.")]
    TooDeep {
        /// How many levels there may be.
        limit: usize,
    },
    /// JSON of another kind.
    #[error(r#"The body must be a JSON object: {{"fn": name, "args": {{...}}}}."#)]
    NotAnObject,
    /// A member that no call has.
    #[error(r#"The body has an unknown member; "fn", "args" and "shown" are known."#)]
    UnknownMember,
    /// No function is named, or not by a string.
    #[error(r#""fn" must be there and name a function."#)]
    NoFunction,
    /// The body and the URL name two functions.
    #[error(r#""fn" is another function than the one that the URL names."#)]
    AnotherFunction,
    /// Arguments without names.
    #[error(r#""args" must be an object."#)]
    ArgsNotAnObject,
}

/// What is wrong with a token's claims, told by their names alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimProblem {
    /// Not one JSON value, or one that leaves something open.
    #[error("the claims are not strict JSON")]
    NotStrictJson,
    /// JSON of another kind.
    #[error("the claims are not a JSON object")]
    NotAnObject,
    /// A claim is not there.
    #[error("the claim {0} is missing")]
    Missing(&'static str),
    /// A claim is of another type.
    #[error("the claim {name} is not {expected}")]
    Mistyped {
        /// The claim.
        name: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
    /// The token is nobody's.
    #[error("the claim sub is empty")]
    EmptySubject,
}

impl Error {
    /// A value that is not allowed at `place`.
    pub fn invalid(place: impl Display, problem: Problem) -> Self {
        let place = place.to_string();
        Self::Invalid { place, problem }
    }
}

impl Problem {
    /// Something else had to stand here.
    pub fn expected(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Expected(what.into())
    }

    /// A rule that is broken, in words.
    pub fn rule(words: impl Into<Cow<'static, str>>) -> Self {
        Self::Rule(words.into())
    }
}

impl From<ClaimProblem> for Error {
    fn from(problem: ClaimProblem) -> Self {
        Self::Token(problem.into())
    }
}

/// One line for each problem.
struct Listed<'a>(&'a [Contradiction]);

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
        let error = Error::Contradictions(vec![
            Contradiction::FunctionName("1".into()),
            Contradiction::RepeatedFunction("a".into()),
        ]);
        assert_eq!(
            error.to_string(),
            "the interface does not compile:\n- \"1\" is not a function name\n\
             - function \"a\" is registered twice"
        );
    }

    #[test]
    fn messages_begin_with_the_place() {
        let error = Error::invalid("ttl", Problem::OutOfRange { low: 1, high: 5 });
        assert_eq!(error.to_string(), "ttl: expected 1 to 5");
        let error = Error::invalid("spec", Problem::MissingMember("a\nb".into()));
        assert_eq!(error.to_string(), r#"spec: "a\nb" is missing"#);
    }
}
