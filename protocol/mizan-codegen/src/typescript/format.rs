//! Lays out generated TypeScript as prettier would: templates write each statement and each member on one line, and
//! what is too long there is broken here.
//!
//! It knows the constructs that the templates use, not the language: brackets, lists, unions, assignments. Lines that
//! fit are left as they are.

use unicode_width::UnicodeWidthStr;

use super::syntax::PROTOTYPE;
use crate::layout::{LEVEL, Layout};

/// The text with every line that is longer than `width` broken, and one empty line where there are several.
pub fn format(text: &str, width: usize) -> String {
    let mut output = String::with_capacity(text.len());
    // Where the object ends that stands below its `=`, a level deeper.
    let mut lowered = None;
    for line in text.lines() {
        let level = if lowered.is_some() { LEVEL } else { 0 };
        if lowered.as_deref() == Some(line) {
            lowered = None;
        }
        let indent = level + line.len() - line.trim_start().len();
        match line.trim_start() {
            "" if output.is_empty() || output.ends_with("\n\n") => continue,
            "" => {}
            code if !is_comment(code) && hangs(code, width - indent.min(width)) => {
                let head = code.trim_end_matches(" {");
                let margin = " ".repeat(indent);
                output.extend([&margin, head, "\n", &margin, "  {"]);
                lowered = Some(format!("{margin}}};"));
            }
            code if is_comment(code) || indent + code.width() <= width => {
                output.push_str(&" ".repeat(indent));
                output.push_str(code);
            }
            code => match element(code, indent, width) {
                Some(lines) => output.push_str(&lines),
                None => output.push_str(&statement(code, width).print(indent, width)),
            },
        }
        output.push('\n');
    }
    output.truncate(output.trim_end().len());
    output.push('\n');
    output
}

/// The lines of `return <Name … />;` where one line is too short for it.
fn element(code: &str, indent: usize, width: usize) -> Option<String> {
    let whole = code.strip_prefix("return ")?.strip_suffix(";")?;
    let inner = whole.strip_prefix('<')?.strip_suffix(" />")?;
    let margin = |level: usize| " ".repeat(indent + level * LEVEL);
    let one = format!("{}{whole}", margin(1));
    let lines = if one.width() <= width {
        one
    } else {
        let (name, attributes) = inner.split_once(' ')?;
        let attributes = attributes.trim_end_matches('}').split("} ");
        let attributes = attributes.map(|start| format!("\n{}{start}}}", margin(2)));
        let attributes: String = attributes.collect();
        format!("{}<{name}{attributes}\n{}/>", margin(1), margin(1))
    };
    Some(format!("{}return (\n{lines}\n{});", margin(0), margin(0)))
}

/// Whether there is room for `=` but not for the brace behind it.
fn hangs(code: &str, width: usize) -> bool {
    let has_simple_arguments = code.matches('<').count() < 2;
    code.ends_with(" = {")
        && code.width() > width
        && code.width() - 2 <= width
        && has_simple_arguments
}

fn is_comment(code: &str) -> bool {
    ["//", "/**", "*"]
        .iter()
        .any(|start| code.starts_with(start))
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    /// What divides a name from what is said of it: `: `, ` => `.
    Mark(String),
    /// `|` between the members of a union.
    Bar,
    /// Brackets, and what stands in them between commas.
    Bracket(char, Vec<Vec<Piece>>),
}

/// Where a type stands decides how a union in it is broken.
#[derive(Clone, Copy, PartialEq)]
enum Parent {
    /// Behind a name.
    Member,
    /// Behind `=`.
    Assignment,
    /// In parentheses.
    Parentheses,
    /// Among the arguments of a type.
    Arguments,
    /// In a tuple of one item.
    Single,
    /// In a tuple of several.
    Several,
}

const SUFFIXES: [&str; 5] = [" = {", " {", ";", ",", ""];

