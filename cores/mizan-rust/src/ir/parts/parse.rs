//! Reading errors, views, channels, forms and combinations of contexts from text.

use std::collections::BTreeMap;

use crate::constraints::{CHECKS, Constraints};
use crate::error::{Problem, Result};
use crate::ir::names::{Names, read_context_name, read_type_name};
use crate::ir::nodes::{
    Children, Node, Word, Words, find_flag, find_text, only_text, only_word, read_description,
    read_distinct, read_named,
};
use crate::ir::shapes::{read_constraint, read_shape};

use super::{
    Channel, Choice, Composition, Effect, ErrorCase, Form, FormField, Many, View, expected_status,
    status,
};
/// The level of the shape of a form's field (document, `forms`, item, `fields`, item, shape).
const FORM_SHAPE_DEPTH: usize = 6;

pub(in crate::ir) fn read_errors(
    children: &mut Children<'_>,
    known: &Names<'_>,
) -> Result<BTreeMap<String, ErrorCase>> {
    let mut errors = BTreeMap::new();
    while let Some(node) = children.find("error") {
        let mut words = node.words();
        let word = words.value("a code")?;
        let code = word.text()?.to_owned();
        let case = ErrorCase {
            status: read_status(&words.property("status")?)?,
            description: words.all(read_description)?,
            data: node.inside(|children| find_type(children, "data", known))?,
        };
        if errors.insert(code.clone(), case).is_some() {
            let (kind, name) = ("error", code);
            return Err(word.refuse(Problem::Repeated { kind, name }));
        }
    }
    Ok(errors)
}

fn read_status(word: &Word<'_>) -> Result<u16> {
    status(&word.scalar()?).ok_or_else(|| word.fail(&expected_status()))
}

pub(in crate::ir) fn read_view(
    node: &Node<'_>,
    words: Words<'_>,
    known: &Names<'_>,
) -> Result<View> {
    let description = words.all(read_description)?;
    node.inside(|children| {
        Ok(View {
            description,
            camel: only_text(&children.take("camel")?)?,
            path: only_text(&children.take("path")?)?,
            methods: children.some("method", only_text)?,
            auth: children.find_map("auth", only_word)?,
            affects: read_effects(children)?,
            input: find_type(children, "input", known)?,
        })
    })
}

pub(in crate::ir) fn read_channel(
    node: &Node<'_>,
    mut words: Words<'_>,
    known: &Names<'_>,
) -> Result<Channel> {
    let description = read_description(&mut words)?;
    let presence = words.all(|words| find_flag(words, "presence"))?;
    node.inside(|children| {
        Ok(Channel {
            description,
            presence,
            camel: only_text(&children.take("camel")?)?,
            auth: children.find_map("auth", only_word)?,
            params: find_type(children, "params", known)?,
            react_message: find_type(children, "react-message", known)?,
            server_message: find_type(children, "server-message", known)?,
        })
    })
}

pub(in crate::ir) fn read_composition(
    node: &Node<'_>,
    words: Words<'_>,
    known: &Names<'_>,
) -> Result<Composition> {
    let description = words.all(read_description)?;
    node.inside(|children| {
        let contexts = children.some("context", |node| read_context_name(node, known))?;
        Ok(Composition {
            description,
            contexts,
        })
    })
}

pub(in crate::ir) fn read_form(
    node: &Node<'_>,
    words: Words<'_>,
    known: &Names<'_>,
) -> Result<Form> {
    let description = words.all(read_description)?;
    node.inside(|children| {
        Ok(Form {
            description,
            camel: only_text(&children.take("camel")?)?,
            title: children.find_map("title", only_text)?,
            submit_label: children.find_map("submit-label", only_text)?,
            live_validation: find_mark(children, "live-validation")?,
            many: children.find_map("many", read_many)?,
            fields: read_named(children, "field", "field", |node| read_field(node, known))?,
        })
    })
}

fn read_many(node: &Node<'_>) -> Result<Many> {
    node.leaf(|words| {
        Ok(Many {
            min_forms: words.find_count("min-forms")?,
            max_forms: words.find_count("max-forms")?,
        })
    })
}

fn read_field(node: &Node<'_>, known: &Names<'_>) -> Result<FormField> {
    let mut words = node.words();
    let name = words.value("a name")?.text()?.to_owned();
    let required = words.all(|words| words.property("required")?.flag())?;
    node.inside(|children| {
        let shape = children.take("shape")?.only_child()?;
        Ok(FormField {
            name,
            required,
            shape: read_shape(&shape, known, FORM_SHAPE_DEPTH)?,
            strip: find_mark(children, "strip")?,
            checks: read_checks(children)?,
            patterns: children.each("pattern", only_text)?,
            extensions: children.each("extension", only_text)?,
            choices: children.each("choice", read_choice)?,
            disabled: find_mark(children, "disabled")?,
            widget: children.find_map("widget", only_text)?,
            label: children.find_map("label", only_text)?,
            help: children.find_map("help", only_text)?,
            initial: children.find_map("initial", |node| {
                node.leaf(|words| words.value("a value")?.scalar())
            })?,
        })
    })
}

fn read_checks(children: &mut Children<'_>) -> Result<Constraints> {
    let mut checks = Constraints::new();
    for check in CHECKS.constraints {
        let value = children.find_map(check.as_str(), |node| {
            node.leaf(|words| read_constraint(&words.value("a value")?, CHECKS, *check))
        })?;
        checks.extend(value.map(|value| (*check, value)));
    }
    Ok(checks)
}

fn read_choice(node: &Node<'_>) -> Result<Choice> {
    node.leaf(|words| {
        Ok(Choice {
            value: words.value("a string or an integer")?.literal()?,
            label: words.property("label")?.text()?.to_owned(),
            group: find_text(words, "group")?,
        })
    })
}

fn find_type(children: &mut Children<'_>, name: &str, known: &Names<'_>) -> Result<Option<String>> {
    children.find_map(name, |node| read_type_name(node, known))
}

/// Whether the node that comes next is a mark of that name.
fn find_mark(children: &mut Children<'_>, name: &str) -> Result<bool> {
    let found = children.find_map(name, |node| node.leaf(|_| Ok(())))?;
    Ok(found.is_some())
}

/// The effects that come next.
pub(in crate::ir) fn read_effects(children: &mut Children<'_>) -> Result<Vec<Effect>> {
    read_distinct(children, "affects", read_effect, PartialEq::eq)
}

fn read_effect(node: &Node<'_>) -> Result<Effect> {
    node.leaf(|words| {
        Ok(Effect {
            context: words.value("a context's name")?.text()?.to_owned(),
            function: find_text(words, "function")?,
        })
    })
}
