//! Differences between shapes.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::ptr;

use mizan_core::canonical::to_vec;
use mizan_core::constraints::{Constraints, Scalar};
use mizan_core::ir::{Document, Function};
use mizan_core::shape::{Field, Literal, Primitive, Shape};

use super::alternatives::{Alternative, Alternatives, form, paired};
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
    pub const fn widened(self) -> Class {
        match self {
            Self::Sent => Class::Compatible,
            Self::Received => Class::Breaking,
        }
    }

    /// What it means that there are fewer.
    pub const fn narrowed(self) -> Class {
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
    /// The pairs of structs that have been compared.
    seen: HashSet<(&'a str, &'a str, Direction)>,
    /// The pairs of shapes that have been compared or wait for it, by where they are: types may hold themselves.
    met: HashSet<(*const Shape, *const Shape, Direction)>,
    /// What is compared next. A chain of types may be longer than the thread's stack.
    waiting: VecDeque<Task<'a>>,
}

/// Two shapes at one place.
struct Task<'a> {
    direction: Direction,
    place: String,
    before: &'a Shape,
    after: &'a Shape,
}

impl<'a> Comparison<'a> {
    /// A comparison that has found nothing yet.
    pub fn new(old: &'a Document, new: &'a Document, changes: &'a mut Changes) -> Self {
        Self {
            old,
            new,
            changes,
            seen: HashSet::new(),
            met: HashSet::new(),
            waiting: VecDeque::new(),
        }
    }

    /// What clients say by name: the arguments of a function, the parameters of a subscription.
    pub fn inputs(&mut self, what: &str, before: Option<&'a str>, after: Option<&'a str>) {
        let (before, after) = (self.old.fields(before), self.new.fields(after));
        self.fields(Direction::Sent, &format!("{what} "), before, after);
        self.settle();
    }

    /// The result of a function, and whether it may be null.
    pub fn outputs(&mut self, before: &'a Function, after: &'a Function) {
        let (old, new) = (self.old, self.new);
        let mut one = Alternatives::named(old, &before.output);
        let mut other = Alternatives::named(new, &after.output);
        one.null |= before.nullable;
        other.null |= after.nullable;
        self.renamed("the result", old, new, &before.output, &after.output);
        self.alternatives(Direction::Received, "the result", one, other);
        self.settle();
    }