fn statement(code: &str, width: usize) -> Layout {
    let suffix = SUFFIXES
        .iter()
        .find(|suffix| code.ends_with(**suffix))
        .copied()
        .unwrap_or_default();
    let body = &code[..code.len() - suffix.len()];
    let (head, value) = match body.split_once(" = ") {
        Some((head, value)) if !head.contains(['(', '"', '\'']) => (head, Some(value)),
        _ => (body, None),
    };
    let head_layout = convert(&pieces(head), Parent::Member);
    let value_layout = value.map_or_else(Layout::nothing, |value| assigned(&pieces(value), width));
    Layout::group(vec![head_layout, value_layout, Layout::text(suffix)])
}

/// What stands behind `=`.
fn assigned(value: &[Piece], width: usize) -> Layout {
    let layout = convert(value, Parent::Assignment);
    let layout = if value.contains(&Piece::Bar) && is_one_or_null(&members(value)) {
        Layout::Hanging(layout.into())
    } else if value.contains(&Piece::Bar) || breaks_badly(value, width) {
        Layout::Group(Layout::indent(vec![Layout::Line(" "), layout]).into())
    } else {
        Layout::Hanging(layout.into())
    };
    Layout::All(vec![Layout::text(" ="), layout])
}

/// Whether it is a call whose one argument is too short to stand alone.
fn breaks_badly(value: &[Piece], width: usize) -> bool {
    match value {
        [Piece::Text(_)] => true,
        [Piece::Text(_), Piece::Bracket('(', items)] => match items.as_slice() {
            [item] => matches!(item.as_slice(), [Piece::Text(name)] if name.len() <= width / 4),
            items => items.is_empty(),
        },
        _ => false,
    }
}

fn convert(pieces: &[Piece], parent: Parent) -> Layout {
    let mark = pieces
        .iter()
        .position(|piece| matches!(piece, Piece::Mark(_)));
    let bar = pieces.iter().position(|piece| *piece == Piece::Bar);
    match (mark, bar) {
        (mark, Some(bar)) if mark.is_none_or(|mark| bar < mark) => union(pieces, parent),
        (Some(mark), _) => {
            let (head, tail) = pieces.split_at(mark + 1);
            if is_text_of_property(head, tail) {
                return property(head, tail);
            }
            let is_signature = matches!(head.iter().rev().nth(1), Some(Piece::Bracket('(', _)));
            let result = convert(tail, Parent::Member);
            if is_signature {
                let head_layout = sequence(head, true);
                let grouped = has_one_item(head) && is_object(tail);
                Layout::group(vec![
                    if grouped {
                        Layout::Group(head_layout.into())
                    } else {
                        head_layout
                    },
                    result,
                ])
            } else {
                Layout::All(vec![sequence(head, false), result])
            }
        }
        _ => sequence(pieces, false),
    }
}

/// A string moves below the name of its member where it gains as many columns as that: names of more than four.
const SHORTEST_BROKEN: usize = 5;

/// Whether it is a string behind the name of a member, not of a type's member.
fn is_text_of_property(head: &[Piece], tail: &[Piece]) -> bool {
    let is_string = matches!(tail, [Piece::Text(text)] if text.starts_with(['"', '\'']));
    let is_member = matches!(head, [Piece::Text(name), Piece::Mark(mark)] if mark == ": " && !name.contains(' ') && name.width() >= SHORTEST_BROKEN);
    is_string && is_member
}

/// A member whose value stands behind its name, or a line below.
fn property(head: &[Piece], tail: &[Piece]) -> Layout {
    let name = head.split_last().map_or(head, |(_, name)| name);
    Layout::group(vec![
        sequence(name, false),
        Layout::text(":"),
        Layout::indent(vec![Layout::Line(" "), sequence(tail, false)]),
    ])
}

/// Whether the signature has one parameter.
fn has_one_item(head: &[Piece]) -> bool {
    head.iter()
        .any(|piece| matches!(piece, Piece::Bracket('(', items) if items.len() == 1))
}

