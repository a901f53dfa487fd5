//! Reading the interface document: what its nodes say.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use crate::constraints::{
    Allowed, Constraints, Format, LENGTHS, Scalar, UPLOADS, count, expected_count,
};
use crate::error::{Problem, Result};
use crate::graph::{MergeMode, mode::Mode};
use crate::keyword::{Keyword, expected};
use crate::path::quoted;
use crate::shape::{Body, EnumValue, Field, Literal, Primitive, Shape, Union, endless_alias};
use crate::value::MAX_DEPTH;

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

fn read_type(node: &Node<'_>, mut words: Words<'_>, known: &Names<'_>) -> Result<Type> {
    let description = find_text(&mut words, "description")?;
    words.end()?;
    let mut children = node.children();
    let body = children.next("a type's body")?;
    children.end()?;
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

fn read_enum_values(node: &Node<'_>) -> Result<Vec<EnumValue>> {
    node.words().end()?;
    let mut children = node.children();
    let mut values = vec![read_enum_value(&children.take("value")?)?];
    while let Some(child) = children.find("value") {
        values.push(read_enum_value(&child)?);
    }
    children.end()?;
    Ok(values)
}

fn read_enum_value(node: &Node<'_>) -> Result<EnumValue> {
    let mut words = node.leaf()?;
    let value = words.value("a string or an integer")?.literal()?;
    let name = find_text(&mut words, "name")?;
    words.end()?;
    Ok(EnumValue { value, name })
}

fn read_fields(node: &Node<'_>, known: &Names<'_>) -> Result<Vec<Field>> {
    node.words().end()?;
    let mut children = node.children();
    let mut names = HashSet::new();
    let mut fields = Vec::new();
    while let Some(child) = children.find("field") {
        let field = read_field(&child, known)?;
        if !names.insert(field.name.clone()) {
            let (kind, name) = ("field", field.name);
            return Err(child.refuse(Problem::Repeated { kind, name }));
        }
        fields.push(field);
    }
    children.end()?;
    Ok(fields)
}

fn read_field(node: &Node<'_>, known: &Names<'_>) -> Result<Field> {
    let mut words = node.words();
    let name = words.value("a name")?.text()?.to_owned();
    let required = words.property("required")?.flag()?;
    let default = words
        .find_property("default")
        .map(|word| word.scalar())
        .transpose()?;
    let description = find_text(&mut words, "description")?;
    words.end()?;
    let mut children = node.children();
    // Two levels further in: the list of fields, and the field.
    let shape = read_shape(&children.next("a shape")?, known, BODY_DEPTH + 3)?;
    children.end()?;
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
        "primitive" => read_primitive(node).map(Shape::Primitive),
        "ref" => read_reference(node, known),
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
        "enum" => read_literals(node).map(Shape::Enum),
        "union" => read_union(node, known, depth).map(Shape::Union),
        "any" => read_bare(node, Shape::Any),
        "null" => read_bare(node, Shape::Null),
        "upload" => {
            let mut words = node.leaf()?;
            let constraints = read_constraints(&mut words, UPLOADS)?;
            words.end()?;
            Ok(Shape::Upload(constraints))
        }
        _ => Err(node.fail("a shape")),
    }
}

fn read_primitive(node: &Node<'_>) -> Result<Primitive> {
    let mut words = node.leaf()?;
    let scalar = words
        .value("the primitive's name")?
        .keyword_among(Scalar::ALL)?;
    let formats = Format::all(scalar);
    let format = match words.find_property("format") {
        Some(word) if !formats.is_empty() => Some(word.keyword_among(formats)?),
        Some(word) => return Err(word.fail("no format here")),
        None => None,
    };
    let constraints = read_constraints(&mut words, Allowed::of(scalar, format))?;
    words.end()?;
    Ok(Primitive {
        scalar,
        format,
        constraints,
    })
}

