//! Reading errors, views, channels, forms and combinations of contexts from text.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::constraints::{CHECKS, Constraints, count, expected_count};
use crate::error::{Problem, Result};
use crate::ir::nodes::{Children, Node, Word, Words};
use crate::ir::parse::{
    FORM_SHAPE_DEPTH, Names, find_flag, find_text, find_word, only_text, read_context_name,
    read_effects, read_shape, read_type_name,
};
use crate::value::Value;

use super::plain::{expected_status, status};
use super::{Channel, Choice, Composition, ErrorCase, Form, FormField, Many, View};

pub(in crate::ir) fn read_errors(
    children: &mut Children<'_>,
    known: &Names<'_>,
) -> Result<BTreeMap<String, ErrorCase>> {
    let mut errors = BTreeMap::new();
    while let Some(node) = children.find("error") {
        let mut words = node.words();
        let word = words.value("a code")?;
        let code = word.text()?.to_owned();
        let status = read_status(&words.property("status")?)?;
        let description = find_text(&mut words, "description")?;
        words.end()?;
        let mut inner = node.children();
        let data = find_type(&mut inner, "data", known)?;
        inner.end()?;
        let case = ErrorCase {
            description,
            status,
            data,
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
    mut words: Words<'_>,
    known: &Names<'_>,
) -> Result<View> {
    let description = find_text(&mut words, "description")?;
    words.end()?;
    let mut children = node.children();
    let camel = only_text(&children.take("camel")?)?;
    let path = only_text(&children.take("path")?)?;
    let mut methods = BTreeSet::from([only_text(&children.take("method")?)?]);
    while let Some(method) = children.find("method") {
        methods.insert(only_text(&method)?);
    }
    let auth = find_word(&mut children, "auth")?;
    let affects = read_effects(&mut children)?;
    let input = find_type(&mut children, "input", known)?;
    children.end()?;
    Ok(View {
        description,
        camel,
        path,
        methods,
        auth,
        affects,
        input,
    })
}

pub(in crate::ir) fn read_channel(
    node: &Node<'_>,
    mut words: Words<'_>,
    known: &Names<'_>,
) -> Result<Channel> {
    let description = find_text(&mut words, "description")?;
    let presence = find_flag(&mut words, "presence")?;
    words.end()?;
    let mut children = node.children();
    let channel = Channel {
        description,
        presence,
        camel: only_text(&children.take("camel")?)?,
        auth: find_word(&mut children, "auth")?,
        params: find_type(&mut children, "params", known)?,
        react_message: find_type(&mut children, "react-message", known)?,
        server_message: find_type(&mut children, "server-message", known)?,
    };
    children.end()?;
    Ok(channel)
}

pub(in crate::ir) fn read_composition(
    node: &Node<'_>,
    mut words: Words<'_>,
    known: &Names<'_>,
) -> Result<Composition> {
    let description = find_text(&mut words, "description")?;
    words.end()?;
    let mut children = node.children();
    let mut contexts = BTreeSet::from([read_context_name(&children.take("context")?, known)?]);
    while let Some(context) = children.find("context") {
        contexts.insert(read_context_name(&context, known)?);
    }
    children.end()?;
    Ok(Composition {
        description,
        contexts,
    })
}

pub(in crate::ir) fn read_form(
    node: &Node<'_>,
    mut words: Words<'_>,
    known: &Names<'_>,
) -> Result<Form> {
    let description = find_text(&mut words, "description")?;
    words.end()?;
    let mut children = node.children();
    let form = Form {
        description,
        camel: only_text(&children.take("camel")?)?,
        title: find_only_text(&mut children, "title")?,
        submit_label: find_only_text(&mut children, "submit-label")?,
        live_validation: find_mark(&mut children, "live-validation")?,
        many: children
            .find("many")
            .map(|node| read_many(&node))
            .transpose()?,
        fields: read_fields(&mut children, known)?,
    };
    children.end()?;
    Ok(form)
}

fn read_many(node: &Node<'_>) -> Result<Many> {
    let mut words = node.leaf()?;
    let mut find_count = |property| {
        let read =
            |word: Word<'_>| count(&word.scalar()?).ok_or_else(|| word.fail(&expected_count()));
        words.find_property(property).map(read).transpose()
    };
    let (min_forms, max_forms) = (find_count("min-forms")?, find_count("max-forms")?);
    words.end()?;
    Ok(Many {
        min_forms,
        max_forms,
    })
}

fn read_fields(children: &mut Children<'_>, known: &Names<'_>) -> Result<Vec<FormField>> {
    let mut names = HashSet::new();
    let mut fields = Vec::new();
    while let Some(node) = children.find("field") {
        let field = read_field(&node, known)?;
        if !names.insert(field.name.clone()) {
            let (kind, name) = ("field", field.name);
            return Err(node.refuse(Problem::Repeated { kind, name }));
        }
        fields.push(field);
    }
    Ok(fields)
}

fn read_field(node: &Node<'_>, known: &Names<'_>) -> Result<FormField> {
    let mut words = node.words();
    let name = words.value("a name")?.text()?.to_owned();
    let required = words.property("required")?.flag()?;
    words.end()?;
    let mut children = node.children();
    let shape = children.take("shape")?.only_child()?;
    let field = FormField {
        name,
        required,
        shape: read_shape(&shape, known, FORM_SHAPE_DEPTH)?,
        strip: find_mark(&mut children, "strip")?,
        checks: read_checks(&mut children)?,
        patterns: read_texts(&mut children, "pattern")?,
        extensions: read_texts(&mut children, "extension")?,
        choices: read_choices(&mut children)?,
        disabled: find_mark(&mut children, "disabled")?,
        widget: find_only_text(&mut children, "widget")?,
        label: find_only_text(&mut children, "label")?,
        help: find_only_text(&mut children, "help")?,
        initial: children
            .find("initial")
            .map(|node| only_scalar(&node))
            .transpose()?,
    };
    children.end()?;
    Ok(field)
}

fn read_checks(children: &mut Children<'_>) -> Result<Constraints> {
    let mut checks = Constraints::new();
    for check in CHECKS.constraints {
        let Some(node) = children.find(check.as_str()) else {
            continue;
        };
        let mut words = node.leaf()?;
        let word = words.value("a value")?;
        let value = word.scalar()?;
        if let Some(expected) = CHECKS.problem(*check, &value) {
            return Err(word.fail(&expected));
        }
        words.end()?;
        checks.insert(*check, value);
    }
    Ok(checks)
}

fn read_choices(children: &mut Children<'_>) -> Result<Vec<Choice>> {
    let mut choices = Vec::new();
    while let Some(node) = children.find("choice") {
        let mut words = node.leaf()?;
        choices.push(Choice {
            value: words.value("a string or an integer")?.literal()?,
            label: words.property("label")?.text()?.to_owned(),
            group: find_text(&mut words, "group")?,
        });
        words.end()?;
    }
    Ok(choices)
}

fn read_texts(children: &mut Children<'_>, name: &str) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    while let Some(node) = children.find(name) {
        texts.push(only_text(&node)?);
    }
    Ok(texts)
}

fn only_scalar(node: &Node<'_>) -> Result<Value> {
    let mut words = node.leaf()?;
    let value = words.value("a value")?.scalar()?;
    words.end()?;
    Ok(value)
}

fn find_type(children: &mut Children<'_>, name: &str, known: &Names<'_>) -> Result<Option<String>> {
    let node = children.find(name);
    node.map(|node| read_type_name(&node, known)).transpose()
}

fn find_only_text(children: &mut Children<'_>, name: &str) -> Result<Option<String>> {
    children.find(name).map(|node| only_text(&node)).transpose()
}

/// Whether the node that comes next is a mark of that name.
fn find_mark(children: &mut Children<'_>, name: &str) -> Result<bool> {
    match children.find(name) {
        Some(node) => node.leaf()?.end().map(|()| true),
        None => Ok(false),
    }
}