fn sequence(pieces: &[Piece], is_signature: bool) -> Layout {
    let last_parenthesis = pieces.len().saturating_sub(2);
    let each = pieces.iter().enumerate().map(|(index, piece)| match piece {
        Piece::Text(text) | Piece::Mark(text) => Layout::text(text),
        Piece::Bar => Layout::text(" | "),
        Piece::Bracket('(', items) if is_signature && index == last_parenthesis => {
            list('(', ')', items)
        }
        Piece::Bracket('(', items)
            if matches!(pieces.get(index + 1), Some(Piece::Bracket('[', _))) =>
        {
            parenthesised(items)
        }
        Piece::Bracket(open, items) => bracket(*open, items),
    });
    Layout::All(each.collect())
}

fn bracket(open: char, items: &[Vec<Piece>]) -> Layout {
    match open {
        '(' => Layout::Group(list('(', ')', items).into()),
        '[' => Layout::Group(list('[', ']', items).into()),
        '<' => type_arguments(items),
        _ => braces(items),
    }
}

/// A list between brackets, each item on its own line where it breaks.
fn list(open: char, close: char, items: &[Vec<Piece>]) -> Layout {
    let is_parenthesis = open == '(';
    let (open, close) = (Layout::text(open), Layout::text(close));
    match items {
        [] => return Layout::All(vec![open, close]),
        [item] if is_parenthesis && is_hugged(item) => {
            return Layout::All(vec![open, convert(item, Parent::Member), close]);
        }
        _ => {}
    }
    // `[key: string]`, which is no list.
    let is_index = !is_parenthesis
        && items
            .iter()
            .flatten()
            .any(|piece| matches!(piece, Piece::Mark(_)));
    let parent = match items.len() {
        _ if is_parenthesis => Parent::Member,
        1 => Parent::Single,
        _ => Parent::Several,
    };
    Layout::All(vec![
        open,
        Layout::indent(vec![Layout::Line(""), separated(items, parent)]),
        Layout::if_broken(if is_index { "" } else { "," }),
        Layout::Line(""),
        close,
    ])
}

/// Whether the brackets around the only item break with it.
fn is_hugged(item: &[Piece]) -> bool {
    match item {
        [Piece::Bracket('{', _)] => true,
        [Piece::Text(_), Piece::Mark(mark), Piece::Bracket('{', _)] => mark == ": ",
        _ => false,
    }
}

fn parenthesised(items: &[Vec<Piece>]) -> Layout {
    let inner = separated(items, Parent::Parentheses);
    Layout::All(vec![Layout::text("("), inner, Layout::text(")")])
}

fn type_arguments(items: &[Vec<Piece>]) -> Layout {
    let (open, close) = (Layout::text("<"), Layout::text(">"));
    if let [item] = items
        && is_simple(item)
    {
        return Layout::All(vec![open, convert(item, Parent::Arguments), close]);
    }
    Layout::group(vec![
        open,
        Layout::indent(vec![Layout::Line(""), separated(items, Parent::Arguments)]),
        Layout::Line(""),
        close,
    ])
}

/// A name alone, or an object type, perhaps beside null.
fn is_simple(item: &[Piece]) -> bool {
    match item {
        [Piece::Text(name)] => is_name(name),
        _ => is_object(item) || (item.contains(&Piece::Bar) && is_one_or_null(&members(item))),
    }
}

