//! Errors, views, channels, forms and combinations of contexts read from plain data (docs/engine-data.md), and turned into it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::constraints::{CHECKS, members};
use crate::error::{Problem, Result};
use crate::graph::Auth;
use crate::ir::plain::{
    effect_value, optional, read_all, read_auth, read_count, read_effects, read_optional_text,
    records, text, type_name, unique_names,
};
use crate::reader::{Reader, Record, check_reference};
use crate::shape::{Shape, object, read_default, read_literal};
use crate::value::Value;

use super::{Channel, Choice, Composition, ErrorCase, Form, FormField, Many, STATUSES, View};

const VIEW: [&str; 8] = [
    "name",
    "description",
    "camel",
    "path",
    "methods",
    "auth",
    "affects",
    "input",
];
const CHANNEL: [&str; 8] = [
    "name",
    "description",
    "presence",
    "camel",
    "auth",
    "params",
    "react_message",
    "server_message",
];
const FORM: [&str; 8] = [
    "name",
    "description",
    "camel",
    "title",
    "submit_label",
    "live_validation",
    "many",
    "fields",
];
const FIELD: [&str; 3] = ["name", "required", "shape"];
const FIELD_OPTIONS: [&str; 16] = [
    "strip",
    "min",
    "max",
    "step",
    "min_length",
    "max_length",
    "max_digits",
    "decimal_places",
    "patterns",
    "extensions",
    "choices",
    "disabled",
    "widget",
    "label",
    "help",
    "initial",
];

