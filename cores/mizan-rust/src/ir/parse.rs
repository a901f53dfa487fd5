//! Reading the interface document: types, functions and contexts.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use crate::error::{Problem, Result};
use crate::graph::{MergeMode, mode::Mode};
use crate::keyword::Keyword;
use crate::path::quoted;
use crate::shape::{Body, EnumValue, Field, endless_alias};

use super::VERSION;
use super::document::{Cache, Context, Document, Function, Merge, Param, Type};
use super::lines::{self, Line};
use super::names::{Names, check_reference, read_reference, read_type_name};
use super::nodes::{
    Node, Nodes, Words, find_flag, find_text, only_text, only_word, read_description,
    read_distinct, read_named,
};
use super::parts::parse::{
    read_channel, read_composition, read_effects, read_errors, read_form, read_view,
};
use super::shapes::read_shape;
use super::source::Source;

/// The level of plain data that a type's body stands on (document, `types`, item, body).
const BODY_DEPTH: usize = 4;
/// The level of a parameter's shape (document, `contexts`, item, `params`, item, shape).
const PARAM_SHAPE_DEPTH: usize = 6;

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
    let known = Names {
        types: named(nodes, "type")?,
        functions: named(nodes, "function")?,
        contexts: named(nodes, "context")?,
    };
    for kind in ["channel", "form", "view", "composition"] {
        named(nodes, kind)?;
    }
    let mut document = Document::default();
    // The first node is `ir`, see check_version.
    for node in nodes.iter().skip(1) {
        let mut words = node.words();
        let name = words.value("a name")?.text()?.to_owned();
        match node.name() {
            "type" => {
                document.types.insert(name, read_type(node, words, &known)?);
            }
            "function" => {
                let function = read_function(node, words, &known)?;
                document.functions.insert(name, function);
            }
            "context" => {
                words.end()?;
                document.contexts.insert(name, read_context(node, &known)?);
            }
            "channel" => {
                let channel = read_channel(node, words, &known)?;
                document.channels.insert(name, channel);
            }
            "form" => {
                document.forms.insert(name, read_form(node, words, &known)?);
            }
            "view" => {
                document.views.insert(name, read_view(node, words, &known)?);
            }
            "composition" => {
                let composition = read_composition(node, words, &known)?;
                document.compositions.insert(name, composition);
            }
            _ => {
                return Err(node.fail(
                    r#""type", "function", "context", "channel", "form", "view" or "composition""#,
                ));
            }
        }
    }
    if let Some(node) = endless_alias(&document.bodies()).and_then(|name| known.types.get(name)) {
        return Err(node.refuse(Problem::EndlessAlias));
    }
    Ok(document)
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

