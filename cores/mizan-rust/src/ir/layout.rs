//! The layout of an interface document, checked before the KDL parser sees the text.
//!
//! One node a line, four spaces a level, no comments, strings in plain quotes: what is left for the
//! parser is flat work on each line. Its recursion is bounded by the levels counted here, and the
//! constructs that could make it costly do not reach it.

use std::borrow::Cow;

use crate::canonical::MAX_DEPTH;
use crate::error::Result;

use super::source::Source;

const INDENT: usize = 4;

/// The most digits that are sure to fit in the 128 bits that the KDL parser keeps of an integer.
const SHORT_DIGITS: usize = 38;

/// The text as the KDL parser can take it.
///
/// An integer that it could not hold is masked by a string of the same length; the offsets of those
/// are in `masked`, ascending.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) masked: Vec<usize>,
}

/// Checks the layout; a value error with line and column otherwise.
pub(super) fn check<'a>(source: &Source<'a>) -> Result<Layout<'a>> {
    let mut layout = Layout {
        text: Cow::Borrowed(source.text),
        masked: Vec::new(),
    };
    let mut level = 0;
    let mut offset = 0;
    for line in source.text.split_inclusive('\n') {
        let Some(content) = line.strip_suffix('\n') else {
            return Err(source.fail(offset + line.len(), "a newline"));
        };
        level = check_line(source, &mut layout, content, offset, level)?;
        offset += line.len();
    }
    if level > 0 {
        return Err(source.fail(offset, "\"}\""));
    }
    Ok(layout)
}

/// The level after a line.
fn check_line(
    source: &Source<'_>,
    layout: &mut Layout<'_>,
    line: &str,
    offset: usize,
    level: usize,
) -> Result<usize> {
    let content = line.trim_start_matches(' ');
    let closes = content == "}";
    let level_here = if closes {
        level.checked_sub(1)
    } else {
        Some(level)
    };
    let Some(level_here) = level_here else {
        return Err(source.fail(offset, "a node"));
    };
    let spaces = line.len() - content.len();
    if spaces != INDENT * level_here {
        let expected = format!("{} spaces of indentation", INDENT * level_here);
        return Err(source.fail(offset, &expected));
    }
    if closes {
        return Ok(level_here);
    }
    let opens = scan_node(source, layout, content, offset + spaces)?;
    if opens && level == MAX_DEPTH {
        return Err(source.fail(offset, &format!("at most {MAX_DEPTH} levels")));
    }
    Ok(level + usize::from(opens))
}

/// Goes through a node's line; whether it opens a block.
fn scan_node(
    source: &Source<'_>,
    layout: &mut Layout<'_>,
    content: &str,
    offset: usize,
) -> Result<bool> {
    if !content.starts_with(|first: char| first.is_ascii_alphabetic() || first == '"') {
        return Err(source.fail(offset, "a node"));
    }
    let (words, opens) = match content.strip_suffix(" {") {
        Some(words) => (words, true),
        None => (content, false),
    };
    let mut position = 0;
    while let Some(rest) = words.get(position..).filter(|rest| !rest.is_empty()) {
        let length = token_length(rest).map_err(|problem| {
            source.fail(offset + position + problem.position, problem.expected)
        })?;
        layout.mask(&rest[..length], offset + position);
        position += length;
    }
    Ok(opens)
}

struct Problem {
    position: usize,
    expected: &'static str,
}

/// The length of the string, word or separator that comes next.
fn token_length(text: &str) -> Result<usize, Problem> {
    let length = match text.as_bytes() {
        [b' ' | b'=', ..] => 1,
        [b'"', ..] => return string_length(text),
        // A keyword; a raw string would have a quote or another # here.
        [b'#', next, ..] if next.is_ascii_lowercase() || *next == b'-' => {
            1 + word_length(&text[1..])
        }
        _ => word_length(text),
    };
    if length == 0 {
        let expected = "a quoted string, a number, a keyword or the end of the line";
        return Err(Problem {
            position: 0,
            expected,
        });
    }
    Ok(length)
}

