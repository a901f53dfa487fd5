//! Differences between shapes.

use std::collections::{BTreeSet, HashSet};

use mizan_core::constraints::{Constraints, Format, Scalar};
use mizan_core::ir::Document;
use mizan_core::shape::{Body, Field, Literal, Primitive, Shape};

use super::constraints::{Limits, compare};
use super::{Changes, Class};

/// Who makes the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Clients.
    Sent,
    /// The server.
    Received,
}

impl Direction {
    /// What it means that there are more values than before.
    const fn widened(self) -> Class {
        match self {
            Self::Sent => Class::Compatible,
            Self::Received => Class::Breaking,
        }
    }

    /// What it means that there are fewer.
    const fn narrowed(self) -> Class {
        match self {
            Self::Sent => Class::Breaking,
            Self::Received => Class::Compatible,
        }
    }
}

/// Two interfaces whose shapes are compared.
pub struct Comparison<'a> {
    old: &'a Document,
    new: &'a Document,
    changes: &'a mut Changes,
    /// The pairs of types that have been compared, or are being compared.
    seen: HashSet<(String, String, Direction)>,
}

/// A shape with its names replaced by what they stand for, and without null.
enum Resolved<'a> {
    Struct(&'a [Field]),
    Values(Vec<&'a Literal>),
    Other(&'a Shape),
}

impl<'a> Comparison<'a> {
    /// A comparison that has found nothing yet.
    pub fn new(old: &'a Document, new: &'a Document, changes: &'a mut Changes) -> Self {
        Self {
            old,
            new,
            changes,
            seen: HashSet::new(),
        }
    }

    /// The arguments of a function.
    pub fn inputs(&mut self, before: Option<&str>, after: Option<&str>) {
        let (old, new) = (self.old, self.new);
        self.fields(
            Direction::Sent,
            "argument ",
            fields_of(old, before),
            fields_of(new, after),
        );
    }

    /// The result of a function, and whether it may be null.
    pub fn outputs(&mut self, before: (&str, bool), after: (&str, bool)) {
        self.null(Direction::Received, "the result", before.1, after.1);
        let (before, after) = (
            Shape::Ref(before.0.to_owned()),
            Shape::Ref(after.0.to_owned()),
        );
        let (old, new) = (self.old, self.new);
        let (before, before_null) = resolve(old, &before);
        let (after, after_null) = resolve(new, &after);
        self.null(Direction::Received, "the result", before_null, after_null);
        self.resolved(Direction::Received, "the result", &before, &after);
    }

    /// Whether something is there, and has to be.
    pub fn presence(
        &mut self,
        direction: Direction,
        place: &str,
        before: Option<bool>,
        after: Option<bool>,
    ) {
        let is_sent = direction == Direction::Sent;
        match (before, after) {
            (None, Some(true)) if is_sent => self
                .changes
                .changed(Class::Breaking, format!("{place} is new and required")),
            (None, Some(_)) => self
                .changes
                .changed(Class::Compatible, format!("{place} is new")),
            (Some(_), None) => self
                .changes
                .changed(Class::Breaking, format!("{place} is gone")),
            (Some(false), Some(true)) => self.changes.changed(
                direction.narrowed(),
                format!(
                    "{place} is {} now",
                    if is_sent { "required" } else { "always there" }
                ),
            ),
            (Some(true), Some(false)) => self.changes.changed(
                direction.widened(),
                format!(
                    "{place} {} now",
                    if is_sent {
                        "is optional"
                    } else {
                        "may be missing"
                    }
                ),
            ),
            _ => {}
        }
    }

    /// Two shapes at one place.
    pub fn shapes(&mut self, direction: Direction, place: &str, before: &Shape, after: &Shape) {
        if let (Some(one), Some(other)) = (name_of(before), name_of(after))
            && !self
                .seen
                .insert((one.to_owned(), other.to_owned(), direction))
        {
            return;
        }
        let (old, new) = (self.old, self.new);
        let (before, before_null) = resolve(old, before);
        let (after, after_null) = resolve(new, after);
        self.null(direction, place, before_null, after_null);
        self.resolved(direction, place, &before, &after);
    }

    fn null(&mut self, direction: Direction, place: &str, before: bool, after: bool) {
        match (before, after) {
            (false, true) => self
                .changes
                .changed(direction.widened(), format!("{place} may be null now")),
            (true, false) => self
                .changes
                .changed(direction.narrowed(), format!("{place} is never null now")),
            _ => {}
        }
    }

    fn resolved(
        &mut self,
        direction: Direction,
        place: &str,
        before: &Resolved<'_>,
        after: &Resolved<'_>,
    ) {
        match (before, after) {
            (Resolved::Struct(before), Resolved::Struct(after)) => {
                self.fields(direction, &format!("{place}: "), before, after);
            }
            (Resolved::Values(before), Resolved::Values(after)) => {
                self.values(direction, place, before, after);
            }
            (Resolved::Other(before), Resolved::Other(after)) => {
                self.others(direction, place, before, after);
            }
            (_, Resolved::Other(Shape::Any)) => self
                .changes
                .changed(direction.widened(), format!("{place} may be anything now")),
            (Resolved::Other(Shape::Any), _) => self.changes.changed(
                direction.narrowed(),
                format!("{place} is not anything any more"),
            ),
            _ => self.other_kind(place),
        }
    }

    fn other_kind(&mut self, place: &str) {
        self.changes
            .changed(Class::Breaking, format!("{place} is of another type now"));
    }

    fn fields(&mut self, direction: Direction, place: &str, before: &[Field], after: &[Field]) {
        let names: BTreeSet<_> = before
            .iter()
            .chain(after)
            .map(|field| &field.name)
            .collect();
        for name in names {
            let find =
                |fields: &'_ [Field]| fields.iter().find(|field| field.name == *name).cloned();
            let (before, after) = (find(before), find(after));
            let place = format!("{place}{name}");
            let required = |field: &Option<Field>| field.as_ref().map(|field| field.required);
            self.presence(direction, &place, required(&before), required(&after));
            if let (Some(before), Some(after)) = (before, after) {
                self.shapes(direction, &place, &before.shape, &after.shape);
            }
        }
    }

    fn values(
        &mut self,
        direction: Direction,
        place: &str,
        before: &[&Literal],
        after: &[&Literal],
    ) {
        let text = |value: &Literal| match value {
            Literal::Int(number) => number.to_string(),
            Literal::BigInt(digits) => digits.clone(),
            Literal::Text(text) => format!("{text:?}"),
        };
        for value in after.iter().filter(|value| !before.contains(value)) {
            self.changes.changed(
                direction.widened(),
                format!("{place} may be {} now", text(value)),
            );
        }
        for value in before.iter().filter(|value| !after.contains(value)) {
            self.changes.changed(
                direction.narrowed(),
                format!("{place} is never {} now", text(value)),
            );
        }
    }

    fn others(&mut self, direction: Direction, place: &str, before: &Shape, after: &Shape) {
        match (before, after) {
            (Shape::Primitive(before), Shape::Primitive(after)) => {
                self.primitives(direction, place, before, after);
            }
            (Shape::List(one, before), Shape::List(other, after)) => {
                self.limits(direction, place, before, after);
                self.shapes(direction, &format!("an item of {place}"), one, other);
            }
            (Shape::Map(one, before), Shape::Map(other, after)) => {
                self.limits(direction, place, before, after);
                self.shapes(direction, &format!("a value of {place}"), one, other);
            }
            (Shape::Tuple(before), Shape::Tuple(after)) if before.len() == after.len() => {
                for (index, (one, other)) in before.iter().zip(after).enumerate() {
                    self.shapes(direction, &format!("item {index} of {place}"), one, other);
                }
            }
            (Shape::Union(before), Shape::Union(after)) => {
                self.unions(direction, place, &before.items, &after.items);
            }
            (Shape::Any, Shape::Any)
            | (Shape::Null, Shape::Null)
            | (Shape::Upload(_), Shape::Upload(_)) => {}
            (_, Shape::Any) => self
                .changes
                .changed(direction.widened(), format!("{place} may be anything now")),
            (Shape::Any, _) => self.changes.changed(
                direction.narrowed(),
                format!("{place} is not anything any more"),
            ),
            (Shape::Union(before), after) => {
                self.unions(direction, place, &before.items, std::slice::from_ref(after));
            }
            (before, Shape::Union(after)) => {
                self.unions(direction, place, std::slice::from_ref(before), &after.items);
            }
            _ => self.other_kind(place),
        }
    }

    fn primitives(
        &mut self,
        direction: Direction,
        place: &str,
        before: &Primitive,
        after: &Primitive,
    ) {
        match (before.scalar, after.scalar) {
            (Scalar::Integer, Scalar::Number) => self.changes.changed(
                direction.widened(),
                format!("{place} may be a fraction now"),
            ),
            (Scalar::Number, Scalar::Integer) => self
                .changes
                .changed(direction.narrowed(), format!("{place} is an integer now")),
            (one, other) if one != other => return self.other_kind(place),
            _ => {}
        }
        // That an integer may be large is a limit, and no other form.
        let form =
            |primitive: &Primitive| primitive.format.filter(|format| *format != Format::Int64);
        if form(before) != form(after) {
            self.changes.changed(
                Class::Breaking,
                format!("{place} is written another way now"),
            );
        }
        self.limits(direction, place, &before.constraints, &after.constraints);
    }

    fn limits(
        &mut self,
        direction: Direction,
        place: &str,
        before: &Constraints,
        after: &Constraints,
    ) {
        match compare(before, after) {
            Limits::Same => {}
            Limits::Wider => self
                .changes
                .changed(Class::Compatible, format!("{place} has a wider limit now")),
            Limits::Tighter => self.changes.changed(
                direction.narrowed(),
                format!("{place} has a tighter limit now"),
            ),
        }
    }

    /// Members are alike where they are written alike; of those that are not, one on each side is the same one, changed.
    fn unions(&mut self, direction: Direction, place: &str, before: &[Shape], after: &[Shape]) {
        let without = |items: &[Shape], others: &[Shape]| -> Vec<Shape> {
            items
                .iter()
                .filter(|item| !others.contains(item))
                .cloned()
                .collect()
        };
        let alike: Vec<_> = before
            .iter()
            .filter(|item| after.contains(item))
            .cloned()
            .collect();
        for item in &alike {
            self.shapes(direction, place, item, item);
        }
        match (
            without(before, after).as_slice(),
            without(after, before).as_slice(),
        ) {
            ([one], [other]) => self.shapes(direction, place, one, other),
            (gone, new) => {
                if !new.is_empty() {
                    self.changes.changed(
                        direction.widened(),
                        format!("{place} may be of another type, too, now"),
                    );
                }
                if !gone.is_empty() {
                    self.changes.changed(
                        direction.narrowed(),
                        format!("{place} is of fewer types now"),
                    );
                }
            }
        }
    }
}

fn fields_of<'a>(document: &'a Document, name: Option<&str>) -> &'a [Field] {
    match name
        .and_then(|name| document.types.get(name))
        .map(|named| &named.body)
    {
        Some(Body::Struct(fields)) => fields,
        _ => &[],
    }
}

