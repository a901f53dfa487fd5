//! The names of a document, and the nodes that refer to them.

use std::collections::HashMap;

use crate::error::{Problem, Result};

use super::nodes::{Node, Word, Words};

/// The names that references are checked against.
pub(super) struct Names<'a> {
    pub(super) types: HashMap<&'a str, Node<'a>>,
    pub(super) functions: HashMap<&'a str, Node<'a>>,
    pub(super) contexts: HashMap<&'a str, Node<'a>>,
}

/// The name of a type, the only word of a node.
pub(super) fn read_type_name(node: &Node<'_>, known: &Names<'_>) -> Result<String> {
    node.leaf(|words| read_reference(words, &known.types, "type"))
}

/// The name of a context, the only word of a node.
pub(super) fn read_context_name(node: &Node<'_>, known: &Names<'_>) -> Result<String> {
    node.leaf(|words| read_reference(words, &known.contexts, "context"))
}

/// The name that comes next, which must be among `known`.
pub(super) fn read_reference(
    words: &mut Words<'_>,
    known: &HashMap<&str, Node<'_>>,
    kind: &'static str,
) -> Result<String> {
    check_reference(&words.value(&format!("a {kind}'s name"))?, known, kind)
}

/// The name at `word`, which must be among `known`.
pub(super) fn check_reference(
    word: &Word<'_>,
    known: &HashMap<&str, Node<'_>>,
    kind: &'static str,
) -> Result<String> {
    let name = word.text()?.to_owned();
    if known.contains_key(name.as_str()) {
        return Ok(name);
    }
    Err(word.refuse(Problem::UnknownName { kind, name }))
}
