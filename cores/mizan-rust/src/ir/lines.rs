//! A document's lines: each is matched against its layout, then read as KDL v2 by the `kdl` crate.
//!
//! One node a line, four spaces a level, values in their own spelling, no comments. Anything else
//! must not reach the parser, which recovers from mistakes by recursion and tries some comments
//! again and again. Measured with kdl 6.7: a thousand closing braces overflow a stack of 512 KiB, 64
//! levels of nodes one of 256 KiB, and fifteen nested `/-{` take seconds, each more twice as long.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;
use std::sync::LazyLock;

use kdl::{KdlDocument, KdlNode};
use regex_lite::{Captures, Regex};

use crate::error::Result;
use crate::value::MAX_DEPTH;

use super::source::Source;

const INDENT: usize = 4;

/// The fewest digits that may not fit in the 128 bits that the parser keeps of an integer.
const LONG: usize = 39;

/// A node's name and words. What the parser would refuse is not matched: other escapes, numbers that
/// are neither whole nor fit its 128 bits, words that it keeps for itself.
static NODE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x) ^(?: [a-z][a-z-]* | "null" )
        (?: [\ ]
            (?: (?: default | format | function | nullable | required | slot ) = )?
            (?: "(?: [^"\\\x00-\x1f\x7f\x{85}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}\x{feff}]
                   | \\["\\nrt]
                   | \\u\{(?: [0-9a-f]{1,3} | [0-9a-ce-f][0-9a-f]{3} | d[0-7][0-9a-f]{2} )\}
                )*"
              | \#(?: true | false | null )
              | -?[0-9]{39,}
              | -?[0-9]{1,38} (?: \.[0-9]{1,38} )? (?: e[+-]?[0-9]{1,3} )?
            )
        )*"#,
    )
});

/// A string, or an integer that may not fit in the parser's 128 bits.
static LONG_WORD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?<string>"(?:[^"\\]|\\.)*")|-?[0-9]{39,}"#));

const NODE_OR_WORD: &str =
    "a node: its name, quoted strings, numbers, #true, #false or #null, a single space before each";

/// A line that holds a node.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) node: Rc<KdlNode>,
    /// Where the node stands in the text.
    pub(super) offset: usize,
    pub(super) level: usize,
}

/// The lines with nodes; a value error with line and column where the layout is another.
pub(super) fn read(source: &Source<'_>) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    // Most lines come again and again, and the parser takes its time.
    let mut nodes: HashMap<&str, Rc<KdlNode>> = HashMap::new();
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
        let node = match nodes.entry(text) {
            Entry::Occupied(known) => Rc::clone(known.get()),
            Entry::Vacant(new) => Rc::clone(new.insert(Rc::new(read_node(source, text, offset)?))),
        };
        lines.push(Line {
            node,
            offset,
            level,
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

fn read_node(source: &Source<'_>, text: &str, offset: usize) -> Result<KdlNode> {
    let end = NODE.find(text).map_or(0, |found| found.end());
    if end < text.len() || text.is_empty() {
        let space = text.get(end..).is_some_and(|rest| rest.starts_with(' '));
        return Err(source.fail(offset + end + usize::from(space), NODE_OR_WORD));
    }
    let mut document = KdlDocument::parse_v2(&mask(text)).map_err(|error| {
        let first = error.diagnostics.first();
        let place = first.map_or(0, |first| first.span.offset());
        let problem = first.and_then(|first| first.message.as_deref());
        source.refuse(offset + place, problem.unwrap_or("expected KDL v2"))
    })?;
    let node = document.nodes_mut().pop();
    node.ok_or_else(|| source.fail(offset, "a node"))
}

/// The line with a string of the same length in the place of every long integer.
fn mask(text: &str) -> Cow<'_, str> {
    if text.len() < LONG {
        return Cow::Borrowed(text);
    }
    LONG_WORD.replace_all(text, |found: &Captures<'_>| match found.name("string") {
        Some(string) => string.as_str().to_owned(),
        None => format!("\"{}\"", "0".repeat(found[0].len() - 2)),
    })
}

#[allow(clippy::expect_used, reason = "the patterns are constants")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::emit::must_escape;

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
        let text = "a-b \"x\" required=#true slot=-1.5e+16 {\n    \"null\"\n    b \"{ \\\" } // \\\\\" {\n        d\n    }\n}\ne\n";
        let expected = [
            (0, "a-b \"x\" required=#true slot=-1.5e+16"),
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
            let matched = NODE
                .find(&text)
                .is_some_and(|found| found.end() == text.len());
            assert_eq!(matched, is_plain, "{character:?}");
        }
    }
}
