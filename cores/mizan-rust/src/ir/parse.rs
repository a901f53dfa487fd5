//! Reading the interface document: what its nodes say.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::error::{Problem, Result};
use crate::path::quoted;
use crate::shape::{Body, Field, Format, Literal, Primitive, Shape, endless_alias};
use crate::value::MAX_DEPTH;

use super::document::{AUTH_WORDS, Context, Document, Function, Param, TRANSPORTS};
use super::lines;
use super::nodes::{Children, Node, Nodes, Word};
use super::source::Source;

/// The level of plain data that a type's body stands on (document, `types`, item, body).
const BODY_DEPTH: usize = 4;
/// The level of a parameter's shape (document, `contexts`, item, `params`, item, shape).
const PARAM_SHAPE_DEPTH: usize = 6;

impl Document {
    /// Reads the text of an interface document; a value error with line and column, and what was
    /// expected there, when it is not one as [`emit`](Self::emit) writes it.
    pub fn parse(text: &str) -> Result<Self> {
        let source = Source::new(text);
        let lines = lines::read(&source)?;
        let document = read_document(Nodes::new(source, &lines).collect::<Vec<_>>().as_slice())?;
        check_canonical(&source, &document.emit())?;
        Ok(document)
    }
}

/// Everything in its canonical spelling and order, and nothing that emission would leave out.
fn check_canonical(source: &Source<'_>, canonical: &str) -> Result<()> {
    if source.text == canonical {
        return Ok(());
    }
    let mut expected = canonical.split_inclusive('\n');
    let mut offset = 0;
    for line in source.text.split_inclusive('\n') {
        let next = expected.next();
        if next != Some(line) {
            return Err(source.fail(offset, &line_name(next)));
        }
        offset += line.len();
    }
    Err(source.fail(offset, &line_name(expected.next())))
}

fn line_name(line: Option<&str>) -> String {
    line.map_or("the end of the document".into(), |line| {
        format!("the line {}", quoted(line.trim()))
    })
}

/// The names that references are checked against.
struct Names<'a> {
    types: HashMap<&'a str, Node<'a>>,
    functions: HashMap<&'a str, Node<'a>>,
}

