//! Single pieces of TypeScript, each on one line: strings, keys, types, comments.

pub use crate::literal::string;

use mizan_core::constraints::{Format, Scalar};
use mizan_core::shape::{Literal, Primitive};

use crate::literal::visible;
use crate::naming;

/// Whether the character may stand in a name, at its beginning or behind it.
pub fn is_letter(character: char, first: bool) -> bool {
    naming::is_letter(character, first) || character == '$'
}

/// The name of a member that would set the prototype of an object in its literal, in quotes, too.
pub const PROTOTYPE: &str = "[\"__proto__\"]";

/// A member's name, in quotes where it needs them.
pub fn key(name: &str) -> String {
    if name == "__proto__" {
        return PROTOTYPE.to_owned();
    }
    let mut characters = name.chars();
    let begins = characters
        .next()
        .is_some_and(|first| is_letter(first, true));
    let is_plain = begins && characters.all(|next| is_letter(next, false));
    if is_plain {
        name.to_owned()
    } else {
        string(name)
    }
}

/// A comment in front of what stands `indent` columns from the margin; nothing where there is nothing to say.
pub fn comment(description: Option<&str>, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let text = in_comment(&visible(description.map(str::trim).unwrap_or_default()));
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    match lines.as_slice() {
        [] => String::new(),
        [line] => format!("{margin}/** {line} */\n"),
        lines => {
            let lines = lines
                .iter()
                .map(|line| format!("{margin} * {line}").trim_end().to_owned() + "\n");
            format!("{margin}/**\n{}{margin} */\n", lines.collect::<String>())
        }
    }
}

/// A name as comments say it.
pub fn said(name: &str) -> String {
    in_comment(&visible(name)).replace('\n', "\\n")
}

/// The text without the end of the comment that it stands in.
fn in_comment(text: &str) -> String {
    text.replace("*/", "*\\/")
}

/// A value of an enum. An integer that no number of JavaScript is exactly is a `bigint` where those are asked for, else any
/// number.
pub fn literal(literal: &Literal, bigint: bool) -> String {
    const LARGEST: i64 = (1 << 53) - 1;
    match literal {
        Literal::Int(number) if (-LARGEST..=LARGEST).contains(number) => number.to_string(),
        Literal::Int(number) if bigint => format!("{number}n"),
        Literal::BigInt(digits) if bigint => format!("{digits}n"),
        Literal::Int(_) | Literal::BigInt(_) => "number".to_owned(),
        Literal::Text(text) => string(text),
    }
}

/// The type of a scalar.
pub fn primitive(primitive: &Primitive, bigint: bool) -> &'static str {
    match primitive.scalar {
        Scalar::Integer if bigint && primitive.format == Some(Format::Int64) => "number | bigint",
        Scalar::Integer | Scalar::Number => "number",
        Scalar::Boolean => "boolean",
        Scalar::String => "string",
    }
}

/// The members of a union, those of unions among them too, each once.
pub fn distinct(types: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut members = Vec::<String>::new();
    for member in types.into_iter().flat_map(|written| split_union(&written)) {
        if !members.contains(&member) {
            members.push(member);
        }
    }
    members
}

/// That or null.
pub fn or_null(written: String) -> String {
    distinct([written, "null".to_owned()]).join(" | ")
}

/// In parentheses where `[]` behind it would mean something else.
pub fn grouped(written: String) -> String {
    let needs = split_union(&written).len() > 1 || written.starts_with("readonly ");
    if needs {
        format!("({written})")
    } else {
        written
    }
}

/// The members of a union at the outermost level.
fn split_union(written: &str) -> Vec<String> {
    let mut members = vec![String::new()];
    let (mut depth, mut quote) = (0_usize, None);
    let mut characters = written.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(_), '\\') => {
                push(&mut members, character);
                characters
                    .next()
                    .into_iter()
                    .for_each(|next| push(&mut members, next));
                continue;
            }
            (Some(open), _) if open == character => quote = None,
            (None, '(' | '[' | '{' | '<') => depth += 1,
            (None, ')' | ']' | '}' | '>') => depth = depth.saturating_sub(1),
            (None, '|') if depth == 0 => {
                members.push(String::new());
                continue;
            }
            _ => {}
        }
        push(&mut members, character);
    }
    members
        .iter()
        .map(|member| member.trim().to_owned())
        .collect()
}

fn push(members: &mut [String], character: char) {
    if let Some(last) = members.last_mut() {
        last.push(character);
    }
}
