//! Writing the interface document: types, functions and contexts.

use crate::graph::{Auth, MergeMode};
use crate::shape::{Body, EnumValue, Field};
use crate::value::Value;

use super::VERSION;
use super::document::{Cache, Context, Document, Function, Merge, Param, Type};
use super::parts::emit::{
    write_affects, write_channel, write_composition, write_error, write_form, write_view,
};
use super::shapes::{write_shape, write_wrapped};
use super::writer::Writer;

impl Document {
    /// The document's text: types (those that something emitted refers to), functions, contexts,
    /// channels, forms, views and combinations of contexts, each sorted by name.
    pub fn emit(&self) -> String {
        let mut writer = Writer::default();
        writer
            .node("ir")
            .property("version", &Value::Int(VERSION))
            .end();
        for name in self.reached_types() {
            if let Some(named) = self.types.get(name) {
                write_type(&mut writer, name, named);
            }
        }
        for (name, function) in &self.functions {
            write_function(&mut writer, name, function);
        }
        for (name, context) in &self.contexts {
            writer
                .node("context")
                .text(name)
                .block(|writer| write_context(writer, context));
        }
        for (name, channel) in &self.channels {
            write_channel(&mut writer, name, channel);
        }
        for (name, form) in &self.forms {
            write_form(&mut writer, name, form);
        }
        for (name, view) in &self.views {
            write_view(&mut writer, name, view);
        }
        for (name, composition) in &self.compositions {
            write_composition(&mut writer, name, composition);
        }
        writer.into_text()
    }
}

fn write_type(writer: &mut Writer, name: &str, named: &Type) {
    writer
        .node("type")
        .text(name)
        .optional_text("description", named.description.as_deref())
        .block(|writer| write_body(writer, &named.body));
}

fn write_body(writer: &mut Writer, body: &Body) {
    match body {
        Body::Struct(fields) => writer.node("struct").block(|writer| {
            for field in fields {
                write_field(writer, field);
            }
        }),
        Body::Enum(values) => writer.node("enum").block(|writer| {
            for value in values {
                write_enum_value(writer, value);
            }
        }),
        Body::Alias(shape) => write_wrapped(writer, "alias", shape),
    }
}

fn write_enum_value(writer: &mut Writer, value: &EnumValue) {
    writer
        .node("value")
        .literal(&value.value)
        .optional_text("name", value.name.as_deref())
        .end();
}

fn write_field(writer: &mut Writer, field: &Field) {
    writer
        .node("field")
        .text(&field.name)
        .flag("required", field.required)
        .optional("default", field.default.as_ref())
        .optional_text("description", field.description.as_deref())
        .block(|writer| write_shape(writer, &field.shape));
}

fn write_function(writer: &mut Writer, name: &str, function: &Function) {
    let line = writer
        .node("function")
        .text(name)
        .optional_text("description", function.description.as_deref());
    let idempotent = function.idempotent.then_some(Value::Bool(true));
    let line = line.optional("idempotent", idempotent.as_ref());
    line.block(|writer| write_function_body(writer, function));
}

fn write_function_body(writer: &mut Writer, function: &Function) {
    writer.node("camel").text(&function.camel).end();
    let transport = function.transport.as_str();
    writer.node("transport").text(transport).end();
    for (name, word) in [
        ("auth", function.auth.map(Auth::as_str)),
        ("context", function.context.as_deref()),
    ] {
        if let Some(word) = word {
            writer.node(name).text(word).end();
        }
    }
    if let Some(cache) = function.cache {
        write_cache(writer, cache);
    }
    write_affects(writer, &function.affects);
    for merge in &function.merge {
        write_merge(writer, merge);
    }
    for (code, case) in &function.errors {
        write_error(writer, code, case);
    }
    if let Some(input) = &function.input {
        writer.node("input").text(input).end();
    }
    writer
        .node("output")
        .text(&function.output)
        .flag("nullable", function.nullable)
        .end();
}

fn write_cache(writer: &mut Writer, cache: Cache) {
    let ttl = cache.ttl.and_then(|ttl| i64::try_from(ttl).ok());
    writer
        .node("cache")
        .optional("ttl", ttl.map(Value::Int).as_ref())
        .flag("shared", cache.shared)
        .end();
}

fn write_merge(writer: &mut Writer, merge: &Merge) {
    let line = writer
        .node("merge")
        .text(&merge.context)
        .optional_text("slot", Some(&merge.slot))
        .optional_text("mode", Some(merge.mode.as_str()));
    match &merge.mode {
        MergeMode::Upsert { key, place } => line
            .optional_text("key", Some(key))
            .optional_text("place", Some(place.as_str()))
            .end(),
        MergeMode::Replace | MergeMode::Refetch => line.end(),
    }
}

fn write_context(writer: &mut Writer, context: &Context) {
    for function in &context.functions {
        writer.node("function").text(function).end();
    }
    for (name, param) in &context.params {
        let line = writer
            .node("param")
            .text(name)
            .flag("required", param.required);
        line.block(|writer| write_param(writer, param));
    }
}

fn write_param(writer: &mut Writer, param: &Param) {
    write_wrapped(writer, "shape", &param.shape);
    let line = writer.node("shared-by");
    param
        .shared_by
        .iter()
        .fold(line, |line, name| line.text(name))
        .end();
}
