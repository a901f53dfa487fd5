//! What contradicts itself among registered functions (docs/protocol.md section 5): a kind with its
//! facts, whose `Display` is the sentence that whoever has written them reads.

use std::fmt::{self, Display};

use crate::path::quoted;

/// One thing that keeps functions from being compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Contradiction {
    /// A name that functions cannot have.
    #[error("{} is not a function name", quoted(.0))]
    FunctionName(String),
    /// Two functions of one name.
    #[error("function {} is registered twice", quoted(.0))]
    RepeatedFunction(String),
    /// A name that contexts cannot have.
    #[error("function {}: {} is not a context name", quoted(.function), quoted(.context))]
    ContextName {
        /// The function that says it.
        function: String,
        /// The name.
        context: String,
    },
    /// A function that reads and changes.
    #[error(
        "function {}: a function of a context cannot declare affects or merge",
        quoted(.0)
    )]
    ReaderWithEffects(String),
    /// A parameter that the functions of a context understand differently.
    #[error(
        "context {}: parameter {} has different types in {}",
        quoted(.context), quoted(.parameter), Listed(.functions)
    )]
    ParameterTypes {
        /// The context.
        context: String,
        /// The parameter.
        parameter: String,
        /// The functions that have it.
        functions: Vec<String>,
    },
    /// A target that means nothing.
    #[error("function {}: {option} {problem}", quoted(.function))]
    Target {
        /// The function that says it.
        function: String,
        /// `affects` or `merge`.
        option: &'static str,
        /// What is wrong with it.
        problem: TargetProblem,
    },
    /// A result that nothing takes, or more than one.
    #[error("function {}: merge {} {problem}", quoted(.function), quoted(.target))]
    Merge {
        /// The function whose result it is.
        function: String,
        /// What it names.
        target: String,
        /// What is wrong with it.
        problem: MergeProblem,
    },
    /// A type that refers to one which is not there.
    #[error("{kind} {}: no type is named {}", quoted(.name), quoted(.unknown))]
    UnknownType {
        /// What refers to it: a type or a function.
        kind: &'static str,
        /// Its name.
        name: String,
        /// The name that no type has.
        unknown: String,
    },
    /// A type that stands for nothing.
    #[error("type {}: the alias leads back to itself", quoted(.0))]
    EndlessAlias(String),
}

/// Why a target means nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetProblem {
    /// A name that contexts cannot have.
    #[error("{} is not a context name", quoted(.0))]
    ContextName(String),
    /// A function that nothing is read by.
    #[error("names function {}, which is not inside a context", quoted(.0))]
    OutsideContexts(String),
    /// A name that nothing has.
    #[error("{} names no context and no function inside one{}", quoted(.name), Suggested(.near))]
    Unknown {
        /// The name.
        name: String,
        /// The nearest that there are.
        near: Vec<String>,
    },
}

/// Why a result is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeProblem {
    /// The view path has none.
    #[error("needs a result, and a framework response is none")]
    NoResult,
    /// No function that is meant has its type.
    #[error("matches no function by its result's type; candidates: {}", Candidates(.0))]
    NoMatch(Vec<String>),
    /// Several have.
    #[error("is ambiguous: the result has the type of {}", Listed(.0))]
    Ambiguous(Vec<String>),
    /// Something is said of items, and there are none.
    #[error("is taken by {} whole; key and place are for a list of it", quoted(.0))]
    NoItems(String),
    /// The items have nothing to be told apart by.
    #[error(
        "needs a field that tells the items of {} apart, and {} is none that all of them have",
        quoted(.slot), quoted(.key)
    )]
    NoKey {
        /// The function whose result the items are.
        slot: String,
        /// The field that not all of them have.
        key: String,
    },
}

/// Names in quotes.
struct Listed<'a>(&'a [String]);

impl Display for Listed<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_joined(formatter, self.0, ", ")
    }
}

struct Candidates<'a>(&'a [String]);

impl Display for Candidates<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return formatter.write_str("none");
        }
        Listed(self.0).fmt(formatter)
    }
}

/// The question whether one of these was meant.
struct Suggested<'a>(&'a [String]);

impl Display for Suggested<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        formatter.write_str("; did you mean ")?;
        write_joined(formatter, self.0, " or ")?;
        formatter.write_str("?")
    }
}

fn write_joined(
    formatter: &mut fmt::Formatter<'_>,
    names: &[String],
    separator: &str,
) -> fmt::Result {
    names.iter().enumerate().try_for_each(|(index, name)| {
        if index > 0 {
            formatter.write_str(separator)?;
        }
        formatter.write_str(&quoted(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn near_names_are_asked_for() {
        for (near, text) in [
            (vec![], "\"a\" names no context and no function inside one"),
            (
                names(&["b"]),
                "\"a\" names no context and no function inside one; did you mean \"b\"?",
            ),
            (
                names(&["b", "c"]),
                "\"a\" names no context and no function inside one; did you mean \"b\" or \"c\"?",
            ),
        ] {
            let name = "a".to_owned();
            assert_eq!(TargetProblem::Unknown { name, near }.to_string(), text);
        }
    }

    #[test]
    fn candidates_are_listed() {
        let text = |found: &[&str]| MergeProblem::NoMatch(names(found)).to_string();
        assert!(text(&[]).ends_with("candidates: none"));
        assert!(text(&["a", "b"]).ends_with("candidates: \"a\", \"b\""));
    }
}
