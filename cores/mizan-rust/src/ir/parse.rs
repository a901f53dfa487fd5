//! Reading the interface document: what its nodes say.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use crate::constraints::{Allowed, Constraint, Constraints, Format, LENGTHS, Scalar, UPLOADS};
use crate::error::{Problem, Result};
use crate::graph::{MergeMode, mode::Mode};
use crate::keyword::{Keyword, expected};
use crate::path::quoted;
use crate::shape::{Body, EnumValue, Field, Literal, Primitive, Shape, Union, endless_alias};
use crate::value::{MAX_DEPTH, Value};

use super::VERSION;
use super::document::{Cache, Context, Document, Effect, Function, Merge, Param, Type};
use super::lines::{self, Line};
use super::nodes::{Children, Node, Nodes, Word, Words};
use super::parts::parse::{read_channel, read_composition, read_errors, read_form, read_view};
use super::source::Source;

/// The level of plain data that a type's body stands on (document, `types`, item, body).
const BODY_DEPTH: usize = 4;
/// The level of a parameter's shape (document, `contexts`, item, `params`, item, shape).
const PARAM_SHAPE_DEPTH: usize = 6;
/// The level of the shape of a form's field (document, `forms`, item, `fields`, item, shape).
pub(super) const FORM_SHAPE_DEPTH: usize = 6;

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

/// The names that references are checked against.
pub(super) struct Names<'a> {
    types: HashMap<&'a str, Node<'a>>,
    functions: HashMap<&'a str, Node<'a>>,
    contexts: HashMap<&'a str, Node<'a>>,
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

pub(super) fn find_text(words: &mut Words<'_>, property: &str) -> Result<Option<String>> {
    words
        .find_property(property)
        .map(|word| Ok(word.text()?.to_owned()))
        .transpose()
}

