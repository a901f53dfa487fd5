//! Shapes as nodes: written and read.

use crate::constraints::{Allowed, Constraint, Constraints, Format, LENGTHS, Scalar, UPLOADS};
use crate::error::Result;
use crate::keyword::Keyword;
use crate::shape::{Literal, Primitive, Shape, Union};
use crate::value::{MAX_DEPTH, Value};

use super::names::{Names, Reference};
use super::nodes::{Node, Word, Words};
use super::words::Written;
use super::writer::{Line, Writer};

pub(super) fn write_shape(writer: &mut Writer, shape: &Shape) {
    match shape {
        Shape::Primitive(primitive) => write_primitive(writer, primitive),
        Shape::Ref(name) => writer.node("ref").word(name).end(),
        Shape::List(item, constraints) => {
            write_constraints(writer.node("list"), constraints)
                .block(|writer| write_shape(writer, item));
        }
        Shape::Map(value, constraints) => {
            write_constraints(writer.node("map"), constraints)
                .block(|writer| write_shape(writer, value));
        }
        Shape::Tuple(items) => writer
            .node("tuple")
            .block(|writer| write_shapes(writer, items)),
        Shape::Optional(item) => write_wrapped(writer, "optional", item),
        Shape::Enum(values) => values.iter().fold(writer.node("enum"), Line::word).end(),
        Shape::Union(Union {
            items,
            discriminator,
        }) => writer
            .node("union")
            .optional("discriminator", discriminator.as_ref())
            .block(|writer| write_shapes(writer, items)),
        Shape::Any => writer.node("any").end(),
        // The bare word is reserved in KDL v2.
        Shape::Null => writer.node("\"null\"").end(),
        Shape::Upload(constraints) => write_constraints(writer.node("upload"), constraints).end(),
    }
}

fn write_shapes(writer: &mut Writer, shapes: &[Shape]) {
    for shape in shapes {
        write_shape(writer, shape);
    }
}

fn write_primitive(writer: &mut Writer, primitive: &Primitive) {
    let line = writer.node("primitive").word(&primitive.scalar);
    let line = line.optional("format", primitive.format.as_ref());
    write_constraints(line, &primitive.constraints).end();
}

pub(super) fn write_wrapped(writer: &mut Writer, name: &str, shape: &Shape) {
    writer.node(name).block(|writer| write_shape(writer, shape));
}

fn write_constraints<'w>(line: Line<'w>, constraints: &Constraints) -> Line<'w> {
    let write = |line: Line<'w>, (constraint, value): (&Constraint, &Value)| {
        line.property(constraint.as_str(), value)
    };
    constraints.iter().fold(line, write)
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
        "ref" => node
            .leaf(|words| Reference::Type.read(words, known))
            .map(Shape::Ref),
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
    let discriminator = node.words().all(|words| {
        let found = words.find_property("discriminator");
        found.map(|word| String::read(&word)).transpose()
    })?;
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