fn read_constraints(words: &mut Words<'_>, allowed: Allowed) -> Result<Constraints> {
    let mut constraints = Constraints::new();
    for constraint in allowed.constraints {
        let Some(word) = words.find_property(constraint.as_str()) else {
            continue;
        };
        let value = word.scalar()?;
        if let Some(expected) = allowed.problem(*constraint, &value) {
            return Err(word.fail(&expected));
        }
        constraints.insert(*constraint, value);
    }
    Ok(constraints)
}

fn read_container(
    node: &Node<'_>,
    known: &Names<'_>,
    depth: usize,
) -> Result<(Box<Shape>, Constraints)> {
    let mut words = node.words();
    let constraints = read_constraints(&mut words, LENGTHS)?;
    words.end()?;
    let mut children = node.children();
    let inner = read_shape(&children.next("a shape")?, known, depth + 1)?;
    children.end()?;
    Ok((inner.into(), constraints))
}

fn read_reference(node: &Node<'_>, known: &Names<'_>) -> Result<Shape> {
    let mut words = node.leaf()?;
    let name = check_reference(&words.value("a type's name")?, &known.types, "type")?;
    words.end()?;
    Ok(Shape::Ref(name))
}

fn read_bare(node: &Node<'_>, shape: Shape) -> Result<Shape> {
    node.leaf()?.end()?;
    Ok(shape)
}

fn read_literals(node: &Node<'_>) -> Result<Vec<Literal>> {
    let mut words = node.leaf()?;
    let mut values = vec![words.value("a string or an integer")?.literal()?];
    while let Some(word) = words.find_value() {
        values.push(word.literal()?);
    }
    words.end()?;
    Ok(values)
}

fn read_union(node: &Node<'_>, known: &Names<'_>, depth: usize) -> Result<Union> {
    let mut words = node.words();
    let discriminator = find_text(&mut words, "discriminator")?;
    words.end()?;
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
    let mut children = node.children();
    let mut items = Vec::new();
    while let Some(child) = children.find_any() {
        items.push(read_shape(&child, known, depth + 2)?);
    }
    Ok(items)
}

fn read_function(node: &Node<'_>, mut words: Words<'_>, known: &Names<'_>) -> Result<Function> {
    let description = find_text(&mut words, "description")?;
    let idempotent = find_flag(&mut words, "idempotent")?;
    words.end()?;
    let mut children = node.children();
    let camel = only_text(&children.take("camel")?)?;
    let transport = only_word(&children.take("transport")?)?;
    let auth = find_word(&mut children, "auth")?;
    let context = children.find("context").map(|node| only_text(&node));
    let cache = children.find("cache").map(|node| read_cache(&node));
    let affects = read_effects(&mut children)?;
    let merge = read_distinct(&mut children, "merge", read_merge, is_same_slot)?;
    let errors = read_errors(&mut children, known)?;
    let input = children
        .find("input")
        .map(|node| read_type_name(&node, known));
    let (output, nullable) = read_output(&children.take("output")?, known)?;
    children.end()?;
    Ok(Function {
        description,
        idempotent,
        camel,
        transport,
        auth,
        context: context.transpose()?,
        cache: cache.transpose()?,
        affects,
        merge,
        errors,
        input: input.transpose()?,
        output,
        nullable,
    })
}

pub(super) fn find_flag(words: &mut Words<'_>, property: &str) -> Result<bool> {
    words
        .find_property(property)
        .map_or(Ok(false), |word| word.flag())
}

pub(super) fn find_word<K: Keyword>(children: &mut Children<'_>, name: &str) -> Result<Option<K>> {
    children.find(name).map(|node| only_word(&node)).transpose()
}

pub(super) fn only_text(node: &Node<'_>) -> Result<String> {
    let mut words = node.leaf()?;
    let text = words.value("a string")?.text()?;
    words.end()?;
    Ok(text.to_owned())
}

fn only_word<K: Keyword>(node: &Node<'_>) -> Result<K> {
    let mut words = node.leaf()?;
    let word = words.value(&expected(K::ALL))?.keyword_among(K::ALL)?;
    words.end()?;
    Ok(word)
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
    let mut words = node.leaf()?;
    let ttl = words.find_property("ttl").map(|word| {
        let seconds = count(&word.scalar()?);
        seconds.ok_or_else(|| word.fail(&expected_count()))
    });
    let ttl = ttl.transpose()?;
    let shared = words.property("shared")?.flag()?;
    words.end()?;
    Ok(Cache { ttl, shared })
}

