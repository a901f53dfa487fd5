//! Reading the interface document: what its nodes say.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::error::{Problem, Result};
use crate::path::quoted;
use crate::shape::endless_alias;

use super::VERSION;
use super::document::Document;
use super::layout::Part;
use super::lines::{self, Line};
use super::names::Names;
use super::nodes::{Node, Nodes, Words};
use super::source::Source;

impl Document {
    /// Reads the text of an interface document; a value error with line and column, and what was
    /// expected there, when it is not one as [`emit`](Self::emit) writes it. Properties that are not
    /// known are ignored.
    pub fn parse(text: &str) -> Result<Self> {
        let source = Source::new(text);
        check_version(&source)?;
        let lines = lines::read(&source)?;
        let document = read_document(Nodes::new(source, &lines).collect::<Vec<_>>().as_slice())?;
        check_canonical(&source, &lines, &document.emit())?;
        Ok(document)
    }
}

/// The first line says which grammar the others have, so it is read before them.
fn check_version(source: &Source<'_>) -> Result<()> {
    let end = source.text.find('\n').map_or(0, |newline| newline + 1);
    let line = Source::new(source.text.get(..end).unwrap_or_default());
    let lines = lines::read(&line)?;
    let missing = || source.fail(0, &format!("the node ir version={VERSION}"));
    let node = Nodes::new(line, &lines).next().ok_or_else(missing)?;
    if node.name() != "ir" {
        return Err(missing());
    }
    let mut words = node.words();
    let version = words.property("version")?;
    if version.scalar()? != VERSION.into() {
        let problem = format!("this version of the IR is not known here, {VERSION} is");
        return Err(version.refuse(Problem::rule(problem)));
    }
    words.end()
}

/// Everything in its canonical spelling and order, and nothing that emission would leave out.
fn check_canonical(source: &Source<'_>, lines: &[Line], canonical: &str) -> Result<()> {
    let text = understood(source.text, lines);
    if text == canonical {
        return Ok(());
    }
    let mut expected = canonical.split_inclusive('\n');
    let mut offset = 0;
    for (line, whole) in text
        .split_inclusive('\n')
        .zip(source.text.split_inclusive('\n'))
    {
        let next = expected.next();
        if next != Some(line) {
            return Err(source.fail(offset, &line_name(next)));
        }
        offset += whole.len();
    }
    Err(source.fail(offset, &line_name(expected.next())))
}

/// The text without the properties that are not known.
fn understood<'a>(text: &'a str, lines: &[Line]) -> Cow<'a, str> {
    if lines.iter().all(|line| line.ignored.is_empty()) {
        return Cow::Borrowed(text);
    }
    let mut known = String::with_capacity(text.len());
    let mut start = 0;
    for line in lines {
        for ignored in line.ignored.iter() {
            known.push_str(
                text.get(start..line.offset + ignored.start)
                    .unwrap_or_default(),
            );
            start = line.offset + ignored.end;
        }
    }
    known.push_str(text.get(start..).unwrap_or_default());
    Cow::Owned(known)
}

fn line_name(line: Option<&str>) -> String {
    line.map_or("the end of the document".into(), |line| {
        format!("the line {}", quoted(line.trim()))
    })
}

fn read_document(nodes: &[Node<'_>]) -> Result<Document> {
    let known = Names::of(nodes)?;
    let mut document = Document::default();
    // The first node is `ir`, see check_version.
    for node in nodes.iter().skip(1) {
        let mut words = node.words();
        let name = words.value("a name")?.text()?.to_owned();
        match node.name() {
            "type" => read(&mut document.types, name, node, words, &known)?,
            "function" => read(&mut document.functions, name, node, words, &known)?,
            "context" => read(&mut document.contexts, name, node, words, &known)?,
            "channel" => read(&mut document.channels, name, node, words, &known)?,
            "form" => read(&mut document.forms, name, node, words, &known)?,
            "view" => read(&mut document.views, name, node, words, &known)?,
            "composition" => read(&mut document.compositions, name, node, words, &known)?,
            _ => {
                return Err(node.fail(
                    r#""type", "function", "context", "channel", "form", "view" or "composition""#,
                ));
            }
        }
    }
    if let Some(node) = endless_alias(&document.bodies()).and_then(|name| known.find_type(name)) {
        return Err(node.refuse(Problem::EndlessAlias));
    }
    Ok(document)
}

/// The part of that name, put among the others of its kind.
fn read<T: Part>(
    parts: &mut BTreeMap<String, T>,
    name: String,
    node: &Node<'_>,
    words: Words<'_>,
    known: &Names<'_>,
) -> Result<()> {
    parts.insert(name, T::read(node, words, known)?);
    Ok(())
}
