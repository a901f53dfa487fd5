//! Writing the interface document: straight into text, one node a line.

use std::fmt::Write as _;

use crate::constraints::{Constraint, Constraints, Format};
use crate::graph::{Auth, MergeMode};
use crate::number::{write_float, write_integer};
use crate::shape::{Body, EnumValue, Field, Literal, Primitive, Shape, Union};
use crate::value::Value;

use super::VERSION;
use super::document::{Cache, Context, Document, Effect, Function, Merge, Param, Type};
use super::parts::emit::{write_channel, write_composition, write_error, write_form, write_view};

const INDENT: &str = "    ";

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
        writer.out
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

fn write_shape(writer: &mut Writer, shape: &Shape) {
    match shape {
        Shape::Primitive(primitive) => write_primitive(writer, primitive),
        Shape::Ref(name) => writer.node("ref").text(name).end(),
        Shape::List(item, constraints) => writer
            .node("list")
            .constraints(constraints)
            .block(|writer| write_shape(writer, item)),
        Shape::Map(value, constraints) => writer
            .node("map")
            .constraints(constraints)
            .block(|writer| write_shape(writer, value)),
        Shape::Tuple(items) => writer
            .node("tuple")
            .block(|writer| write_shapes(writer, items)),
        Shape::Optional(item) => write_wrapped(writer, "optional", item),
        Shape::Enum(values) => write_enum(writer, values),
        Shape::Union(Union {
            items,
            discriminator,
        }) => writer
            .node("union")
            .optional_text("discriminator", discriminator.as_deref())
            .block(|writer| write_shapes(writer, items)),
        Shape::Any => writer.node("any").end(),
        // The bare word is reserved in KDL v2.
        Shape::Null => writer.node("\"null\"").end(),
        Shape::Upload(constraints) => writer.node("upload").constraints(constraints).end(),
    }
}

fn write_shapes(writer: &mut Writer, shapes: &[Shape]) {
    for shape in shapes {
        write_shape(writer, shape);
    }
}

fn write_primitive(writer: &mut Writer, primitive: &Primitive) {
    writer
        .node("primitive")
        .text(primitive.scalar.as_str())
        .optional_text("format", primitive.format.map(Format::as_str))
        .constraints(&primitive.constraints)
        .end();
}

pub(super) fn write_wrapped(writer: &mut Writer, name: &str, shape: &Shape) {
    writer.node(name).block(|writer| write_shape(writer, shape));
}

fn write_enum(writer: &mut Writer, values: &[Literal]) {
    let line = writer.node("enum");
    values.iter().fold(line, Line::literal).end();
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

pub(super) fn write_affects(writer: &mut Writer, affects: &[Effect]) {
    for effect in affects {
        writer
            .node("affects")
            .text(&effect.context)
            .optional_text("function", effect.function.as_deref())
            .end();
    }
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

#[derive(Default)]
pub(super) struct Writer {
    out: String,
    level: usize,
}

impl Writer {
    /// Begins a node's line.
    pub(super) fn node(&mut self, name: &str) -> Line<'_> {
        self.indent();
        self.out.push_str(name);
        Line { writer: self }
    }

    fn indent(&mut self) {
        for _ in 0..self.level {
            self.out.push_str(INDENT);
        }
    }
}

/// The line of a node, values before properties.
#[must_use]
pub(super) struct Line<'a> {
    writer: &'a mut Writer,
}

impl Line<'_> {
    pub(super) fn text(self, text: &str) -> Self {
        self.writer.out.push(' ');
        write_text(&mut self.writer.out, text);
        self
    }

    pub(super) fn literal(self, literal: &Literal) -> Self {
        self.value(&literal.to_value())
    }

    pub(super) fn value(self, value: &Value) -> Self {
        self.writer.out.push(' ');
        write_value(&mut self.writer.out, value);
        self
    }

    pub(super) fn property(self, name: &str, value: &Value) -> Self {
        let out = &mut self.writer.out;
        out.push(' ');
        out.push_str(name);
        out.push('=');
        write_value(out, value);
        self
    }

    pub(super) fn optional(self, name: &str, value: Option<&Value>) -> Self {
        match value {
            Some(value) => self.property(name, value),
            None => self,
        }
    }

    pub(super) fn optional_text(self, name: &str, text: Option<&str>) -> Self {
        if let Some(text) = text {
            let out = &mut self.writer.out;
            out.push(' ');
            out.push_str(name);
            out.push('=');
            write_text(out, text);
        }
        self
    }

    fn constraints(self, constraints: &Constraints) -> Self {
        let line = |line: Self, (constraint, value): (&Constraint, &Value)| {
            line.property(constraint.as_str(), value)
        };
        constraints.iter().fold(self, line)
    }

    pub(super) fn flag(self, name: &str, flag: bool) -> Self {
        self.property(name, &Value::Bool(flag))
    }

    /// A node without children.
    pub(super) fn end(self) {
        self.writer.out.push('\n');
    }

    /// A node with the children that `write` writes; without braces where those are none.
    pub(super) fn block(self, write: impl FnOnce(&mut Writer)) {
        let writer = self.writer;
        let bare = writer.out.len();
        writer.out.push_str(" {\n");
        let open = writer.out.len();
        writer.level += 1;
        write(writer);
        writer.level -= 1;
        if writer.out.len() == open {
            writer.out.truncate(bare);
        } else {
            writer.indent();
            writer.out.push('}');
        }
        writer.out.push('\n');
    }
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::String(text) => write_text(out, text),
        Value::Bool(true) => out.push_str("#true"),
        Value::Bool(false) => out.push_str("#false"),
        Value::Int(number) => write_number(out, |out| write_integer(out, *number)),
        Value::BigInt(digits) => out.push_str(digits),
        Value::Float(number) => write_number(out, |out| {
            // Only finite numbers are read.
            let _ = write_float(out, *number);
        }),
        // Properties are scalars.
        Value::Null | Value::List(_) | Value::Map(_) => out.push_str("#null"),
    }
}

fn write_number(out: &mut String, write: impl FnOnce(&mut Vec<u8>)) {
    let mut digits = Vec::new();
    write(&mut digits);
    out.extend(digits.into_iter().map(char::from));
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    if text.bytes().all(is_plain) {
        out.push_str(text);
    } else {
        write_escaped(out, text);
    }
    out.push('"');
}

/// Whether a byte is a character that stands for itself: names mostly consist of these alone.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

fn write_escaped(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if must_escape(character) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
}

/// What KDL v2 forbids in a string or counts as a newline.
pub(super) fn must_escape(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{1f}'
            | '\u{7f}'
            | '\u{85}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}
