//! The names of a document, and the words that refer to them.

use std::collections::HashMap;

use crate::error::{Problem, Result};

use super::nodes::{Node, Word, Words};

/// What has a name.
pub(super) struct Names<'a> {
    types: HashMap<&'a str, Node<'a>>,
    functions: HashMap<&'a str, Node<'a>>,
    contexts: HashMap<&'a str, Node<'a>>,
}

impl<'a> Names<'a> {
    /// The names of these nodes, each of which may come once among those of its kind.
    pub(super) fn of(nodes: &[Node<'a>]) -> Result<Self> {
        let known = Self {
            types: named(nodes, "type")?,
            functions: named(nodes, "function")?,
            contexts: named(nodes, "context")?,
        };
        for kind in ["channel", "form", "view", "composition"] {
            named(nodes, kind)?;
        }
        Ok(known)
    }

    /// The node of a type.
    pub(super) fn find_type(&self, name: &str) -> Option<&Node<'a>> {
        self.types.get(name)
    }
}

/// The nodes of one kind by their names, each of which may come once.
fn named<'a>(nodes: &[Node<'a>], kind: &'static str) -> Result<HashMap<&'a str, Node<'a>>> {
    let mut names = HashMap::new();
    for node in nodes.iter().filter(|node| node.name() == kind) {
        let word = node.words().value("a name")?;
        let name = word.text()?;
        if names.insert(name, *node).is_some() {
            let name = name.to_owned();
            return Err(word.refuse(Problem::Repeated { kind, name }));
        }
    }
    Ok(names)
}

/// What a name refers to.
#[derive(Clone, Copy)]
pub(super) enum Reference {
    Type,
    Function,
    Context,
}

impl Reference {
    /// The name that comes next.
    pub(super) fn read(self, words: &mut Words<'_>, known: &Names<'_>) -> Result<String> {
        self.check(&words.value(&format!("a {}'s name", self.kind()))?, known)
    }

    /// The name at `word`, which must be known.
    pub(super) fn check(self, word: &Word<'_>, known: &Names<'_>) -> Result<String> {
        let name = word.text()?.to_owned();
        let among = match self {
            Self::Type => &known.types,
            Self::Function => &known.functions,
            Self::Context => &known.contexts,
        };
        if among.contains_key(name.as_str()) {
            return Ok(name);
        }
        let kind = self.kind();
        Err(word.refuse(Problem::UnknownName { kind, name }))
    }

    const fn kind(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Function => "function",
            Self::Context => "context",
        }
    }
}