    /// Types that are there or not: what a message, an error's data or a subscription consists of.
    pub fn types(
        &mut self,
        direction: Direction,
        place: &str,
        before: Option<&'a str>,
        after: Option<&'a str>,
    ) {
        match (before, after) {
            (Some(before), Some(after)) => {
                let one = Alternatives::named(self.old, before);
                let other = Alternatives::named(self.new, after);
                self.alternatives(direction, place, one, other);
                self.settle();
            }
            (Some(_), None) => self.changes.breaking(format!("{place} is gone")),
            (None, Some(_)) => self.changes.compatible(format!("{place} is new")),
            (None, None) => {}
        }
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
                .breaking(format!("{place} is new and required")),
            (None, Some(_)) => self.changes.compatible(format!("{place} is new")),
            (Some(_), None) => self.changes.breaking(format!("{place} is gone")),
            (Some(false), Some(true)) => self.narrowed(
                direction,
                format!(
                    "{place} is {} now",
                    if is_sent { "required" } else { "always there" }
                ),
            ),
            (Some(true), Some(false)) => self.widened(
                direction,
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

    fn widened(&mut self, direction: Direction, detail: String) {
        self.changes.changed(direction.widened(), detail);
    }

    fn narrowed(&mut self, direction: Direction, detail: String) {
        self.changes.changed(direction.narrowed(), detail);
    }

    /// A change that is none of shapes.
    pub fn say(&mut self, class: Class, detail: String) {
        self.changes.changed(class, detail);
    }

    /// Two shapes at one place.
    pub fn shapes(
        &mut self,
        direction: Direction,
        place: &str,
        before: &'a Shape,
        after: &'a Shape,
    ) {
        self.compare(direction, place.to_owned(), before, after);
        self.settle();
    }

    fn compare(
        &mut self,
        direction: Direction,
        place: String,
        before: &'a Shape,
        after: &'a Shape,
    ) {
        let pair = (ptr::from_ref(before), ptr::from_ref(after), direction);
        if self.met.insert(pair) {
            self.waiting.push_back(Task {
                direction,
                place,
                before,
                after,
            });
        }
    }

    /// Compares what waits for it.
    fn settle(&mut self) {
        let (old, new) = (self.old, self.new);
        while let Some(task) = self.waiting.pop_front() {
            let (before, after) = (task.before, task.after);
            if let (Shape::Ref(one), Shape::Ref(other)) = (before, after) {
                self.renamed(&task.place, old, new, one, other);
            }
            let (one, other) = (Alternatives::of(old, before), Alternatives::of(new, after));
            self.alternatives(task.direction, &task.place, one, other);
        }
    }

    /// Whether a type goes by another name, which says nothing on the wire.
    fn renamed(&mut self, place: &str, old: &Document, new: &Document, one: &str, other: &str) {
        if one != other && !new.types.contains_key(one) && !old.types.contains_key(other) {
            let detail = format!("the type of {place} is called {other} now");
            self.changes.changed(Class::Source, detail);
        }
    }

    fn alternatives(
        &mut self,
        direction: Direction,
        place: &str,
        before: Alternatives<'a>,
        after: Alternatives<'a>,
    ) {
        match (before.any, after.any) {
            (true, true) => return,
            (false, true) => {
                let detail = format!("{place} may be anything now");
                return self.widened(direction, detail);
            }
            (true, false) => {
                let detail = format!("{place} is not anything any more");
                return self.narrowed(direction, detail);
            }
            (false, false) => {}
        }
        self.null(direction, place, before.null, after.null);
        if let Some(field) = after.discriminator
            && direction == Direction::Sent
            && before.discriminator != after.discriminator
            && !before.all_say(field)
        {
            let detail = format!("{place} has to say {field} now");
            self.changes.breaking(detail);
        }
        let (pairs, gone, new) = paired(before.items, after.items);
        for (one, other) in pairs {
            self.pair(direction, place, one, other);
        }
        if !new.is_empty() {
            let detail = format!("{place} may be of another type, too, now");
            self.widened(direction, detail);
        }
        if !gone.is_empty() {
            let detail = format!("{place} is of fewer types now");
            self.narrowed(direction, detail);
        }
    }

    fn null(&mut self, direction: Direction, place: &str, before: bool, after: bool) {
        match (before, after) {
            (false, true) => self.widened(direction, format!("{place} may be null now")),
            (true, false) => self.narrowed(direction, format!("{place} is never null now")),
            _ => {}
        }
    }

    fn pair(
        &mut self,
        direction: Direction,
        place: &str,
        before: Alternative<'a>,
        after: Alternative<'a>,
    ) {
        match (before, after) {
            (Alternative::Struct(one, before), Alternative::Struct(other, after)) => {
                if self.seen.insert((one, other, direction)) {
                    self.fields(direction, &format!("{place}: "), before, after);
                }
            }
            (Alternative::Values(before), Alternative::Values(after)) => {
                self.values(direction, place, &before, &after);
            }
            (Alternative::Scalar(before), Alternative::Scalar(after)) => {
                self.scalars(direction, place, before, after);
            }
            (Alternative::List(one, before), Alternative::List(other, after)) => {
                self.limits(direction, place, before, after);
                self.compare(direction, format!("an item of {place}"), one, other);
            }
            (Alternative::Map(one, before), Alternative::Map(other, after)) => {
                self.limits(direction, place, before, after);
                self.compare(direction, format!("a value of {place}"), one, other);
            }
            (Alternative::Tuple(before), Alternative::Tuple(after))
                if before.len() == after.len() =>
            {
                for (index, (one, other)) in before.iter().zip(after).enumerate() {
                    self.compare(direction, format!("item {index} of {place}"), one, other);
                }
            }
            (Alternative::Upload(before), Alternative::Upload(after)) => {
                self.limits(direction, place, before, after);
            }
            _ => self
                .changes
                .breaking(format!("{place} is of another type now")),
        }
    }

    fn fields(
        &mut self,
        direction: Direction,
        place: &str,
        before: &'a [Field],
        after: &'a [Field],
    ) {
        let names: BTreeSet<_> = before
            .iter()
            .chain(after)
            .map(|field| &field.name)
            .collect();
        for name in names {
            let find = |fields: &'a [Field]| fields.iter().find(|field| field.name == *name);
            let (before, after) = (find(before), find(after));
            let place = format!("{place}{name}");
            let required = |field: &Field| field.required;
            self.presence(direction, &place, before.map(required), after.map(required));
            if let (Some(before), Some(after)) = (before, after) {
                self.compare(direction, place, &before.shape, &after.shape);
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
        for value in after.iter().filter(|value| !before.contains(value)) {
            let detail = format!("{place} may be {} now", text(value));
            self.widened(direction, detail);
        }
        for value in before.iter().filter(|value| !after.contains(value)) {
            let detail = format!("{place} is never {} now", text(value));
            self.narrowed(direction, detail);
        }
    }

    fn scalars(
        &mut self,
        direction: Direction,
        place: &str,
        before: &Primitive,
        after: &Primitive,
    ) {
        match (before.scalar, after.scalar) {
            (Scalar::Integer, Scalar::Number) => {
                self.widened(direction, format!("{place} may be a fraction now"));
            }
            (Scalar::Number, Scalar::Integer) => {
                self.narrowed(direction, format!("{place} is an integer now"));
            }
            (one, other) if one != other => {
                let detail = format!("{place} is of another type now");
                return self.changes.breaking(detail);
            }
            _ => {}
        }
        if form(before) != form(after) {
            let detail = format!("{place} is written another way now");
            self.changes.breaking(detail);
        }
        self.limits(direction, place, &before.constraints, &after.constraints);
    }

    /// Limits of what is sent or received: those of what is received are no client's business.
    pub fn limits(
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
                .compatible(format!("{place} has a wider limit now")),
            Limits::Tighter => self.narrowed(direction, format!("{place} has a tighter limit now")),
        }
    }
}

/// A value as JSON has it.
fn text(value: &Literal) -> String {
    let written = to_vec(&value.to_value()).unwrap_or_default();
    String::from_utf8_lossy(&written).into_owned()
}
