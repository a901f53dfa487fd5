//! What an interface has beside functions and contexts: errors, views, forms, channels and combinations of contexts.

#[cfg(test)]
pub(super) mod tests;

use std::collections::BTreeSet;

use crate::constraints::Constraints;
use crate::graph::Auth;
use crate::shape::{Literal, Shape};
use crate::value::Value;

/// The statuses that a declared error may have.
const STATUSES: std::ops::RangeInclusive<u16> = 400..=599;

/// The status that `value` is.
pub(super) fn status(value: &Value) -> Option<u16> {
    match value {
        Value::Int(number) => u16::try_from(*number).ok(),
        _ => None,
    }
    .filter(|status| STATUSES.contains(status))
}

/// What is expected where something is no status.
pub(super) fn expected_status() -> String {
    format!("an integer from {} to {}", STATUSES.start(), STATUSES.end())
}

/// What a call makes stale: a context, or one function of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Effect {
    /// The context.
    pub context: String,
    /// The function; None for all of them.
    pub function: Option<String>,
}

/// An error that a function says it may answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorCase {
    /// What it means, in the author's words.
    pub description: Option<String>,
    /// The status of its answer over HTTP.
    pub status: u16,
    /// The type of what it tells.
    pub data: Option<String>,
}

/// A function with a path of its own, whose answer is the framework's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What it shows, in the author's words.
    pub description: Option<String>,
    /// Its name in generated code.
    pub camel: String,
    /// Its path, with a converter and a name for each part that is a parameter: `/p/<int:id>/`.
    pub path: String,
    /// The methods that it answers.
    pub methods: BTreeSet<String>,
    /// Who may call it; everybody where this is None.
    pub auth: Option<Auth>,
    /// What it makes stale. Distinct, in declaration order.
    pub affects: Vec<Effect>,
    /// The type of its arguments.
    pub input: Option<String>,
}

/// A channel: messages both ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// What it is for, in the author's words.
    pub description: Option<String>,
    /// Whether it tells who is there.
    pub presence: bool,
    /// Its name in generated code.
    pub camel: String,
    /// Who may join it; everybody where this is None.
    pub auth: Option<Auth>,
    /// The type of its parameters.
    pub params: Option<String>,
    /// The type of what clients send.
    pub react_message: Option<String>,
    /// The type of what the server sends.
    pub server_message: Option<String>,
}

/// A combination of contexts, for which generated code has one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composition {
    /// What it is for, in the author's words.
    pub description: Option<String>,
    /// The names of its contexts; one at least.
    pub contexts: BTreeSet<String>,
}

/// A form: what is asked, and what a client may check before it sends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// What it is for, in the author's words.
    pub description: Option<String>,
    /// Its name in generated code.
    pub camel: String,
    /// What stands above it.
    pub title: Option<String>,
    /// What stands on its button.
    pub submit_label: Option<String>,
    /// Whether the server checks fields while they are filled in.
    pub live_validation: bool,
    /// Where it is a list of forms: how many.
    pub many: Option<Many>,
    /// Its fields, in their order.
    pub fields: Vec<FormField>,
}

/// How many forms a list of them has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Many {
    /// At least.
    pub min_forms: Option<u64>,
    /// At most.
    pub max_forms: Option<u64>,
}

/// A field of a form. Its checks look at the value as it is after `strip`.
#[derive(Clone, Debug, PartialEq)]
pub struct FormField {
    /// Its name.
    pub name: String,
    /// Whether something has to be given: neither null nor an empty text or list; of a boolean, true.
    pub required: bool,
    /// Its value's shape.
    pub shape: Shape,
    /// Whether white space around a text, as Python understands it, is taken away first.
    pub strip: bool,
    /// Its limits.
    pub checks: Constraints,
    /// Regular expressions of ECMAScript with the flags `s` and `u`, each of which matches somewhere.
    pub patterns: Vec<String>,
    /// What names of uploaded files may end with, behind the dot.
    pub extensions: Vec<String>,
    /// The values to choose from.
    pub choices: Vec<Choice>,
    /// Whether it is shown only, and not sent.
    pub disabled: bool,
    /// What it is filled in with: the word of an HTML input's type, or of an element.
    pub widget: Option<String>,
    /// What it is called.
    pub label: Option<String>,
    /// What helps to fill it in.
    pub help: Option<String>,
    /// What it holds at first.
    pub initial: Option<Value>,
}

/// A value to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value.
    pub value: Literal,
    /// What is shown for it.
    pub label: String,
    /// What it stands under.
    pub group: Option<String>,
}
