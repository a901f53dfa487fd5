//! What one word of a node says: how it is written, and how it is read.

use std::fmt::Write as _;

use crate::constraints::{count, expected_count};
use crate::error::Result;
use crate::keyword::{Keyword, expected};
use crate::number::{write_float, write_integer};
use crate::shape::Literal;
use crate::value::Value;

use super::nodes::Word;
use super::parts::{expected_status, status};

/// What one word says.
pub(super) trait Written: Sized {
    /// What is expected where it is missing.
    fn expected() -> String {
        "a value".to_owned()
    }

    fn read(word: &Word<'_>) -> Result<Self>;

    fn write(&self, out: &mut String);
}

impl Written for String {
    fn expected() -> String {
        "a string".to_owned()
    }

    fn read(word: &Word<'_>) -> Result<Self> {
        Ok(word.text()?.to_owned())
    }

    fn write(&self, out: &mut String) {
        write_text(out, self);
    }
}

impl<K: Keyword> Written for K {
    fn expected() -> String {
        expected(K::ALL)
    }

    fn read(word: &Word<'_>) -> Result<Self> {
        word.keyword_among(K::ALL)
    }

    fn write(&self, out: &mut String) {
        write_text(out, self.word());
    }
}

impl Written for Literal {
    fn read(word: &Word<'_>) -> Result<Self> {
        word.literal()
    }

    fn write(&self, out: &mut String) {
        write_value(out, &self.to_value());
    }
}

/// A scalar.
impl Written for Value {
    fn read(word: &Word<'_>) -> Result<Self> {
        word.scalar()
    }

    fn write(&self, out: &mut String) {
        write_value(out, self);
    }
}

impl Written for bool {
    fn read(word: &Word<'_>) -> Result<Self> {
        word.flag()
    }

    fn write(&self, out: &mut String) {
        write_value(out, &Value::Bool(*self));
    }
}

/// A length, or a number of things.
impl Written for u64 {
    fn read(word: &Word<'_>) -> Result<Self> {
        count(&word.scalar()?).ok_or_else(|| word.fail(&expected_count()))
    }

    fn write(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }
}

/// The status of an error.
impl Written for u16 {
    fn read(word: &Word<'_>) -> Result<Self> {
        status(&word.scalar()?).ok_or_else(|| word.fail(&expected_status()))
    }

    fn write(&self, out: &mut String) {
        out.push_str(&self.to_string());
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