fn name_of(shape: &Shape) -> Option<&str> {
    match shape {
        Shape::Ref(name) => Some(name),
        Shape::Optional(inner) => name_of(inner),
        _ => None,
    }
}

/// How many names may stand for one another.
const LONGEST_CHAIN: usize = 64;

/// What a shape stands for without null, and whether it may be null.
fn resolve<'a>(document: &'a Document, shape: &'a Shape) -> (Resolved<'a>, bool) {
    let (mut shape, mut is_null) = (shape, false);
    for _ in 0..LONGEST_CHAIN {
        shape = match shape {
            Shape::Optional(inner) => {
                is_null = true;
                inner
            }
            Shape::Enum(values) => return (Resolved::Values(values.iter().collect()), is_null),
            Shape::Ref(name) => match document.types.get(name).map(|named| &named.body) {
                Some(Body::Struct(fields)) => return (Resolved::Struct(fields), is_null),
                Some(Body::Enum(values)) => {
                    return (
                        Resolved::Values(values.iter().map(|value| &value.value).collect()),
                        is_null,
                    );
                }
                Some(Body::Alias(shape)) => shape,
                None => &Shape::Any,
            },
            other => return (Resolved::Other(other), is_null),
        };
    }
    (Resolved::Other(&Shape::Any), is_null)
}