fn braces(items: &[Vec<Piece>]) -> Layout {
    if items.is_empty() {
        return Layout::text("{}");
    }
    let is_type = matches!(items, [item] if is_type_member(item));
    let is_specifier =
        matches!(items, [item] if !item.iter().any(|piece| matches!(piece, Piece::Mark(_))));
    if is_specifier {
        let inner = items.iter().map(|item| sequence(item, false)).collect();
        return Layout::All(vec![
            Layout::text("{ "),
            Layout::All(inner),
            Layout::text(" }"),
        ]);
    }
    Layout::group(vec![
        Layout::text("{"),
        Layout::indent(vec![Layout::Line(" "), separated(items, Parent::Member)]),
        Layout::if_broken(if is_type { ";" } else { "," }),
        Layout::Line(" "),
        Layout::text("}"),
    ])
}

fn is_type_member(item: &[Piece]) -> bool {
    matches!(item.first(), Some(Piece::Text(text)) if text.starts_with("readonly "))
}

fn separated(items: &[Vec<Piece>], parent: Parent) -> Layout {
    let mut layouts = Vec::with_capacity(items.len() * 2);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            layouts.extend([Layout::text(","), Layout::Line(" ")]);
        }
        layouts.push(convert(item, parent));
    }
    Layout::All(layouts)
}

/// The members of a union.
fn members(pieces: &[Piece]) -> Vec<&[Piece]> {
    pieces.split(|piece| *piece == Piece::Bar).collect()
}

/// Whether it is one object or named type, and null: that is never broken at the bar.
fn is_one_or_null(members: &[&[Piece]]) -> bool {
    let is_null = |member: &&&[Piece]| matches!(member, [Piece::Text(name)] if name == "null");
    let others: Vec<_> = members.iter().filter(|member| !is_null(member)).collect();
    matches!(others.as_slice(), [one] if is_object(one) || is_reference(one))
}

fn is_object(pieces: &[Piece]) -> bool {
    matches!(pieces, [Piece::Bracket('{', _)])
}

/// Whether it names a type that the language does not have.
fn is_reference(pieces: &[Piece]) -> bool {
    match pieces {
        [Piece::Text(name)] | [Piece::Text(name), Piece::Bracket('<', _)] => {
            is_name(name) && !KEYWORDS.contains(&name.as_str())
        }
        _ => false,
    }
}

const KEYWORDS: [&str; 5] = ["boolean", "null", "number", "string", "unknown"];

fn is_name(text: &str) -> bool {
    let begins = |first: char| !first.is_ascii_digit() && first != '-';
    text.starts_with(begins) && !text.contains([' ', '"', '\''])
}

fn union(pieces: &[Piece], parent: Parent) -> Layout {
    let members = members(pieces);
    if is_one_or_null(&members) {
        return sequence(pieces, false);
    }
    let mut code = vec![Layout::if_broken("| ")];
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            code.extend([Layout::Line(" "), Layout::text("| ")]);
        }
        code.push(Layout::indent(vec![sequence(member, false)]));
    }
    let code = Layout::group(code);
    match parent {
        Parent::Member => Layout::group(vec![Layout::indent(vec![Layout::Line(""), code])]),
        Parent::Parentheses => Layout::group(vec![
            Layout::indent(vec![Layout::Line(""), code]),
            Layout::Line(""),
        ]),
        Parent::Several => {
            let open = Layout::IfBroken(
                Layout::All(vec![Layout::text("("), Layout::Line("")]).into(),
                Layout::nothing().into(),
            );
            Layout::group(vec![
                Layout::indent(vec![open, code]),
                Layout::Line(""),
                Layout::if_broken(")"),
            ])
        }
        Parent::Assignment | Parent::Arguments | Parent::Single => code,
    }
}

fn pieces(code: &str) -> Vec<Piece> {
    let mut reader = Reader { rest: code };
    let mut all = Vec::new();
    loop {
        for (index, item) in reader.items(None).into_iter().enumerate() {
            if index > 0 {
                all.push(Piece::Text(", ".to_owned()));
            }
            all.extend(item);
        }
        // A bracket that nothing opened: it is as good as any other text.
        let Some(first) = reader.rest.chars().next() else {
            return all;
        };
        all.push(Piece::Text(first.to_string()));
        reader.rest = &reader.rest[first.len_utf8()..];
    }
}

