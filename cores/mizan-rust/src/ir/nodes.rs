//! Nodes and their words, read in the order that the document's grammar gives them.

use kdl::{KdlEntry, KdlValue};

use crate::error::{Error, Problem, Result};
use crate::keyword::{Keyword, expected};
use crate::shape::Literal;
use crate::value::Value;

use super::lines::Line;
use super::source::Source;

/// A node of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'a> {
    source: Source<'a>,
    line: &'a Line,
    /// The lines of the nodes inside this one.
    inside: &'a [Line],
}

/// The nodes of one level.
#[derive(Clone, Debug)]
pub(super) struct Nodes<'a> {
    source: Source<'a>,
    lines: &'a [Line],
}

impl<'a> Nodes<'a> {
    pub(super) const fn new(source: Source<'a>, lines: &'a [Line]) -> Self {
        Self { source, lines }
    }
}

impl<'a> Iterator for Nodes<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        let (line, lines) = self.lines.split_first()?;
        let is_inside = |other: &&Line| other.level > line.level;
        let count = lines.iter().take_while(is_inside).count();
        let (inside, lines) = lines.split_at_checked(count)?;
        self.lines = lines;
        Some(Node {
            source: self.source,
            line,
            inside,
        })
    }
}

impl<'a> Node<'a> {
    pub(super) fn name(&self) -> &'a str {
        self.line.node.name().value()
    }

    /// What was expected instead of this node.
    pub(super) fn fail(&self, expected: &str) -> Error {
        self.source.fail(self.line.offset, expected)
    }

    pub(super) fn refuse(&self, problem: Problem) -> Error {
        self.source.refuse(self.line.offset, problem)
    }

    pub(super) fn words(&self) -> Words<'a> {
        Words {
            node: *self,
            entries: self.line.node.entries().iter(),
        }
    }

    /// What `read` makes of the words of a node that has no children.
    pub(super) fn leaf<T>(&self, read: impl FnOnce(&mut Words<'a>) -> Result<T>) -> Result<T> {
        self.children().end()?;
        self.words().all(read)
    }

    /// What `read` makes of the node's children.
    pub(super) fn inside<T>(&self, read: impl FnOnce(&mut Children<'a>) -> Result<T>) -> Result<T> {
        let mut children = self.children();
        let found = read(&mut children)?;
        children.end()?;
        Ok(found)
    }

    pub(super) fn children(&self) -> Children<'a> {
        Children {
            parent: *self,
            nodes: Nodes::new(self.source, self.inside),
        }
    }

    /// As [`inside`](Self::inside), of a node that has no words.
    pub(super) fn only<T>(&self, read: impl FnOnce(&mut Children<'a>) -> Result<T>) -> Result<T> {
        self.words().end()?;
        self.inside(read)
    }

    /// The only child of a node that has no words.
    pub(super) fn only_child(&self) -> Result<Node<'a>> {
        self.only(|children| children.next("a node"))
    }
}

/// The children of a node that have not been read yet.
#[derive(Debug)]
pub(super) struct Children<'a> {
    parent: Node<'a>,
    nodes: Nodes<'a>,
}

impl<'a> Children<'a> {
    /// The next child, which must be there.
    pub(super) fn next(&mut self, expected: &str) -> Result<Node<'a>> {
        self.find_any().ok_or_else(|| self.missing(expected))
    }

    /// The next child, if there is one.
    pub(super) fn find_any(&mut self) -> Option<Node<'a>> {
        self.nodes.next()
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

    /// What `read` makes of the next child, if it has that name.
    pub(super) fn find_map<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&Node<'a>) -> Result<T>,
    ) -> Result<Option<T>> {
        self.find(name).map(|node| read(&node)).transpose()
    }

    /// What `read` makes of each of the next children that have that name.
    pub(super) fn each<T, C: FromIterator<T>>(
        &mut self,
        name: &str,
        mut read: impl FnMut(&Node<'a>) -> Result<T>,
    ) -> Result<C> {
        std::iter::from_fn(|| self.find(name).map(|node| read(&node))).collect()
    }

    /// Whether the next child has that name, as it must.
    pub(super) fn check_next(&self, name: &str) -> Result<()> {
        match self.peek() {
            Some(node) if node.name() == name => Ok(()),
            _ => Err(self.missing(&format!("{name:?}"))),
        }
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
        self.nodes.clone().next()
    }
}

/// The values and properties of a node that have not been read yet.
#[derive(Debug)]
pub(super) struct Words<'a> {
    node: Node<'a>,
    entries: std::slice::Iter<'a, KdlEntry>,
}

impl<'a> Words<'a> {
    /// What `read` makes of them; there are no others.
    pub(super) fn all<T>(mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let found = read(&mut self)?;
        self.end()?;
        Ok(found)
    }

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

    /// The one of `known` whose word stands here.
    pub(super) fn keyword_among<K: Keyword>(&self, known: &[K]) -> Result<K> {
        K::find(known, self.text()?).ok_or_else(|| self.fail(&expected(known)))
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
        self.node.source.fail(self.offset(), expected)
    }

    pub(super) fn refuse(&self, problem: Problem) -> Error {
        self.node.source.refuse(self.offset(), problem)
    }

    /// Whether a string stands for an integer that the parser cannot hold.
    fn is_masked(&self) -> bool {
        self.entry.value().is_string() && !self.written().starts_with('"')
    }

    /// The value as it stands in the text.
    fn written(&self) -> &'a str {
        self.node
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
        self.node.line.offset + self.entry.span().offset()
    }
}
