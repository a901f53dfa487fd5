//! A document's lines: each is matched against its layout, then read as KDL v2 by the `kdl` crate.
//!
//! One node a line, four spaces a level, values in their own spelling, no comments. Anything else
//! must not reach the parser, which recovers from mistakes by recursion and tries some comments
//! again and again. Measured with kdl 6.7: a thousand closing braces overflow a stack of 512 KiB, 64
//! levels of nodes one of 256 KiB, and fifteen nested `/-{` take seconds, each more twice as long.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::rc::Rc;

use kdl::{KdlDocument, KdlEntry, KdlIdentifier, KdlNode};
use regex_lite::{Captures, Regex};

use crate::error::{Problem, Result};
use crate::value::MAX_DEPTH;

use super::properties;
use super::source::Source;

const INDENT: usize = 4;

/// The fewest digits that may not fit in the 128 bits that the parser keeps of an integer.
const LONG: usize = 39;

// Each thread has patterns of its own. A `Regex` keeps its scratch memory behind a mutex, and the binding
// parses without the interpreter's lock: a process forked at that moment would find the mutex held for good.
thread_local! {
    /// A node's name and words. What the parser would refuse is not matched: other escapes, numbers that
    /// are neither whole nor fit its 128 bits, words that it keeps for itself.
    static NODE: Regex = pattern(
        r#"(?x) ^(?: [a-z][a-z-]* | "null" )
        (?: [\ ]
            (?: [a-z][a-z0-9]*(?:-[a-z0-9]+)* = )?
            (?: "(?: [^"\\\x00-\x1f\x7f\x{85}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}\x{feff}]
                   | \\["\\nrt]
                   | \\u\{(?: [0-9a-f]{1,3} | [0-9a-ce-f][0-9a-f]{3} | d[0-7][0-9a-f]{2} )\}
                )*"
              | \#(?: true | false | null )
              | -?[0-9]{39,}
              | -?[0-9]{1,38} (?: \.[0-9]{1,38} )? (?: e[+-]?[0-9]{1,3} )?
            )
        )*"#,
    );

    /// A string, or an integer that may not fit in the parser's 128 bits.
    static LONG_WORD: Regex = pattern(r#"(?<string>"(?:[^"\\]|\\.)*")|-?[0-9]{39,}"#);

    /// A string, or a word of KDL's own in the place of a property's name.
    static RESERVED_NAME: Regex =
        pattern(r#""(?:[^"\\]|\\.)*"|(?<reserved>\ (?:true|false|null|inf|nan)=)"#);
}

const NODE_OR_WORD: &str =
    "a node: its name, quoted strings, numbers, #true, #false or #null, a single space before each";

/// A line that holds a node.
#[derive(Debug)]
pub(super) struct Line {
    /// The node without the properties that are not known.
    pub(super) node: Rc<KdlNode>,
    /// Where the node stands in the text.
    pub(super) offset: usize,
    pub(super) level: usize,
    /// Where properties stand that are not known, each with the space before it.
    pub(super) ignored: Rc<[Range<usize>]>,
}

/// The lines with nodes; a value error with line and column where the layout is another.
pub(super) fn read(source: &Source<'_>) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    // Most lines come again and again, and the parser takes its time.
    let mut nodes: HashMap<&str, Words> = HashMap::new();
    let (mut start, mut level) = (0, 0);
    for line in source.text.split_inclusive('\n') {
        let text = line.trim_start_matches(' ');
        let offset = start + line.len() - text.len();
        let closes = level > 0 && text == "}\n";
        level -= usize::from(closes);
        if offset - start != INDENT * level {
            let expected = format!("{} spaces of indentation", INDENT * level);
            return Err(source.fail(start, &expected));
        }
        start += line.len();
        if closes {
            continue;
        }
        let text = text.strip_suffix('\n');
        let text = text.ok_or_else(|| source.fail(start, "a newline"))?;
        let (text, opens) = text
            .strip_suffix(" {")
            .map_or((text, false), |text| (text, true));
        let (node, ignored) = match nodes.entry(text) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(new) => new.insert(read_words(source, text, offset)?).clone(),
        };
        lines.push(Line {
            node,
            offset,
            level,
            ignored,
        });
        level += usize::from(opens);
        if level > MAX_DEPTH {
            return Err(source.fail(offset, &format!("at most {MAX_DEPTH} levels")));
        }
    }
    if level > 0 {
        return Err(source.fail(start, "\"}\""));
    }
    Ok(lines)
}

