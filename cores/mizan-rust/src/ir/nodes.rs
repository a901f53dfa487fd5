//! KDL nodes read in the order that the document's grammar gives them.

use kdl::{KdlDocument, KdlEntry, KdlNode, KdlValue};

use crate::error::{Error, Result};
use crate::shape::Literal;
use crate::value::Value;

use super::source::Source;

/// A node of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'a> {
    kdl: &'a KdlNode,
    text: &'a Text<'a>,
}

/// A text and the offsets of the large integers that are masked in its nodes, ascending.
#[derive(Debug)]
pub(super) struct Text<'a> {
    pub(super) source: Source<'a>,
    pub(super) masked: Vec<usize>,
}

impl<'a> Node<'a> {
    pub(super) fn all(document: &'a KdlDocument, text: &'a Text<'a>) -> Vec<Self> {
        document
            .nodes()
            .iter()
            .map(|kdl| Self { kdl, text })
            .collect()
    }

    pub(super) fn name(&self) -> &'a str {
        self.kdl.name().value()
    }

    /// What was expected instead of this node.
    pub(super) fn fail(&self, expected: &str) -> Error {
        self.text.source.fail(self.offset(), expected)
    }

    pub(super) fn refuse(&self, problem: &str) -> Error {
        self.text.source.refuse(self.offset(), problem)
    }

    pub(super) fn words(&self) -> Words<'a> {
        Words {
            node: *self,
            entries: self.kdl.entries().iter(),
        }
    }

    /// The words of a node that has no children.
    pub(super) fn leaf(&self) -> Result<Words<'a>> {
        self.children().end()?;
        Ok(self.words())
    }

    pub(super) fn children(&self) -> Children<'a> {
        let nodes = self
            .kdl
            .children()
            .map(KdlDocument::nodes)
            .unwrap_or_default();
        Children {
            parent: *self,
            nodes: nodes.iter(),
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

    fn offset(&self) -> usize {
        self.kdl.span().offset()
    }
}

/// The children of a node that have not been read yet.
#[derive(Debug)]
pub(super) struct Children<'a> {
    parent: Node<'a>,
    nodes: std::slice::Iter<'a, KdlNode>,
}

impl<'a> Children<'a> {
    /// The next child, which must be there.
    pub(super) fn next(&mut self, expected: &str) -> Result<Node<'a>> {
        self.find_any().ok_or_else(|| self.missing(expected))
    }

    /// The next child, if there is one.
    pub(super) fn find_any(&mut self) -> Option<Node<'a>> {
        self.nodes.next().map(|kdl| self.node(kdl))
    }

    /// The next child, which must have that name.
    pub(super) fn take(&mut self, name: &str) -> Result<Node<'a>> {
        self.find(name)
            .ok_or_else(|| self.missing(&format!("{name:?}")))
    }

    /// The next child, if it has that name.
    pub(super) fn find(&mut self, name: &str) -> Option<Node<'a>> {
        let next = self
            .nodes
            .as_slice()
            .first()
            .filter(|node| node.name().value() == name)?;
        self.nodes.next();
        Some(self.node(next))
    }

    pub(super) fn end(self) -> Result<()> {
        match self.nodes.as_slice().first() {
            Some(surplus) => Err(self.node(surplus).fail("no such node here")),
            None => Ok(()),
        }
    }

    fn missing(&self, expected: &str) -> Error {
        match self.nodes.as_slice().first() {
            Some(other) => self.node(other).fail(expected),
            None => self.parent.fail(&format!("{expected} inside this node")),
        }
    }

    fn node(&self, kdl: &'a KdlNode) -> Node<'a> {
        Node {
            kdl,
            text: self.parent.text,
        }
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
            text: self.node.text,
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
    text: &'a Text<'a>,
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
        self.text.source.fail(self.entry.span().offset(), expected)
    }

    pub(super) fn refuse(&self, problem: &str) -> Error {
        self.text.source.refuse(self.entry.span().offset(), problem)
    }

    fn is_masked(&self) -> bool {
        self.text.masked.binary_search(&self.value_offset()).is_ok()
    }

    /// The value as it stands in the text.
    fn written(&self) -> &'a str {
        let end = self.value_offset() + self.value_length();
        self.text
            .source
            .text
            .get(self.value_offset()..end)
            .unwrap_or_default()
    }

    fn value_offset(&self) -> usize {
        let span = self.entry.span();
        (span.offset() + span.len()).saturating_sub(self.value_length())
    }

    fn value_length(&self) -> usize {
        self.entry
            .format()
            .map_or(0, |format| format.value_repr.len())
    }
}