fn read_type(node: &Node<'_>, words: Words<'_>, known: &Names<'_>) -> Result<Type> {
    let description = words.all(read_description)?;
    let body = node.inside(|children| children.next("a type's body"))?;
    let body = match body.name() {
        "struct" => read_fields(&body, known).map(Body::Struct),
        "enum" => read_enum_values(&body).map(Body::Enum),
        "alias" => read_shape(&body.only_child()?, known, BODY_DEPTH + 1).map(Body::Alias),
        _ => Err(body.fail(r#""struct", "enum" or "alias""#)),
    }?;
    Ok(Type { description, body })
}

fn read_enum_values(node: &Node<'_>) -> Result<Vec<EnumValue>> {
    node.words().end()?;
    node.inside(|children| children.some("value", read_enum_value))
}

fn read_enum_value(node: &Node<'_>) -> Result<EnumValue> {
    node.leaf(|words| {
        Ok(EnumValue {
            value: words.value("a string or an integer")?.literal()?,
            name: find_text(words, "name")?,
        })
    })
}

fn read_fields(node: &Node<'_>, known: &Names<'_>) -> Result<Vec<Field>> {
    node.words().end()?;
    let read = |node: &Node<'_>| read_field(node, known);
    node.inside(|children| read_named(children, "field", "field", read))
}

fn read_field(node: &Node<'_>, known: &Names<'_>) -> Result<Field> {
    let mut words = node.words();
    let name = words.value("a name")?.text()?.to_owned();
    let required = words.property("required")?.flag()?;
    let default = words.find_property("default").map(|word| word.scalar());
    let default = default.transpose()?;
    let description = words.all(read_description)?;
    // Two levels further in: the list of fields, and the field.
    let depth = BODY_DEPTH + 3;
    let shape = node.inside(|children| read_shape(&children.next("a shape")?, known, depth))?;
    Ok(Field {
        name,
        required,
        default,
        description,
        shape,
    })
}

fn read_function(node: &Node<'_>, mut words: Words<'_>, known: &Names<'_>) -> Result<Function> {
    let description = read_description(&mut words)?;
    let idempotent = words.all(|words| find_flag(words, "idempotent"))?;
    node.inside(|children| {
        let camel = only_text(&children.take("camel")?)?;
        let transport = only_word(&children.take("transport")?)?;
        let auth = children.find_map("auth", only_word)?;
        let context = children.find_map("context", only_text)?;
        let cache = children.find_map("cache", read_cache)?;
        let affects = read_effects(children)?;
        let merge = read_distinct(children, "merge", read_merge, is_same_slot)?;
        let errors = read_errors(children, known)?;
        let input = children.find_map("input", |node| read_type_name(node, known))?;
        let (output, nullable) = children.take("output")?.leaf(|words| {
            let name = read_reference(words, &known.types, "type")?;
            Ok((name, words.property("nullable")?.flag()?))
        })?;
        Ok(Function {
            description,
            idempotent,
            camel,
            transport,
            auth,
            context,
            cache,
            affects,
            merge,
            errors,
            input,
            output,
            nullable,
        })
    })
}

fn read_cache(node: &Node<'_>) -> Result<Cache> {
    node.leaf(|words| {
        Ok(Cache {
            ttl: words.find_count("ttl")?,
            shared: words.property("shared")?.flag()?,
        })
    })
}

fn is_same_slot(left: &Merge, right: &Merge) -> bool {
    (&left.context, &left.slot) == (&right.context, &right.slot)
}

fn read_merge(node: &Node<'_>) -> Result<Merge> {
    node.leaf(|words| {
        Ok(Merge {
            context: words.value("a context's name")?.text()?.to_owned(),
            slot: words.property("slot")?.text()?.to_owned(),
            mode: match words.property("mode")?.keyword_among(Mode::ALL)? {
                Mode::Replace => MergeMode::Replace,
                Mode::Refetch => MergeMode::Refetch,
                Mode::Upsert => MergeMode::Upsert {
                    key: words.property("key")?.text()?.to_owned(),
                    place: words.property("place")?.keyword_among(super::Place::ALL)?,
                },
            },
        })
    })
}

fn read_context(node: &Node<'_>, known: &Names<'_>) -> Result<Context> {
    let function =
        |node: &Node<'_>| node.leaf(|words| read_reference(words, &known.functions, "function"));
    let param = |node: &Node<'_>| read_param(node, known);
    node.inside(|children| {
        Ok(Context {
            functions: children.each("function", function)?,
            params: read_named(children, "param", "parameter", param)?
                .into_iter()
                .collect(),
        })
    })
}

fn read_param(node: &Node<'_>, known: &Names<'_>) -> Result<(String, Param)> {
    let mut words = node.words();
    let name = words.value("a name")?.text()?.to_owned();
    let required = words.all(|words| words.property("required")?.flag())?;
    node.inside(|children| {
        let shape = children.take("shape")?.only_child()?;
        let param = Param {
            required,
            shape: read_shape(&shape, known, PARAM_SHAPE_DEPTH)?,
            shared_by: children
                .take("shared-by")?
                .leaf(|words| read_shared_by(words, known))?,
        };
        Ok((name, param))
    })
}

fn read_shared_by(words: &mut Words<'_>, known: &Names<'_>) -> Result<BTreeSet<String>> {
    let names = std::iter::from_fn(|| words.find_value());
    names
        .map(|word| check_reference(&word, &known.functions, "function"))
        .collect()
}