/// A node and where its line has properties that are not known.
type Words = (Rc<KdlNode>, Rc<[Range<usize>]>);

fn read_words(source: &Source<'_>, text: &str, offset: usize) -> Result<Words> {
    let mut node = read_node(source, text, offset)?;
    let known = properties::known(node.name().value());
    let is_known = |entry: &KdlEntry| {
        let name = entry.name().map(KdlIdentifier::value);
        name.is_none_or(|name| known.contains(&name))
    };
    let unknown = node.entries().iter().filter(|entry| !is_known(entry));
    let place = |entry: &KdlEntry| {
        let start = entry.span().offset();
        start.saturating_sub(1)..start + entry.span().len()
    };
    let ignored = unknown.map(place).collect();
    node.entries_mut().retain(is_known);
    Ok((Rc::new(node), ignored))
}

fn read_node(source: &Source<'_>, text: &str, offset: usize) -> Result<KdlNode> {
    let end = NODE.with(|node| node.find(text).map_or(0, |found| found.end()));
    let end = reserved_name(text).map_or(end, |place| end.min(place));
    if end < text.len() || text.is_empty() {
        let space = text.get(end..).is_some_and(|rest| rest.starts_with(' '));
        return Err(source.fail(offset + end + usize::from(space), NODE_OR_WORD));
    }
    let mut document = KdlDocument::parse_v2(&mask(text)).map_err(|error| {
        let first = error.diagnostics.first();
        let place = first.map_or(0, |first| first.span.offset());
        let problem = first.and_then(|first| first.message.as_deref());
        let problem = problem.unwrap_or("expected KDL v2").to_owned();
        source.refuse(offset + place, Problem::rule(problem))
    })?;
    let node = document.nodes_mut().pop();
    node.ok_or_else(|| source.fail(offset, "a node"))
}

/// Where the first property stands that has a word of KDL's own for its name.
fn reserved_name(text: &str) -> Option<usize> {
    RESERVED_NAME.with(|name| {
        let mut words = name.captures_iter(text);
        words.find_map(|found| Some(found.name("reserved")?.start()))
    })
}

/// The line with a string of the same length in the place of every long integer.
fn mask(text: &str) -> Cow<'_, str> {
    if text.len() < LONG {
        return Cow::Borrowed(text);
    }
    let masked = |found: &Captures<'_>| match found.name("string") {
        Some(string) => string.as_str().to_owned(),
        None => format!("\"{}\"", "0".repeat(found[0].len() - 2)),
    };
    LONG_WORD.with(|word| word.replace_all(text, masked))
}

