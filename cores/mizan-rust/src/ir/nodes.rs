//! Nodes and their words, read in the order that the document's grammar gives them.

use kdl::{KdlEntry, KdlValue};

use crate::error::{Error, Result};
use crate::shape::Literal;
use crate::value::Value;

use super::tree::{Branch, Tree};

/// A node of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'a> {
    branch: &'a Branch,
    tree: &'a Tree<'a>,
}

impl<'a> Node<'a> {
    pub(super) const fn new(branch: &'a Branch, tree: &'a Tree<'a>) -> Self {
        Self { branch, tree }
    }

    pub(super) fn name(&self) -> &'a str {
        self.branch.kdl.name().value()
    }

    /// What was expected instead of this node.
    pub(super) fn fail(&self, expected: &str) -> Error {
        self.tree.source.fail(self.branch.offset, expected)
    }

    pub(super) fn refuse(&self, problem: &str) -> Error {
        self.tree.source.refuse(self.branch.offset, problem)
    }

    pub(super) fn words(&self) -> Words<'a> {
        Words {
            node: *self,
            entries: self.branch.kdl.entries().iter(),
        }
    }

    /// The words of a node that has no children.
    pub(super) fn leaf(&self) -> Result<Words<'a>> {
        self.children().end()?;
        Ok(self.words())
    }

    pub(super) fn children(&self) -> Children<'a> {
        Children {
            parent: *self,
            branches: self.branch.children.iter(),
        }
    }

    /// The only child of a node that has no words.
    pub(super) fn only_child(&self) -> Result<Node<'a>> {
        self.words().end()?;
        let mut children = self.children();
        let child = children.next("a node")?;
        children.end()?;
        Ok(child)
    }
}

/// The children of a node that have not been read yet.
#[derive(Debug)]
pub(super) struct Children<'a> {
    parent: Node<'a>,
    branches: std::slice::Iter<'a, Branch>,
}

impl<'a> Children<'a> {
    /// The next child, which must be there.
    pub(super) fn next(&mut self, expected: &str) -> Result<Node<'a>> {
        self.find_any().ok_or_else(|| self.missing(expected))
    }

    /// The next child, if there is one.
    pub(super) fn find_any(&mut self) -> Option<Node<'a>> {
        let next = self.peek()?;
        self.branches.next();
        Some(next)
    }

    /// The next child, which must have that name.
    pub(super) fn take(&mut self, name: &str) -> Result<Node<'a>> {
        self.find(name)
            .ok_or_else(|| self.missing(&format!("{name:?}")))
    }

    /// The next child, if it has that name.
    pub(super) fn find(&mut self, name: &str) -> Option<Node<'a>> {
        self.peek().filter(|node| node.name() == name)?;
        self.find_any()
    }

    pub(super) fn end(self) -> Result<()> {
        match self.peek() {
            Some(surplus) => Err(surplus.fail("no such node here")),
            None => Ok(()),
        }
    }

    fn missing(&self, expected: &str) -> Error {
        match self.peek() {
            Some(other) => other.fail(expected),
            None => self.parent.fail(&format!("{expected} inside this node")),
        }
    }

    fn peek(&self) -> Option<Node<'a>> {
        let branch = self.branches.as_slice().first()?;
        Some(Node::new(branch, self.parent.tree))
    }
}

/// The values and properties of a node that have not been read yet.
#[derive(Debug)]
pub(super) struct Words<'a> {
    node: Node<'a>,
    entries: std::slice::Iter<'a, KdlEntry>,
}