fn read_document(nodes: &[Node<'_>]) -> Result<Document> {
    let known = Names {
        types: named(nodes, "type")?,
        functions: named(nodes, "function")?,
    };
    named(nodes, "context")?;
    let mut document = Document::default();
    for node in nodes {
        let mut words = node.words();
        let name = words.value("a name")?.text()?.to_owned();
        match node.name() {
            "type" => {
                words.end()?;
                document.types.insert(name, read_type(node, &known)?);
            }
            "function" => {
                words.end()?;
                document
                    .functions
                    .insert(name, read_function(node, &known)?);
            }
            "context" => {
                words.end()?;
                document.contexts.insert(name, read_context(node, &known)?);
            }
            _ => return Err(node.fail(r#""type", "function" or "context""#)),
        }
    }
    if let Some(node) = endless_alias(&document.types).and_then(|name| known.types.get(name)) {
        return Err(node.refuse(&Problem::EndlessAlias.to_string()));
    }
    Ok(document)
}

/// The nodes of one kind by their names, each of which may come once.
fn named<'a>(nodes: &[Node<'a>], kind: &str) -> Result<HashMap<&'a str, Node<'a>>> {
    let mut names = HashMap::new();
    for node in nodes.iter().filter(|node| node.name() == kind) {
        let word = node.words().value("a name")?;
        let name = word.text()?;
        if names.insert(name, *node).is_some() {
            return Err(word.refuse(&format!("the {kind} {} comes twice", quoted(name))));
        }
    }
    Ok(names)
}

fn read_type(node: &Node<'_>, known: &Names<'_>) -> Result<Body> {
    let mut children = node.children();
    let body = children.next("a type's body")?;
    children.end()?;
    match body.name() {
        "struct" => read_fields(&body, known).map(Body::Struct),
        "list" => read_shape(&body.only_child()?, known, BODY_DEPTH + 1).map(Body::List),
        "enum" => read_literals(&body).map(Body::Enum),
        "alias" => read_shape(&body.only_child()?, known, BODY_DEPTH + 1).map(Body::Alias),
        _ => Err(body.fail(r#""struct", "list", "enum" or "alias""#)),
    }
}

fn read_fields(node: &Node<'_>, known: &Names<'_>) -> Result<Vec<Field>> {
    node.words().end()?;
    let mut children = node.children();
    let mut names = HashSet::new();
    let mut fields = Vec::new();
    while let Some(child) = children.find("field") {
        let field = read_field(&child, known)?;
        if !names.insert(field.name.clone()) {
            return Err(child.refuse(&format!("the field {} comes twice", quoted(&field.name))));
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
    words.end()?;
    let mut children = node.children();
    // Two levels further in: the list of fields, and the field.
    let shape = read_shape(&children.next("a shape")?, known, BODY_DEPTH + 3)?;
    children.end()?;
    Ok(Field {
        name,
        required,
        default,
        shape,
    })
}

/// A shape that stands on the level `depth` of plain data.
fn read_shape(node: &Node<'_>, known: &Names<'_>, depth: usize) -> Result<Shape> {
    // An enum's values are a list of their own.
    if depth + usize::from(node.name() == "enum") > MAX_DEPTH {
        return Err(node.fail(&format!("at most {MAX_DEPTH} levels of nesting")));
    }
    let inner = || read_shape(&node.only_child()?, known, depth + 1).map(Box::new);
    match node.name() {
        "primitive" => read_primitive(node),
        "ref" => read_reference(node, known),
        "list" => inner().map(Shape::List),
        "map" => inner().map(Shape::Map),
        "optional" => inner().map(Shape::Optional),
        "enum" => read_literals(node).map(Shape::Enum),
        "union" => read_union(node, known, depth).map(Shape::Union),
        "any" => read_bare(node, Shape::Any),
        "null" => read_bare(node, Shape::Null),
        "upload" => read_bare(node, Shape::Upload),
        _ => Err(node.fail("a shape")),
    }
}

fn read_primitive(node: &Node<'_>) -> Result<Shape> {
    let mut words = node.leaf()?;
    let name = words
        .value("the primitive's name")?
        .keyword::<Primitive>()?;
    let format = words
        .find_property("format")
        .map(|word| word.keyword::<Format>())
        .transpose()?;
    words.end()?;
    Ok(Shape::Primitive { name, format })
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

fn read_union(node: &Node<'_>, known: &Names<'_>, depth: usize) -> Result<Vec<Shape>> {
    node.words().end()?;
    let mut children = node.children();
    let mut items = Vec::new();
    while let Some(child) = children.find_any() {
        items.push(read_shape(&child, known, depth + 2)?);
    }
    if items.len() < 2 {
        return Err(node.fail("two shapes at least inside this node"));
    }
    Ok(items)
}

fn read_function(node: &Node<'_>, known: &Names<'_>) -> Result<Function> {
    let mut children = node.children();
    let camel = only_text(&children.take("camel")?)?;
    let transport = only_word(&children.take("transport")?, &TRANSPORTS)?;
    let auth = children
        .find("auth")
        .map(|node| only_word(&node, &AUTH_WORDS))
        .transpose()?;
    let context = children
        .find("context")
        .map(|node| only_text(&node))
        .transpose()?;
    let affects = read_distinct(&mut children, "affects", read_effect)?;
    let merge = read_distinct(&mut children, "merge", read_merge)?;
    let input = children
        .find("input")
        .map(|node| read_input(&node, known))
        .transpose()?;
    let (output, nullable) = read_output(&children.take("output")?, known)?;
    children.end()?;
    Ok(Function {
        camel,
        transport,
        auth,
        context,
        affects,
        merge,
        input,
        output,
        nullable,
    })
}

fn only_text(node: &Node<'_>) -> Result<String> {
    let mut words = node.leaf()?;
    let text = words.value("a string")?.text()?;
    words.end()?;
    Ok(text.to_owned())
}

fn only_word(node: &Node<'_>, among: &[&'static str]) -> Result<&'static str> {
    let mut words = node.leaf()?;
    let word = words
        .value(&format!("one of {}", among.join(", ")))?
        .one_of(among)?;
    words.end()?;
    Ok(word)
}

/// The nodes of that name that come next, none of which says what another one does.
fn read_distinct<'a, T: PartialEq>(
    children: &mut Children<'a>,
    name: &str,
    read: impl Fn(&Node<'a>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut items = Vec::new();
    while let Some(node) = children.find(name) {
        let item = read(&node)?;
        if items.contains(&item) {
            return Err(node.refuse("this comes twice"));
        }
        items.push(item);
    }
    Ok(items)
}

fn read_effect(node: &Node<'_>) -> Result<(String, Option<String>)> {
    let mut words = node.leaf()?;
    let context = words.value("a context's name")?.text()?.to_owned();
    let function = words
        .find_property("function")
        .map(|word| word.text())
        .transpose()?;
    words.end()?;
    Ok((context, function.map(str::to_owned)))
}

fn read_merge(node: &Node<'_>) -> Result<(String, String)> {
    let mut words = node.leaf()?;
    let context = words.value("a context's name")?.text()?.to_owned();
    let slot = words.property("slot")?.text()?.to_owned();
    words.end()?;
    Ok((context, slot))
}

fn read_input(node: &Node<'_>, known: &Names<'_>) -> Result<String> {
    let mut words = node.leaf()?;
    let name = check_reference(&words.value("a type's name")?, &known.types, "type")?;
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
            return Err(child.refuse(&format!("the parameter {} comes twice", quoted(&name))));
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
fn check_reference(word: &Word<'_>, known: &HashMap<&str, Node<'_>>, kind: &str) -> Result<String> {
    let name = word.text()?;
    if !known.contains_key(name) {
        return Err(word.refuse(&format!("no {kind} is named {}", quoted(name))));
    }
    Ok(name.to_owned())
}
