//! Writing nodes: straight into text, one a line.

use std::fmt::Write as _;

use crate::constraints::{Constraint, Constraints};
use crate::number::{write_float, write_integer};
use crate::shape::Literal;
use crate::value::Value;

const INDENT: &str = "    ";

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

    /// All that was written.
    pub(super) fn into_text(self) -> String {
        self.out
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

    pub(super) fn constraints(self, constraints: &Constraints) -> Self {
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