struct Reader<'a> {
    rest: &'a str,
}

const MARKS: [&str; 3] = ["?: ", ": ", " => "];
const CLOSING: [(char, char); 4] = [('(', ')'), ('[', ']'), ('<', '>'), ('{', '}')];

impl Reader<'_> {
    /// What stands between commas up to `close`, which is taken, too; or up to the end, or a bracket too many.
    fn items(&mut self, close: Option<char>) -> Vec<Vec<Piece>> {
        let mut items = vec![Vec::new()];
        let mut text = String::new();
        while let Some(first) = self.rest.chars().next() {
            if let Some(mark) = MARKS.iter().find(|mark| self.rest.starts_with(**mark)) {
                flush(&mut text, &mut items);
                push(&mut items, Piece::Mark((*mark).to_owned()));
                self.skip(mark.len());
            } else if self.rest.starts_with(" | ") {
                flush(&mut text, &mut items);
                push(&mut items, Piece::Bar);
                self.skip(3);
            } else if self.rest.starts_with(", ") {
                flush(&mut text, &mut items);
                items.push(Vec::new());
                self.skip(2);
            } else if let Some(end) = self.atom(first) {
                text.push_str(&self.rest[..end]);
                self.skip(end);
            } else if let Some((open, matching)) = Self::opening(first, &text) {
                flush(&mut text, &mut items);
                self.skip(open.len_utf8());
                let inner = self.items(Some(matching));
                push(&mut items, Piece::Bracket(open, inner));
            } else if CLOSING.iter().any(|(_, closing)| *closing == first) {
                break;
            } else {
                text.push(first);
                self.skip(first.len_utf8());
            }
        }
        flush(&mut text, &mut items);
        if let Some(close) = close
            && self.rest.starts_with(close)
        {
            self.skip(close.len_utf8());
        }
        trimmed(items)
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// Where a string, a comment or a name in brackets that begins here ends.
    fn atom(&self, first: char) -> Option<usize> {
        if self.rest.starts_with("/*") {
            return self.rest.find("*/").map(|end| end + 2);
        }
        if self.rest.starts_with(PROTOTYPE) {
            return Some(PROTOTYPE.len());
        }
        if first != '"' && first != '\'' {
            return None;
        }
        let mut is_escaped = false;
        let end = self.rest.char_indices().skip(1).find(|(_, character)| {
            let ends = *character == first && !is_escaped;
            is_escaped = *character == '\\' && !is_escaped;
            ends
        });
        end.map(|(index, _)| index + 1)
    }

    fn opening(first: char, text: &str) -> Option<(char, char)> {
        let is_bracket = first != '<'
            || text.ends_with(|last: char| last.is_alphanumeric() || last == '_' || last == '$');
        CLOSING
            .iter()
            .copied()
            .find(|(open, _)| *open == first && is_bracket)
    }
}

fn flush(text: &mut String, items: &mut [Vec<Piece>]) {
    if !text.is_empty() {
        push(items, Piece::Text(std::mem::take(text)));
    }
}

fn push(items: &mut [Vec<Piece>], piece: Piece) {
    if let Some(last) = items.last_mut() {
        last.push(piece);
    }
}

/// The items without the spaces inside braces; none for an empty pair of brackets.
fn trimmed(mut items: Vec<Vec<Piece>>) -> Vec<Vec<Piece>> {
    if let Some(Piece::Text(text)) = items.first_mut().and_then(|item| item.first_mut()) {
        *text = text.trim_start().to_owned();
    }
    if let Some(Piece::Text(text)) = items.last_mut().and_then(|item| item.last_mut()) {
        *text = text.trim_end().to_owned();
    }
    items.retain(|item| {
        !item
            .iter()
            .all(|piece| matches!(piece, Piece::Text(text) if text.is_empty()))
    });
    items
}