fn read_effect(node: &Node<'_>) -> Result<Effect> {
    let mut words = node.leaf()?;
    let context = words.value("a context's name")?.text()?.to_owned();
    let function = find_text(&mut words, "function")?;
    words.end()?;
    Ok(Effect { context, function })
}

fn is_same_slot(left: &Merge, right: &Merge) -> bool {
    (&left.context, &left.slot) == (&right.context, &right.slot)
}

fn read_merge(node: &Node<'_>) -> Result<Merge> {
    let mut words = node.leaf()?;
    let context = words.value("a context's name")?.text()?.to_owned();
    let slot = words.property("slot")?.text()?.to_owned();
    let mode = match words.property("mode")?.keyword_among(Mode::ALL)? {
        Mode::Replace => MergeMode::Replace,
        Mode::Refetch => MergeMode::Refetch,
        Mode::Upsert => MergeMode::Upsert {
            key: words.property("key")?.text()?.to_owned(),
            place: words.property("place")?.keyword_among(super::Place::ALL)?,
        },
    };
    words.end()?;
    Ok(Merge {
        context,
        slot,
        mode,
    })
}

/// The name of a type, the only word of a node.
pub(super) fn read_type_name(node: &Node<'_>, known: &Names<'_>) -> Result<String> {
    let mut words = node.leaf()?;
    let name = check_reference(&words.value("a type's name")?, &known.types, "type")?;
    words.end()?;
    Ok(name)
}

pub(super) fn read_context_name(node: &Node<'_>, known: &Names<'_>) -> Result<String> {
    let mut words = node.leaf()?;
    let name = check_reference(
        &words.value("a context's name")?,
        &known.contexts,
        "context",
    )?;
    words.end()?;
    Ok(name)
}

fn read_output(node: &Node<'_>, known: &Names<'_>) -> Result<(String, bool)> {
    let mut words = node.leaf()?;
    let name = check_reference(&words.value("a type's name")?, &known.types, "type")?;
    let nullable = words.property("nullable")?.flag()?;
    words.end()?;
    Ok((name, nullable))
}

fn read_context(node: &Node<'_>, known: &Names<'_>) -> Result<Context> {
    let mut children = node.children();
    let mut context = Context::default();
    while let Some(child) = children.find("function") {
        let mut words = child.leaf()?;
        let name = words.value("a function's name")?;
        context
            .functions
            .insert(check_reference(&name, &known.functions, "function")?);
        words.end()?;
    }
    while let Some(child) = children.find("param") {
        let (name, param) = read_param(&child, known)?;
        if context.params.contains_key(&name) {
            let kind = "parameter";
            return Err(child.refuse(Problem::Repeated { kind, name }));
        }
        context.params.insert(name, param);
    }
    children.end()?;
    Ok(context)
}

fn read_param(node: &Node<'_>, known: &Names<'_>) -> Result<(String, Param)> {
    let mut words = node.words();
    let name = words.value("a name")?.text()?.to_owned();
    let required = words.property("required")?.flag()?;
    words.end()?;
    let mut children = node.children();
    let shape = children.take("shape")?.only_child()?;
    let shape = read_shape(&shape, known, PARAM_SHAPE_DEPTH)?;
    let shared_by = read_shared_by(&children.take("shared-by")?, known)?;
    children.end()?;
    Ok((
        name,
        Param {
            required,
            shape,
            shared_by,
        },
    ))
}

fn read_shared_by(node: &Node<'_>, known: &Names<'_>) -> Result<BTreeSet<String>> {
    let mut words = node.leaf()?;
    let mut names = BTreeSet::new();
    while let Some(word) = words.find_value() {
        names.insert(check_reference(&word, &known.functions, "function")?);
    }
    words.end()?;
    Ok(names)
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
