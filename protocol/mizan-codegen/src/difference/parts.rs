//! Differences between errors, channels, forms and views.

use std::collections::{BTreeMap, BTreeSet};

use mizan_core::ir::{Channel, Document, ErrorCase, Form, FormField, View};

use super::shapes::{Comparison, Direction};
use super::{Changes, Class, Kind, access, each, each_subject};

/// The errors of a function.
pub fn errors(
    before: &BTreeMap<String, ErrorCase>,
    after: &BTreeMap<String, ErrorCase>,
    (old, new): (&Document, &Document),
    changes: &mut Changes,
) {
    each(before, after, |code, before, after| match (before, after) {
        (Some(before), Some(after)) => {
            if before.status != after.status {
                let detail = format!("the error {code} has the status {} now", after.status);
                changes.changed(Class::Unknown, detail);
            }
            let place = format!("the data of the error {code}");
            let (before, after) = (before.data.as_deref(), after.data.as_deref());
            Comparison::new(old, new, changes).types(Direction::Received, &place, before, after);
        }
        // Whoever answers may answer any error: clients have a case for those that they do not know.
        (Some(_), None) => {
            changes.compatible(format!("the error {code} is not declared any more"));
        }
        (None, _) => changes.compatible(format!("the error {code} may be answered now")),
    });
}

/// The channels.
pub fn channels(old: &Document, new: &Document, changes: &mut Changes) {
    let subject = |name: &str, _: &_| format!("channel {name}");
    let (before, after) = (&old.channels, &new.channels);
    each_subject(before, after, changes, subject, |before, after, changes| {
        channel(before, after, (old, new), changes);
    });
}

fn channel(
    before: &Channel,
    after: &Channel,
    (old, new): (&Document, &Document),
    changes: &mut Changes,
) {
    changes.called(&before.camel, &after.camel);
    access(before.auth, after.auth, changes);
    let (lost, gained) = (
        "does not tell who is there any more",
        "tells who is there now",
    );
    changes.offered(before.presence, after.presence, lost, gained);
    let mut comparison = Comparison::new(old, new, changes);
    comparison.inputs(
        "parameter",
        before.params.as_deref(),
        after.params.as_deref(),
    );
    let (one, other) = (
        before.react_message.as_deref(),
        after.react_message.as_deref(),
    );
    comparison.types(Direction::Sent, "the message to the server", one, other);
    let (one, other) = (
        before.server_message.as_deref(),
        after.server_message.as_deref(),
    );
    comparison.types(Direction::Received, "the message of the server", one, other);
}

/// The views.
pub fn views(old: &Document, new: &Document, changes: &mut Changes) {
    let subject = |name: &str, _: &_| format!("view {name}");
    let (before, after) = (&old.views, &new.views);
    each_subject(before, after, changes, subject, |before, after, changes| {
        view(before, after, (old, new), changes);
    });
}

fn view(before: &View, after: &View, (old, new): (&Document, &Document), changes: &mut Changes) {
    changes.called(&before.camel, &after.camel);
    if before.path != after.path {
        changes.breaking(format!("is at {} now", after.path));
    }
    for method in before.methods.difference(&after.methods) {
        changes.breaking(format!("does not answer {method} any more"));
    }
    for method in after.methods.difference(&before.methods) {
        changes.compatible(format!("answers {method} now"));
    }
    access(before.auth, after.auth, changes);
    if before.affects != after.affects {
        changes.compatible("changes other contexts now");
    }
    let (before, after) = (before.input.as_deref(), after.input.as_deref());
    Comparison::new(old, new, changes).inputs("argument", before, after);
}

/// The combinations of contexts: they stand in generated code alone, nothing of them is on the wire.
pub fn compositions(old: &Document, new: &Document, changes: &mut Changes) {
    each(
        &old.compositions,
        &new.compositions,
        |name, before, after| {
            changes.subject = format!("composition {name}");
            match (before, after) {
                (Some(before), Some(after)) if before.contexts != after.contexts => {
                    changes.changed(Class::Source, "is made of other contexts now");
                }
                (Some(_), Some(_)) => {}
                (Some(_), None) => changes.say(Kind::Removed, Class::Source, ""),
                (None, _) => changes.say(Kind::Added, Class::Compatible, ""),
            }
        },
    );
}

/// The forms.
pub fn forms(old: &Document, new: &Document, changes: &mut Changes) {
    let subject = |name: &str, _: &_| format!("form {name}");
    let (before, after) = (&old.forms, &new.forms);
    each_subject(before, after, changes, subject, |before, after, changes| {
        form(before, after, (old, new), changes);
    });
}

fn form(before: &Form, after: &Form, (old, new): (&Document, &Document), changes: &mut Changes) {
    changes.called(&before.camel, &after.camel);
    changes.offered(
        before.live_validation,
        after.live_validation,
        "is not checked while it is filled in any more",
        "is checked while it is filled in now",
    );
    match (before.many, after.many) {
        (Some(before), Some(after)) => {
            let is_tighter =
                |one: Option<u64>, other: Option<u64>, is_within: fn(u64, u64) -> bool| {
                    other.is_some_and(|other| one.is_none_or(|one| !is_within(one, other)))
                };
            let tighter = is_tighter(before.min_forms, after.min_forms, |one, other| one >= other)
                || is_tighter(before.max_forms, after.max_forms, |one, other| one <= other);
            if tighter {
                changes.breaking("has a tighter limit of forms now");
            } else if before != after {
                changes.compatible("has a wider limit of forms now");
            }
        }
        (Some(_), None) => changes.breaking("is one form now"),
        (None, Some(_)) => changes.breaking("is a list of forms now"),
        (None, None) => {}
    }
    let (one, other) = (sent(before), sent(after));
    let names: BTreeSet<_> = one.keys().chain(other.keys()).copied().collect();
    for name in names {
        let (before, after) = (one.get(name).copied(), other.get(name).copied());
        field(name, before, after, Comparison::new(old, new, changes));
    }
}

/// The fields that are sent.
fn sent(form: &Form) -> BTreeMap<&str, &FormField> {
    let fields = form.fields.iter().filter(|field| !field.disabled);
    fields.map(|field| (field.name.as_str(), field)).collect()
}

fn field<'a>(
    name: &str,
    before: Option<&'a FormField>,
    after: Option<&'a FormField>,
    mut comparison: Comparison<'a>,
) {
    let place = format!("the field {name}");
    let required = |field: &FormField| field.required;
    let (one, other) = (before.map(required), after.map(required));
    comparison.presence(Direction::Sent, &place, one, other);
    let (Some(before), Some(after)) = (before, after) else {
        return;
    };
    comparison.shapes(Direction::Sent, &place, &before.shape, &after.shape);
    comparison.limits(Direction::Sent, &place, &before.checks, &after.checks);
    let tighter = after
        .patterns
        .iter()
        .any(|pattern| !before.patterns.contains(pattern))
        || (before.strip && !after.strip)
        || fewer_endings(&before.extensions, &after.extensions);
    let differs = before.patterns != after.patterns
        || before.strip != after.strip
        || before.extensions != after.extensions;
    if tighter {
        comparison.say(Class::Breaking, format!("{place} has a stricter check now"));
    } else if differs {
        comparison.say(Class::Compatible, format!("{place} has another check now"));
    }
}

/// Whether some names of files are refused now that were not. No endings: any.
fn fewer_endings(before: &[String], after: &[String]) -> bool {
    let is_refused = |ending: &String| !after.contains(ending);
    !after.is_empty() && (before.is_empty() || before.iter().any(is_refused))
}