fn word_length(text: &str) -> usize {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+.".contains(byte);
    text.bytes().take_while(is_word).count()
}

/// The length of a string with its quotes.
fn string_length(text: &str) -> Result<usize, Problem> {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Ok(index + 1),
            _ => {}
        }
    }
    Err(Problem {
        position: text.len(),
        expected: "the closing quote of the string",
    })
}

impl Layout<'_> {
    fn mask(&mut self, token: &str, offset: usize) {
        let digits = token.strip_prefix('-').unwrap_or(token);
        if digits.len() <= SHORT_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        let mask = format!("\"{}\"", "0".repeat(token.len() - 2));
        self.text
            .to_mut()
            .replace_range(offset..offset + token.len(), &mask);
        self.masked.push(offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        check(&Source::new(text)).unwrap_err().to_string()
    }

    #[test]
    fn what_is_laid_out_passes_unchanged() {
        for text in [
            "",
            "any\n",
            "a \"x\" b=#true c=-1.5e+16 {\n    b \"{ \\\" } // \\\\\"\n    c {\n        d\n    }\n}\ne\n",
        ] {
            let layout = check(&Source::new(text)).unwrap();
            assert_eq!(layout.text, text);
            assert!(layout.masked.is_empty());
        }
    }

    #[test]
    fn large_integers_are_masked_by_strings_of_their_length() {
        let large = "9".repeat(39);
        let text = format!("enum {large} -{large} \"{large}\" {}\n", &large[1..]);
        let layout = check(&Source::new(&text)).unwrap();
        let zeros = "0".repeat(37);
        let expected = format!(
            "enum \"{zeros}\" \"0{zeros}\" \"{large}\" {}\n",
            &large[1..]
        );
        assert_eq!(layout.text, expected);
        assert_eq!(layout.masked, [5, 45]);
    }

    #[test]
    fn another_layout_is_refused_where_it_begins() {
        for (text, message) in [
            ("a", "line 1, column 2: expected a newline"),
            ("a\n\n", "line 2, column 1: expected a node"),
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
            ("a\n}\n", "line 2, column 1: expected a node"),
            ("a {\n}\n}\n", "line 3, column 1: expected a node"),
            ("// a\n", "line 1, column 1: expected a node"),
            ("/-a\n", "line 1, column 1: expected a node"),
            ("\u{feff}a\n", "line 1, column 1: expected a node"),
            (
                "a \"é\n",
                "line 1, column 5: expected the closing quote of the string",
            ),
            (
                "a \"\\\"\n",
                "line 1, column 6: expected the closing quote of the string",
            ),
        ] {
            assert_eq!(refusal(text), message, "{text}");
        }
        let expected = "expected a quoted string, a number, a keyword or the end of the line";
        for (text, place) in [
            ("a {}\n", "line 1, column 3"),
            ("a{\n}\n", "line 1, column 2"),
            ("a \"é\" /* b */\n", "line 1, column 7"),
            ("a /-1\n", "line 1, column 3"),
            ("a (t)1\n", "line 1, column 3"),
            ("a #\"raw\"#\n", "line 1, column 3"),
            ("a ##\"raw\"##\n", "line 1, column 3"),
            ("a \\\n    b\n", "line 1, column 3"),
            ("a;b\n", "line 1, column 2"),
            ("a\r\n", "line 1, column 2"),
            ("a\tb\n", "line 1, column 2"),
        ] {
            assert_eq!(refusal(text), format!("{place}: {expected}"), "{text}");
        }
    }

    #[test]
    fn levels_are_bounded() {
        let nested = |levels: usize| {
            let open = (0..levels).map(|level| format!("{}a {{\n", " ".repeat(INDENT * level)));
            let close = (0..levels)
                .rev()
                .map(|level| format!("{}}}\n", " ".repeat(INDENT * level)));
            open.chain(close).collect::<String>()
        };
        assert!(check(&Source::new(&nested(MAX_DEPTH))).is_ok());
        let message = refusal(&nested(MAX_DEPTH + 1));
        assert_eq!(message, "line 65, column 1: expected at most 64 levels");
    }
}
