//! What is different between two interfaces, as those see it who have generated clients of the older one.
//!
//! What clients send and what they get differ: a new value of an enum breaks nobody who sends the old ones, and everybody
//! who has a case for each that may come.

mod alternatives;
mod constraints;
mod parts;
mod shapes;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use mizan_core::ir::{Auth, Document, Function, Param, Transport};
use mizan_core::keyword::keywords;

use crate::naming::pascal;
use shapes::{Comparison, Direction};

keywords! {
    /// What a change means for clients of the older interface.
    pub enum Class {
        /// They go on working.
        Compatible = "compatible",
        /// They go on working until they are generated anew: then their sources need a new name.
        Source = "source",
        /// They may go on working: nobody knows what a check of the server's own does.
        Unknown = "unknown",
        /// They may be refused, or get what they do not expect.
        Breaking = "breaking",
    }
}

keywords! {
    /// Whether something is new, gone or different.
    pub enum Kind {
        /// It is new.
        Added = "added",
        /// It is gone.
        Removed = "removed",
        /// It is different.
        Changed = "changed",
    }
}

/// One difference. Its text is a line for people: `~ placeOrder: argument lines is required now`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether its subject is new, gone or different.
    pub kind: Kind,
    /// What it means.
    pub class: Class,
    /// What has changed, by its name in generated code.
    pub subject: String,
    /// How it has changed; empty where that is all.
    pub detail: String,
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.kind {
            Kind::Added => '+',
            Kind::Removed => '-',
            Kind::Changed => '~',
        };
        write!(formatter, "{mark} {}", self.subject)?;
        if self.detail.is_empty() {
            Ok(())
        } else {
            write!(formatter, ": {}", self.detail)
        }
    }
}

/// What is different in `new`: function by function, then contexts, channels, forms and views.
pub fn difference(old: &Document, new: &Document) -> Vec<Change> {
    let mut changes = Changes::default();
    functions(old, new, &mut changes);
    contexts(old, new, &mut changes);
    parts::channels(old, new, &mut changes);
    parts::forms(old, new, &mut changes);
    parts::views(old, new, &mut changes);
    parts::compositions(old, new, &mut changes);
    changes.all
}

/// What has a name in either of two, in the order of names.
fn each<'a, T>(
    before: &'a BTreeMap<String, T>,
    after: &'a BTreeMap<String, T>,
    mut visit: impl FnMut(&'a str, Option<&'a T>, Option<&'a T>),
) {
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for name in names {
        visit(name, before.get(name), after.get(name));
    }
}

/// The changes of what has a name in either of two: those that `compare` finds where it has it in both.
fn each_subject<'a, T>(
    before: &'a BTreeMap<String, T>,
    after: &'a BTreeMap<String, T>,
    changes: &mut Changes,
    subject: impl Fn(&str, &T) -> String,
    mut compare: impl FnMut(&'a T, &'a T, &mut Changes),
) {
    each(before, after, |name, before, after| {
        changes.subject = after
            .or(before)
            .map(|it| subject(name, it))
            .unwrap_or_default();
        match (before, after) {
            (Some(before), Some(after)) => compare(before, after, changes),
            (Some(_), None) => changes.say(Kind::Removed, Class::Breaking, ""),
            (None, _) => changes.say(Kind::Added, Class::Compatible, ""),
        }
    });
}

/// The changes that have been found, and what they are found at.
#[derive(Default)]
struct Changes {
    subject: String,
    all: Vec<Change>,
}

impl Changes {
    fn say(&mut self, kind: Kind, class: Class, detail: impl Into<String>) {
        let change = Change {
            kind,
            class,
            subject: self.subject.clone(),
            detail: detail.into(),
        };
        if !self.all.contains(&change) {
            self.all.push(change);
        }
    }

    fn changed(&mut self, class: Class, detail: impl Into<String>) {
        self.say(Kind::Changed, class, detail);
    }