pub(super) fn read_description(words: &mut Words<'_>) -> Result<Option<String>> {
    find_text(words, "description")
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

/// The nodes of that name that come next, each of which has a name of its own.
pub(super) fn read_named<'a, T>(
    children: &mut Children<'a>,
    node: &str,
    kind: &'static str,
    read: impl Fn(&Node<'a>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut names = HashSet::new();
    children.each(node, |node| {
        let item = read(node)?;
        let name = node.words().value("a name")?.text()?;
        if names.insert(name) {
            return Ok(item);
        }
        let name = name.to_owned();
        Err(node.refuse(Problem::Repeated { kind, name }))
    })
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

/// A shape that stands on the level `depth` of plain data.
pub(super) fn read_shape(node: &Node<'_>, known: &Names<'_>, depth: usize) -> Result<Shape> {
    // An enum's values are a list of their own, as are a tuple's items.
    let holds_list = matches!(node.name(), "enum" | "tuple");
    if depth + usize::from(holds_list) > MAX_DEPTH {
        return Err(node.fail(&format!("at most {MAX_DEPTH} levels of nesting")));
    }
    match node.name() {
        "primitive" => node.leaf(read_primitive).map(Shape::Primitive),
        "ref" => read_type_name(node, known).map(Shape::Ref),
        "list" => read_container(node, known, depth)
            .map(|(item, constraints)| Shape::List(item, constraints)),
        "map" => read_container(node, known, depth)
            .map(|(value, constraints)| Shape::Map(value, constraints)),
        "tuple" => {
            node.words().end()?;
            read_items(node, known, depth).map(Shape::Tuple)
        }
        "optional" => read_shape(&node.only_child()?, known, depth + 1)
            .map(|item| Shape::Optional(item.into())),
        "enum" => node.leaf(read_literals).map(Shape::Enum),
        "union" => read_union(node, known, depth).map(Shape::Union),
        "any" => node.leaf(|_| Ok(Shape::Any)),
        "null" => node.leaf(|_| Ok(Shape::Null)),
        "upload" => node
            .leaf(|words| read_constraints(words, UPLOADS))
            .map(Shape::Upload),
        _ => Err(node.fail("a shape")),
    }
}

fn read_primitive(words: &mut Words<'_>) -> Result<Primitive> {
    let scalar = words
        .value("the primitive's name")?
        .keyword_among(Scalar::ALL)?;
    let formats = Format::all(scalar);
    let format = match words.find_property("format") {
        Some(word) if !formats.is_empty() => Some(word.keyword_among(formats)?),
        Some(word) => return Err(word.fail("no format here")),
        None => None,
    };
    Ok(Primitive {
        scalar,
        format,
        constraints: read_constraints(words, Allowed::of(scalar, format))?,
    })
}

fn read_constraints(words: &mut Words<'_>, allowed: Allowed) -> Result<Constraints> {
    let mut constraints = Constraints::new();
    for constraint in allowed.constraints {
        if let Some(word) = words.find_property(constraint.as_str()) {
            constraints.insert(*constraint, read_constraint(&word, allowed, *constraint)?);
        }
    }
    Ok(constraints)
}

pub(super) fn read_constraint(
    word: &Word<'_>,
    allowed: Allowed,
    constraint: Constraint,
) -> Result<Value> {
    let value = word.scalar()?;
    match allowed.problem(constraint, &value) {
        Some(expected) => Err(word.fail(&expected)),
        None => Ok(value),
    }
}

fn read_container(
    node: &Node<'_>,
    known: &Names<'_>,
    depth: usize,
) -> Result<(Box<Shape>, Constraints)> {
    let constraints = node.words().all(|words| read_constraints(words, LENGTHS))?;
    let inner = node.inside(|children| read_shape(&children.next("a shape")?, known, depth + 1))?;
    Ok((inner.into(), constraints))
}

fn read_literals(words: &mut Words<'_>) -> Result<Vec<Literal>> {
    let mut values = vec![words.value("a string or an integer")?.literal()?];
    while let Some(word) = words.find_value() {
        values.push(word.literal()?);
    }
    Ok(values)
}

fn read_union(node: &Node<'_>, known: &Names<'_>, depth: usize) -> Result<Union> {
    let discriminator = node
        .words()
        .all(|words| find_text(words, "discriminator"))?;
    let items = read_items(node, known, depth)?;
    if items.len() < 2 {
        return Err(node.fail("two shapes at least inside this node"));
    }
    Ok(Union {
        items,
        discriminator,
    })
}

fn read_items(node: &Node<'_>, known: &Names<'_>, depth: usize) -> Result<Vec<Shape>> {
    node.inside(|children| {
        std::iter::from_fn(|| children.find_any())
            .map(|child| read_shape(&child, known, depth + 2))
            .collect()
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

pub(super) fn find_flag(words: &mut Words<'_>, property: &str) -> Result<bool> {
    words
        .find_property(property)
        .map_or(Ok(false), |word| word.flag())
}

pub(super) fn only_text(node: &Node<'_>) -> Result<String> {
    node.leaf(|words| Ok(words.value("a string")?.text()?.to_owned()))
}

pub(super) fn only_word<K: Keyword>(node: &Node<'_>) -> Result<K> {
    node.leaf(|words| words.value(&expected(K::ALL))?.keyword_among(K::ALL))
}

/// The nodes of that name that come next, none of which says what another one does.
fn read_distinct<'a, T>(
    children: &mut Children<'a>,
    name: &str,
    read: impl Fn(&Node<'a>) -> Result<T>,
    is_same: impl Fn(&T, &T) -> bool,
) -> Result<Vec<T>> {
    let mut items = Vec::new();
    while let Some(node) = children.find(name) {
        let item = read(&node)?;
        if items.iter().any(|known| is_same(known, &item)) {
            return Err(node.refuse(Problem::rule("this comes twice")));
        }
        items.push(item);
    }
    Ok(items)
}

/// The effects that come next.
pub(super) fn read_effects(children: &mut Children<'_>) -> Result<Vec<Effect>> {
    read_distinct(children, "affects", read_effect, PartialEq::eq)
}

fn read_cache(node: &Node<'_>) -> Result<Cache> {
    node.leaf(|words| {
        Ok(Cache {
            ttl: words.find_count("ttl")?,
            shared: words.property("shared")?.flag()?,
        })
    })
}

fn read_effect(node: &Node<'_>) -> Result<Effect> {
    node.leaf(|words| {
        Ok(Effect {
            context: words.value("a context's name")?.text()?.to_owned(),
            function: find_text(words, "function")?,
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

/// The name of a type, the only word of a node.
pub(super) fn read_type_name(node: &Node<'_>, known: &Names<'_>) -> Result<String> {
    node.leaf(|words| read_reference(words, &known.types, "type"))
}

pub(super) fn read_context_name(node: &Node<'_>, known: &Names<'_>) -> Result<String> {
    node.leaf(|words| read_reference(words, &known.contexts, "context"))
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

/// The name that comes next, which must be among `known`.
fn read_reference(
    words: &mut Words<'_>,
    known: &HashMap<&str, Node<'_>>,
    kind: &'static str,
) -> Result<String> {
    check_reference(&words.value(&format!("a {kind}'s name"))?, known, kind)
}

/// The name at `word`, which must be among `known`.
fn check_reference(
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
