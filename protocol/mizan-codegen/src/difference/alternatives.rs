//! What a shape stands for: its names followed, its unions taken apart.

use std::collections::HashSet;

use mizan_core::constraints::{Constraints, Format, Scalar};
use mizan_core::ir::Document;
use mizan_core::shape::{Body, Field, Literal, Primitive, Shape};

/// What a value may be.
#[derive(Debug, Default)]
pub struct Alternatives<'a> {
    /// Whether it may be null.
    pub null: bool,
    /// Whether it may be anything; then the others say nothing.
    pub any: bool,
    /// The field that tells structs apart.
    pub discriminator: Option<&'a str>,
    /// What it may be else, values of enums together at the place of the first.
    pub items: Vec<Alternative<'a>>,
}

/// One of the things that a value may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Alternative<'a> {
    /// A struct, with the name of its type.
    Struct(&'a str, &'a [Field]),
    /// One of these values.
    Values(Vec<&'a Literal>),
    /// A scalar.
    Scalar(&'a Primitive),
    /// A list.
    List(&'a Shape, &'a Constraints),
    /// An object of any keys.
    Map(&'a Shape, &'a Constraints),
    /// A list of so many items.
    Tuple(&'a [Shape]),
    /// A file.
    Upload(&'a Constraints),
}

/// What two alternatives have in common that may be compared.
#[derive(PartialEq)]
pub enum Likeness<'a> {
    Struct(&'a str),
    Values,
    Scalar(Scalar, Option<Format>),
    List,
    Map,
    Tuple(usize),
    Upload,
}

impl<'a> Alternatives<'a> {
    /// What `shape` stands for in `document`.
    pub fn of(document: &'a Document, shape: &'a Shape) -> Self {
        let mut found = Self::default();
        let (mut waiting, mut seen) = (vec![shape], HashSet::new());
        while let Some(shape) = waiting.pop() {
            found.add(document, shape, &mut waiting, &mut seen);
        }
        found
    }

    /// What the type of that name stands for.
    pub fn named(document: &'a Document, name: &'a str) -> Self {
        let mut found = Self::default();
        let (mut waiting, mut seen) = (Vec::new(), HashSet::from([name]));
        found.add_named(document, name, &mut waiting);
        while let Some(shape) = waiting.pop() {
            found.add(document, shape, &mut waiting, &mut seen);
        }
        found
    }

    /// Takes in a shape; what it stands for is put upon `waiting`, the first one last.
    fn add(
        &mut self,
        document: &'a Document,
        shape: &'a Shape,
        waiting: &mut Vec<&'a Shape>,
        seen: &mut HashSet<&'a str>,
    ) {
        match shape {
            Shape::Optional(inner) => {
                self.null = true;
                waiting.push(inner);
            }
            Shape::Null => self.null = true,
            Shape::Any => (self.any, self.null) = (true, true),
            Shape::Union(union) => {
                self.discriminator = self.discriminator.or(union.discriminator.as_deref());
                waiting.extend(union.items.iter().rev());
            }
            Shape::Ref(name) if seen.insert(name) => self.add_named(document, name, waiting),
            Shape::Ref(_) => {}
            Shape::Enum(values) => self.add_values(values.iter()),
            Shape::Primitive(primitive) => self.items.push(Alternative::Scalar(primitive)),
            Shape::List(item, limits) => self.items.push(Alternative::List(item, limits)),
            Shape::Map(value, limits) => self.items.push(Alternative::Map(value, limits)),
            Shape::Tuple(items) => self.items.push(Alternative::Tuple(items)),
            Shape::Upload(limits) => self.items.push(Alternative::Upload(limits)),
        }
    }

    fn add_named(&mut self, document: &'a Document, name: &'a str, waiting: &mut Vec<&'a Shape>) {
        match document.body(name) {
            Some(Body::Struct(fields)) => self.items.push(Alternative::Struct(name, fields)),
            Some(Body::Enum(values)) => self.add_values(values.iter().map(|value| &value.value)),
            Some(Body::Alias(shape)) => waiting.push(shape),
            None => {}
        }
    }

    fn add_values(&mut self, more: impl Iterator<Item = &'a Literal>) {
        for item in &mut self.items {
            if let Alternative::Values(values) = item {
                values.extend(more);
                return;
            }
        }
        self.items.push(Alternative::Values(more.collect()));
    }

    /// Whether every one of them says of itself, in that field, which it is.
    pub fn all_say(&self, field: &str) -> bool {
        self.items.iter().all(|item| match item {
            Alternative::Struct(_, fields) => {
                fields.iter().any(|own| own.name == field && own.required)
            }
            _ => false,
        })
    }
}

impl<'a> Alternative<'a> {
    /// What it is compared by.
    pub fn likeness(&self) -> Likeness<'a> {
        match self {
            Self::Struct(name, _) => Likeness::Struct(name),
            Self::Values(_) => Likeness::Values,
            Self::Scalar(primitive) => Likeness::Scalar(primitive.scalar, form(primitive)),
            Self::List(..) => Likeness::List,
            Self::Map(..) => Likeness::Map,
            Self::Tuple(items) => Likeness::Tuple(items.len()),
            Self::Upload(_) => Likeness::Upload,
        }
    }
}

/// How a scalar is written. That an integer may be large is a limit, and no other form.
pub fn form(primitive: &Primitive) -> Option<Format> {
    primitive.format.filter(|format| *format != Format::Int64)
}

/// Those that are alike, each of `before` with the first one of `after` that is left; then what is left of both. Where that is
/// one on each side, it is the same one, changed.
pub fn paired<'a, 'b>(
    before: Vec<Alternative<'a>>,
    after: Vec<Alternative<'b>>,
) -> (
    Vec<(Alternative<'a>, Alternative<'b>)>,
    Vec<Alternative<'a>>,
    Vec<Alternative<'b>>,
) {
    let mut left = after;
    let (mut pairs, mut gone) = (Vec::new(), Vec::new());
    let mut others = Vec::new();
    for one in before {
        match left.iter().position(|other| *other == one) {
            Some(index) => pairs.push((one, left.remove(index))),
            None => others.push(one),
        }
    }
    for one in others {
        match left
            .iter()
            .position(|other| other.likeness() == one.likeness())
        {
            Some(index) => pairs.push((one, left.remove(index))),
            None => gone.push(one),
        }
    }
    if gone.len() == 1 && left.len() == 1 {
        pairs.extend(gone.drain(..).zip(left.drain(..)));
    }
    (pairs, gone, left)
}