    fn breaking(&mut self, detail: impl Into<String>) {
        self.changed(Class::Breaking, detail);
    }

    fn compatible(&mut self, detail: impl Into<String>) {
        self.changed(Class::Compatible, detail);
    }

    /// Something that an interface offers or does not.
    fn offered(&mut self, before: bool, after: bool, lost: &str, gained: &str) {
        match (before, after) {
            (true, false) => self.breaking(lost),
            (false, true) => self.compatible(gained),
            _ => {}
        }
    }

    /// What something was called before, where it is called otherwise now.
    fn called(&mut self, before: &str, after: &str) {
        if before != after {
            self.changed(Class::Source, format!("was called {before} before"));
        }
    }
}

fn functions(old: &Document, new: &Document, changes: &mut Changes) {
    let (before, after) = (&old.functions, &new.functions);
    each_subject(before, after, changes, subject, |before, after, changes| {
        function(before, after, changes);
        let mut comparison = Comparison::new(old, new, changes);
        comparison.inputs("argument", before.input.as_deref(), after.input.as_deref());
        comparison.outputs(before, after);
        parts::errors(&before.errors, &after.errors, (old, new), changes);
    });
}

/// A function of a context is read by its hook, any other is called.
fn subject(_: &str, function: &Function) -> String {
    match &function.context {
        Some(_) => format!("use{}", pascal(&function.camel)),
        None => function.camel.clone(),
    }
}

fn function(before: &Function, after: &Function, changes: &mut Changes) {
    changes.called(&before.camel, &after.camel);
    if before.context != after.context {
        let place = |function: &Function| match &function.context {
            Some(name) => format!("the context {name}"),
            None => "no context".to_owned(),
        };
        changes.breaking(format!(
            "is in {} now, not in {}",
            place(after),
            place(before)
        ));
    }
    match (before.transport, after.transport) {
        (before, after) if before == after => {}
        (_, Transport::Both) => changes.compatible("may be called another way, too, now"),
        _ => changes.breaking("is called another way now"),
    }
    access(before.auth, after.auth, changes);
    if before.affects != after.affects || before.merge != after.merge {
        changes.compatible("changes other contexts now");
    }
}

fn access(before: Option<Auth>, after: Option<Auth>, changes: &mut Changes) {
    if before == after {
        return;
    }
    let needs = match after {
        None => "needs no login now",
        Some(Auth::Required) => "needs a login now",
        Some(Auth::Staff) => "is for staff now",
        Some(Auth::Superuser) => "is for superusers now",
        Some(Auth::Custom) => "is for whom the server chooses now",
    };
    let is_custom = [before, after].contains(&Some(Auth::Custom));
    let class = match () {
        () if is_custom => Class::Unknown,
        () if after > before => Class::Breaking,
        () => Class::Compatible,
    };
    changes.changed(class, needs);
}

fn contexts(old: &Document, new: &Document, changes: &mut Changes) {
    let subject = |name: &str, _: &_| format!("context {name}");
    let (before, after) = (&old.contexts, &new.contexts);
    each_subject(before, after, changes, subject, |before, after, changes| {
        each(&before.params, &after.params, |name, one, other| {
            let one = one.map(|param| (param, old.requires(before, name)));
            let other = other.map(|param| (param, new.requires(after, name)));
            param(name, one, other, Comparison::new(old, new, changes));
        });
    });
}

/// A parameter of a context, before and after, each with whether it has to be sent.
fn param<'a>(
    name: &str,
    before: Option<(&'a Param, bool)>,
    after: Option<(&'a Param, bool)>,
    mut comparison: Comparison<'a>,
) {
    let place = format!("parameter {name}");
    let requirement = |(_, is_required): (&Param, bool)| is_required;
    comparison.presence(
        Direction::Sent,
        &place,
        before.map(requirement),
        after.map(requirement),
    );
    if let (Some((before, _)), Some((after, _))) = (before, after) {
        comparison.shapes(Direction::Sent, &place, &before.shape, &after.shape);
    }
}