impl<'a> Words<'a> {
    /// The next word, which must be a value, not a property.
    pub(super) fn value(&mut self, expected: &str) -> Result<Word<'a>> {
        self.next_if(|name| name.is_none())
            .ok_or_else(|| self.missing(expected))
    }

    /// The next word, if it is a value.
    pub(super) fn find_value(&mut self) -> Option<Word<'a>> {
        self.next_if(|name| name.is_none())
    }

    /// The next word, which must be that property.
    pub(super) fn property(&mut self, name: &str) -> Result<Word<'a>> {
        self.find_property(name)
            .ok_or_else(|| self.missing(&format!("the property {name}=")))
    }

    /// The next word, if it is that property.
    pub(super) fn find_property(&mut self, name: &str) -> Option<Word<'a>> {
        self.next_if(|found| found == Some(name))
    }

    pub(super) fn end(self) -> Result<()> {
        match self.peek() {
            Some(_) => Err(self.missing("nothing more on this line")),
            None => Ok(()),
        }
    }

    fn next_if(&mut self, accept: impl Fn(Option<&str>) -> bool) -> Option<Word<'a>> {
        let word = self.peek()?;
        accept(word.entry.name().map(kdl::KdlIdentifier::value)).then(|| self.entries.next())?;
        Some(word)
    }

    fn peek(&self) -> Option<Word<'a>> {
        self.entries.as_slice().first().map(|entry| Word {
            entry,
            node: self.node,
        })
    }

    fn missing(&self, expected: &str) -> Error {
        match self.peek() {
            Some(word) => word.fail(expected),
            None => self.node.fail(&format!("{expected} after this node")),
        }
    }
}

/// A value, or a property with its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    entry: &'a KdlEntry,
    node: Node<'a>,
}

impl<'a> Word<'a> {
    pub(super) fn text(&self) -> Result<&'a str> {
        match self.entry.value() {
            KdlValue::String(text) if !self.is_masked() => Ok(text),
            _ => Err(self.fail("a string")),
        }
    }

    /// The one of `words` that stands here.
    pub(super) fn one_of(&self, words: &[&'static str]) -> Result<&'static str> {
        let text = self.text()?;
        let found = words.iter().find(|word| **word == text);
        found
            .copied()
            .ok_or_else(|| self.fail(&format!("one of {}", words.join(", "))))
    }

    pub(super) fn flag(&self) -> Result<bool> {
        self.entry
            .value()
            .as_bool()
            .ok_or_else(|| self.fail("#true or #false"))
    }

    pub(super) fn literal(&self) -> Result<Literal> {
        match self.scalar()? {
            Value::String(text) => Ok(Literal::Text(text)),
            Value::Int(number) => Ok(Literal::Int(number)),
            Value::BigInt(digits) => Ok(Literal::BigInt(digits)),
            _ => Err(self.fail("a string or an integer")),
        }
    }

    pub(super) fn scalar(&self) -> Result<Value> {
        if self.is_masked() {
            return Value::integer(self.written()).ok_or_else(|| self.fail("an integer"));
        }
        match self.entry.value() {
            KdlValue::String(text) => Ok(Value::from(text.as_str())),
            KdlValue::Integer(number) => {
                Value::integer(&number.to_string()).ok_or_else(|| self.fail("an integer"))
            }
            KdlValue::Float(number) if number.is_finite() => Ok(Value::Float(*number)),
            KdlValue::Float(_) => Err(self.fail("a finite number")),
            KdlValue::Bool(flag) => Ok(Value::Bool(*flag)),
            KdlValue::Null => Ok(Value::Null),
        }
    }

    /// What was expected instead of this word.
    pub(super) fn fail(&self, expected: &str) -> Error {
        self.node.tree.source.fail(self.offset(), expected)
    }

    pub(super) fn refuse(&self, problem: &str) -> Error {
        self.node.tree.source.refuse(self.offset(), problem)
    }

    fn is_masked(&self) -> bool {
        self.node
            .tree
            .masked
            .binary_search(&self.written_at().start)
            .is_ok()
    }

    /// The value as it stands in the text.
    fn written(&self) -> &'a str {
        self.node
            .tree
            .source
            .text
            .get(self.written_at())
            .unwrap_or_default()
    }

    fn written_at(&self) -> std::ops::Range<usize> {
        let end = self.offset() + self.entry.span().len();
        let length = self
            .entry
            .format()
            .map_or(0, |format| format.value_repr.len());
        end.saturating_sub(length)..end
    }

    fn offset(&self) -> usize {
        self.node.branch.offset + self.entry.span().offset()
    }
}