#[allow(clippy::expect_used, reason = "the patterns are constants")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::words::must_escape;

    fn refusal(text: &str) -> String {
        read(&Source::new(text)).unwrap_err().to_string()
    }

    fn lines(text: &str) -> Vec<(usize, String)> {
        let lines = read(&Source::new(text)).unwrap();
        let shown = |line: &Line| (line.level, line.node.to_string().trim_end().to_owned());
        lines.iter().map(shown).collect()
    }

    #[test]
    fn what_is_laid_out_is_taken_apart() {
        let text = "field \"x\" required=#true default=-1.5e+16 {\n    \"null\"\n    b \"{ \\\" } // \\\\\" {\n        d\n    }\n}\ne\n";
        let expected = [
            (0, "field \"x\" required=#true default=-1.5e+16"),
            (1, "\"null\""),
            (1, "b \"{ \\\" } // \\\\\""),
            (2, "d"),
            (0, "e"),
        ];
        let expected = expected.map(|(level, node)| (level, node.to_owned()));
        assert_eq!(lines(text), expected);
        assert!(lines("").is_empty());
    }

    #[test]
    fn unknown_properties_are_left_out() {
        let text = "ir b=1 version=2 c-2=\"{ \" {\n    a x=1\n}\n";
        assert_eq!(
            lines(text),
            [(0, "ir version=2".to_owned()), (1, "a".to_owned())]
        );
        let lines = read(&Source::new(text)).unwrap();
        let ignored = |line: &Line| {
            let ranges = line.ignored.iter();
            let ranges = ranges.map(|range| range.start + line.offset..range.end + line.offset);
            ranges
                .map(|range| text[range].to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(ignored(&lines[0]), [" b=1", " c-2=\"{ \""]);
        assert_eq!(ignored(&lines[1]), [" x=1"]);
    }

    #[test]
    fn large_integers_are_masked_by_strings_of_their_length() {
        let large = "9".repeat(39);
        let zeros = "0".repeat(37);
        let text = format!(
            "enum {large} -{large} \"{large} \\\" {large}\" {}",
            &large[1..]
        );
        let expected = format!(
            "enum \"{zeros}\" \"0{zeros}\" \"{large} \\\" {large}\" {}",
            &large[1..]
        );
        assert_eq!(mask(&text), expected);
        for number in [
            format!("{large}.5"),
            format!("1.{large}"),
            format!("{large}e5"),
        ] {
            assert!(refusal(&format!("a {number}\n")).ends_with(NODE_OR_WORD));
        }
    }

    #[test]
    fn another_layout_is_refused_where_it_begins() {
        for (text, message) in [
            ("a", "line 1, column 2: expected a newline"),
            (" a\n", "line 1, column 1: expected 0 spaces of indentation"),
            (
                "a {\n  b\n}\n",
                "line 2, column 1: expected 4 spaces of indentation",
            ),
            (
                "a {\n    }\n",
                "line 2, column 1: expected 0 spaces of indentation",
            ),
            ("a {\n", "line 2, column 1: expected \"}\""),
        ] {
            assert_eq!(refusal(text), message, "{text}");
        }
        for (text, place) in [
            ("a\n\n", "line 2, column 1"),
            ("a\n}\n", "line 2, column 1"),
            ("a {\n}\n}\n", "line 3, column 1"),
            ("// a\n", "line 1, column 1"),
            ("/-a\n", "line 1, column 1"),
            ("\u{feff}a\n", "line 1, column 1"),
            ("\"a\"\n", "line 1, column 1"),
            ("(t)a\n", "line 1, column 1"),
            ("a \"é\n", "line 1, column 3"),
            ("a {}\n", "line 1, column 3"),
            ("a{\n}\n", "line 1, column 2"),
            ("a \"b\"\"c\"\n", "line 1, column 6"),
            ("a;b\n", "line 1, column 2"),
            ("a\r\n", "line 1, column 2"),
            ("a\tb\n", "line 1, column 2"),
            ("a  b\n", "line 1, column 3"),
            ("a b\n", "line 1, column 3"),
            ("a \"b\" true=1\n", "line 1, column 7"),
            ("a #\"raw\"#\n", "line 1, column 3"),
            ("a #-inf\n", "line 1, column 3"),
            ("a -.5\n", "line 1, column 3"),
            ("a 1.\n", "line 1, column 4"),
            ("a 0x1\n", "line 1, column 4"),
            ("a 1_0\n", "line 1, column 4"),
        ] {
            assert_eq!(
                refusal(text),
                format!("{place}: expected {NODE_OR_WORD}"),
                "{text}"
            );
        }
        for text in ["true\n", "null\n"] {
            assert!(
                refusal(text).starts_with("line 1, column 1: "),
                "{}",
                refusal(text)
            );
        }
    }

    #[test]
    fn strings_have_our_escapes_alone() {
        for escape in [
            "q",
            "s",
            "/",
            "b",
            "u",
            "u{",
            "u{}",
            "u0041",
            "u{d800}",
            "u{dfff}",
            "u{110000}",
            "u{00041}",
            "u{g}",
            "u{+1}",
        ] {
            let message = refusal(&format!("a \"x\\{escape}\"\n"));
            assert_eq!(
                message,
                format!("line 1, column 3: expected {NODE_OR_WORD}"),
                "{escape}"
            );
        }
        assert_eq!(
            lines("a \"\\\\\\\"\\n\\r\\t\\u{85}\\u{feff}\\u{d7ff}\"\n").len(),
            1
        );
    }

    #[test]
    fn a_character_stands_for_itself_unless_it_must_be_escaped() {
        for character in (0..=0x2100)
            .chain(0xfe00..=0x1_0000)
            .filter_map(char::from_u32)
        {
            let text = format!("a \"{character}\"");
            let is_plain = !must_escape(character) && !"\"\\".contains(character);
            let end = NODE.with(|node| node.find(&text).map(|found| found.end()));
            let matched = end == Some(text.len());
            assert_eq!(matched, is_plain, "{character:?}");
        }
    }
}