/// A reader of the items of one kind, each of which has a name of its own.
fn read_named<T>(
    reader: Option<Reader<'_>>,
    members: &[&str],
    kind: &'static str,
    read: impl Fn(&Record<'_>) -> Result<T>,
) -> Result<BTreeMap<String, T>> {
    let Some(reader) = reader else {
        return Ok(BTreeMap::new());
    };
    let items = reader.items()?;
    let records = records(&items, members, &[])?;
    let names = unique_names(&records, kind)?;
    names
        .into_iter()
        .zip(&records)
        .map(|(name, record)| Ok((name.to_owned(), read(record)?)))
        .collect()
}

pub(in crate::ir) fn read_errors(
    reader: Option<Reader<'_>>,
    types: &HashSet<&str>,
) -> Result<BTreeMap<String, ErrorCase>> {
    let Some(reader) = reader else {
        return Ok(BTreeMap::new());
    };
    let items = reader.items()?;
    let records = records(&items, &["code", "description", "status", "data"], &[])?;
    let codes: Vec<_> = records
        .iter()
        .map(|record| record.member("code"))
        .collect::<Result<_>>()?;
    let codes = crate::reader::check_unique(&codes, "error")?;
    let read = |(code, record): (&str, &Record<'_>)| {
        let case = ErrorCase {
            description: read_optional_text(&record.member("description")?)?,
            status: read_status(&record.member("status")?)?,
            data: optional(&record.member("data")?, |name| type_name(name, types))?,
        };
        Ok((code.to_owned(), case))
    };
    codes.into_iter().zip(&records).map(read).collect()
}

fn read_status(reader: &Reader<'_>) -> Result<u16> {
    status(reader.value).ok_or_else(|| reader.fail(expected_status()))
}

/// The status that `value` is.
pub(super) fn status(value: &Value) -> Option<u16> {
    match value {
        Value::Int(number) => u16::try_from(*number).ok(),
        _ => None,
    }
    .filter(|status| STATUSES.contains(status))
}

/// What is expected where something is no status.
pub(super) fn expected_status() -> String {
    format!("an integer from {} to {}", STATUSES.start(), STATUSES.end())
}

pub(in crate::ir) fn read_views(
    reader: Option<Reader<'_>>,
    types: &HashSet<&str>,
) -> Result<BTreeMap<String, View>> {
    read_named(reader, &VIEW, "view", |record| {
        Ok(View {
            description: read_optional_text(&record.member("description")?)?,
            camel: record.member("camel")?.text()?.to_owned(),
            path: record.member("path")?.text()?.to_owned(),
            methods: read_methods(&record.member("methods")?)?,
            auth: optional(&record.member("auth")?, read_auth)?,
            affects: read_effects(&record.member("affects")?)?,
            input: optional(&record.member("input")?, |name| type_name(name, types))?,
        })
    })
}

fn read_methods(reader: &Reader<'_>) -> Result<BTreeSet<String>> {
    let methods: BTreeSet<_> = read_texts(reader)?.into_iter().collect();
    if methods.is_empty() {
        return Err(reader.refuse(Problem::rule("a view answers one method at least")));
    }
    Ok(methods)
}

pub(in crate::ir) fn read_channels(
    reader: Option<Reader<'_>>,
    types: &HashSet<&str>,
) -> Result<BTreeMap<String, Channel>> {
    read_named(reader, &CHANNEL, "channel", |record| {
        let find_type = |member| optional(&record.member(member)?, |name| type_name(name, types));
        Ok(Channel {
            description: read_optional_text(&record.member("description")?)?,
            presence: record.member("presence")?.flag()?,
            camel: record.member("camel")?.text()?.to_owned(),
            auth: optional(&record.member("auth")?, read_auth)?,
            params: find_type("params")?,
            react_message: find_type("react_message")?,
            server_message: find_type("server_message")?,
        })
    })
}

pub(in crate::ir) fn read_compositions(
    reader: Option<Reader<'_>>,
    contexts: &HashSet<&str>,
) -> Result<BTreeMap<String, Composition>> {
    let members = ["name", "description", "contexts"];
    read_named(reader, &members, "composition", |record| {
        let list = record.member("contexts")?;
        let names: BTreeSet<_> =
            read_all(&list, |item| check_reference(item, contexts, "context"))?
                .into_iter()
                .collect();
        if names.is_empty() {
            let rule = "a composition has one context at least";
            return Err(list.refuse(Problem::rule(rule)));
        }
        Ok(Composition {
            description: read_optional_text(&record.member("description")?)?,
            contexts: names,
        })
    })
}

pub(in crate::ir) fn read_forms(
    reader: Option<Reader<'_>>,
    types: &HashSet<&str>,
) -> Result<BTreeMap<String, Form>> {
    read_named(reader, &FORM, "form", |record| {
        Ok(Form {
            description: read_optional_text(&record.member("description")?)?,
            camel: record.member("camel")?.text()?.to_owned(),
            title: read_optional_text(&record.member("title")?)?,
            submit_label: read_optional_text(&record.member("submit_label")?)?,
            live_validation: record.member("live_validation")?.flag()?,
            many: optional(&record.member("many")?, read_many)?,
            fields: read_fields(&record.member("fields")?, types)?,
        })
    })
}

fn read_many(reader: &Reader<'_>) -> Result<Many> {
    let record = reader.record(&["min_forms", "max_forms"], &[])?;
    Ok(Many {
        min_forms: optional(&record.member("min_forms")?, read_count)?,
        max_forms: optional(&record.member("max_forms")?, read_count)?,
    })
}

fn read_fields(reader: &Reader<'_>, types: &HashSet<&str>) -> Result<Vec<FormField>> {
    let items = reader.items()?;
    let records = records(&items, &FIELD, &FIELD_OPTIONS)?;
    unique_names(&records, "field")?;
    let read = |record: &Record<'_>| read_field(record, types);
    records.iter().map(read).collect()
}

fn read_field(record: &Record<'_>, types: &HashSet<&str>) -> Result<FormField> {
    let flag = |member| record.find(member).map_or(Ok(false), |flag| flag.flag());
    let texts = |member| {
        record
            .find(member)
            .map_or(Ok(Vec::new()), |texts| read_texts(&texts))
    };
    let choices = record.find("choices");
    Ok(FormField {
        name: record.member("name")?.text()?.to_owned(),
        required: record.member("required")?.flag()?,
        shape: Shape::read(&record.member("shape")?, types)?,
        strip: flag("strip")?,
        checks: CHECKS.read(record, FIELD.len())?,
        patterns: texts("patterns")?,
        extensions: texts("extensions")?,
        choices: choices.map_or(Ok(Vec::new()), |choices| read_all(&choices, read_choice))?,
        disabled: flag("disabled")?,
        widget: record.find_text("widget")?,
        label: record.find_text("label")?,
        help: record.find_text("help")?,
        initial: record
            .find("initial")
            .map(|initial| read_default(&initial))
            .transpose()?,
    })
}

fn read_choice(reader: &Reader<'_>) -> Result<Choice> {
    let record = reader.record(&["value", "label"], &["group"])?;
    Ok(Choice {
        value: read_literal(&record.member("value")?)?,
        label: record.member("label")?.text()?.to_owned(),
        group: record.find_text("group")?,
    })
}

fn read_texts(reader: &Reader<'_>) -> Result<Vec<String>> {
    read_all(reader, |text| Ok(text.text()?.to_owned()))
}

pub(in crate::ir) fn error_value((code, case): (&String, &ErrorCase)) -> Value {
    Value::object([
        ("code", text(code)),
        ("description", case.description.clone().into()),
        ("status", Value::Int(case.status.into())),
        ("data", case.data.clone().into()),
    ])
}

pub(in crate::ir) fn view_value((name, view): (&String, &View)) -> Value {
    Value::object([
        ("name", text(name)),
        ("description", view.description.clone().into()),
        ("camel", text(&view.camel)),
        ("path", text(&view.path)),
        (
            "methods",
            Value::strings(view.methods.iter().map(String::as_str)),
        ),
        ("auth", view.auth.map(Auth::as_str).into()),
        ("affects", view.affects.iter().map(effect_value).collect()),
        ("input", view.input.clone().into()),
    ])
}

pub(in crate::ir) fn composition_value((name, composition): (&String, &Composition)) -> Value {
    let contexts = composition.contexts.iter().map(String::as_str);
    Value::object([
        ("name", text(name)),
        ("description", composition.description.clone().into()),
        ("contexts", Value::strings(contexts)),
    ])
}

pub(in crate::ir) fn channel_value((name, channel): (&String, &Channel)) -> Value {
    Value::object([
        ("name", text(name)),
        ("description", channel.description.clone().into()),
        ("presence", channel.presence.into()),
        ("camel", text(&channel.camel)),
        ("auth", channel.auth.map(Auth::as_str).into()),
        ("params", channel.params.clone().into()),
        ("react_message", channel.react_message.clone().into()),
        ("server_message", channel.server_message.clone().into()),
    ])
}

pub(in crate::ir) fn form_value((name, form): (&String, &Form)) -> Value {
    Value::object([
        ("name", text(name)),
        ("description", form.description.clone().into()),
        ("camel", text(&form.camel)),
        ("title", form.title.clone().into()),
        ("submit_label", form.submit_label.clone().into()),
        ("live_validation", form.live_validation.into()),
        ("many", form.many.map(many_value).into()),
        ("fields", form.fields.iter().map(field_value).collect()),
    ])
}

fn many_value(many: Many) -> Value {
    let number = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
    Value::object([
        ("min_forms", number(many.min_forms).into()),
        ("max_forms", number(many.max_forms).into()),
    ])
}

fn field_value(field: &FormField) -> Value {
    let mut own = vec![
        ("name", text(&field.name)),
        ("required", field.required.into()),
        ("shape", field.shape.to_value()),
    ];
    let flags = [("strip", field.strip), ("disabled", field.disabled)];
    own.extend(
        flags
            .into_iter()
            .filter(|(_, flag)| *flag)
            .map(|(name, flag)| (name, flag.into())),
    );
    let lists = [
        ("patterns", &field.patterns),
        ("extensions", &field.extensions),
    ];
    let lists = lists.into_iter().filter(|(_, texts)| !texts.is_empty());
    own.extend(lists.map(|(name, texts)| (name, Value::strings(texts.iter().map(String::as_str)))));
    if !field.choices.is_empty() {
        own.push(("choices", field.choices.iter().map(choice_value).collect()));
    }
    for (name, said) in [
        ("widget", &field.widget),
        ("label", &field.label),
        ("help", &field.help),
    ] {
        own.extend(said.iter().map(|said| (name, text(said))));
    }
    own.extend(field.initial.clone().map(|initial| ("initial", initial)));
    let mut value = object(own);
    if let Value::Map(own) = &mut value {
        for (name, limit) in members(&field.checks) {
            own.insert(name, limit);
        }
    }
    value
}

fn choice_value(choice: &Choice) -> Value {
    let mut own = vec![
        ("value", choice.value.to_value()),
        ("label", text(&choice.label)),
    ];
    own.extend(choice.group.iter().map(|group| ("group", text(group))));
    object(own)
}
