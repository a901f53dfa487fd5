//! Writing the interface document: straight into text, one node a line.

use std::fmt::Write as _;

use crate::number::{write_float, write_integer};
use crate::shape::{Body, Field, Format, Literal, Shape};
use crate::value::Value;

use super::document::{Context, Document, Function, Param};

const INDENT: &str = "    ";

impl Document {
    /// The document's text: types (those that something emitted refers to), functions and contexts,
    /// each sorted by name.
    pub fn emit(&self) -> String {
        let mut writer = Writer::default();
        for name in self.reached_types() {
            if let Some(body) = self.types.get(name) {
                writer
                    .node("type")
                    .text(name)
                    .block(|writer| write_body(writer, body));
            }
        }
        for (name, function) in &self.functions {
            writer
                .node("function")
                .text(name)
                .block(|writer| write_function(writer, function));
        }
        for (name, context) in &self.contexts {
            writer
                .node("context")
                .text(name)
                .block(|writer| write_context(writer, context));
        }
        writer.out
    }
}

fn write_body(writer: &mut Writer, body: &Body) {
    match body {
        Body::Struct(fields) => writer.node("struct").block(|writer| {
            for field in fields {
                write_field(writer, field);
            }
        }),
        Body::List(item) => write_wrapped(writer, "list", item),
        Body::Enum(values) => write_enum(writer, values),
        Body::Alias(shape) => write_wrapped(writer, "alias", shape),
    }
}

fn write_field(writer: &mut Writer, field: &Field) {
    let line = writer
        .node("field")
        .text(&field.name)
        .flag("required", field.required);
    let line = match &field.default {
        Some(default) => line.property("default", default),
        None => line,
    };
    line.block(|writer| write_shape(writer, &field.shape));
}

fn write_shape(writer: &mut Writer, shape: &Shape) {
    match shape {
        Shape::Primitive { name, format } => {
            writer
                .node("primitive")
                .text(name.as_str())
                .optional_text("format", format.map(Format::as_str))
                .end();
        }
        Shape::Ref(name) => writer.node("ref").text(name).end(),
        Shape::List(item) => write_wrapped(writer, "list", item),
        Shape::Map(value) => write_wrapped(writer, "map", value),
        Shape::Optional(item) => write_wrapped(writer, "optional", item),
        Shape::Enum(values) => write_enum(writer, values),
        Shape::Union(items) => writer.node("union").block(|writer| {
            for item in items {
                write_shape(writer, item);
            }
        }),
        Shape::Any => writer.node("any").end(),
        // The bare word is reserved in KDL v2.
        Shape::Null => writer.node("\"null\"").end(),
        Shape::Upload => writer.node("upload").end(),
    }
}

fn write_wrapped(writer: &mut Writer, name: &str, shape: &Shape) {
    writer.node(name).block(|writer| write_shape(writer, shape));
}

fn write_enum(writer: &mut Writer, values: &[Literal]) {
    let line = writer.node("enum");
    values.iter().fold(line, Line::literal).end();
}

fn write_function(writer: &mut Writer, function: &Function) {
    writer.node("camel").text(&function.camel).end();
    writer.node("transport").text(function.transport).end();
    for (name, word) in [
        ("auth", function.auth),
        ("context", function.context.as_deref()),
    ] {
        if let Some(word) = word {
            writer.node(name).text(word).end();
        }
    }
    for (context, name) in &function.affects {
        writer
            .node("affects")
            .text(context)
            .optional_text("function", name.as_deref())
            .end();
    }
    for (context, slot) in &function.merge {
        writer
            .node("merge")
            .text(context)
            .optional_text("slot", Some(slot))
            .end();
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
struct Writer {
    out: String,
    level: usize,
}

impl Writer {
    /// Begins a node's line.
    fn node(&mut self, name: &str) -> Line<'_> {
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
struct Line<'a> {
    writer: &'a mut Writer,
}

impl Line<'_> {
    fn text(self, text: &str) -> Self {
        self.writer.out.push(' ');
        write_text(&mut self.writer.out, text);
        self
    }

    fn literal(self, literal: &Literal) -> Self {
        self.writer.out.push(' ');
        write_value(&mut self.writer.out, &literal.to_value());
        self
    }

    fn property(self, name: &str, value: &Value) -> Self {
        let out = &mut self.writer.out;
        out.push(' ');
        out.push_str(name);
        out.push('=');
        write_value(out, value);
        self
    }

    fn optional_text(self, name: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.property(name, &Value::from(text)),
            None => self,
        }
    }

    fn flag(self, name: &str, flag: bool) -> Self {
        self.property(name, &Value::Bool(flag))
    }

    /// A node without children.
    fn end(self) {
        self.writer.out.push('\n');
    }

    /// A node with the children that `write` writes; without braces where those are none.
    fn block(self, write: impl FnOnce(&mut Writer)) {
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
            // Only finite defaults are read.
            let _ = write_float(out, *number);
        }),
        // A default is a scalar.
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
