//! The layout of an interface document, checked before the KDL parser sees any of it.
//!
//! One node a line, four spaces a level, values in their own spelling, no comments. So the parser is
//! given one line at a time, without the mistakes that it would recover from by recursion: no text
//! can exhaust the stack.

use std::borrow::Cow;

use crate::canonical::MAX_DEPTH;
use crate::error::{Error, Result};

use super::emit::must_escape;
use super::source::Source;

const INDENT: usize = 4;

/// The most digits that are sure to fit in the 128 bits that the KDL parser keeps of an integer.
const SHORT_DIGITS: usize = 38;

/// Words that KDL v2 keeps from being names.
const RESERVED: [&str; 5] = ["true", "false", "null", "inf", "nan"];

const VALUE: &str = "a quoted string, a number, #true, #false or #null";

/// The lines of a text as the KDL parser can take them.
///
/// An integer that it could not hold is masked by a string of the same length; the offsets of those
/// are in `masked`, ascending.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) lines: Vec<Line>,
    pub(super) masked: Vec<usize>,
}

/// Where a node's name and words stand, without indentation and brace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) level: usize,
}

/// Checks the layout; a value error with line and column otherwise.
pub(super) fn check<'a>(source: &Source<'a>) -> Result<Layout<'a>> {
    let text = Cow::Borrowed(source.text);
    let layout = Layout {
        text,
        lines: Vec::new(),
        masked: Vec::new(),
    };
    let mut scanner = Scanner {
        source: *source,
        position: 0,
        level: 0,
        layout,
    };
    while scanner.position < source.text.len() {
        scanner.line()?;
    }
    if scanner.level > 0 {
        return Err(scanner.fail("\"}\""));
    }
    Ok(scanner.layout)
}

struct Scanner<'a> {
    source: Source<'a>,
    position: usize,
    level: usize,
    layout: Layout<'a>,
}

impl Scanner<'_> {
    /// `indentation ("}" | node) newline`
    fn line(&mut self) -> Result<()> {
        let start = self.position;
        self.skip(|byte| byte == b' ');
        let closes = self.level > 0 && self.peek() == Some(b'}');
        self.level -= usize::from(closes);
        if self.position - start != INDENT * self.level {
            let expected = format!("{} spaces of indentation", INDENT * self.level);
            return Err(self.source.fail(start, &expected));
        }
        if closes {
            self.position += 1;
        } else {
            self.node()?;
        }
        self.take(b'\n').ok_or_else(|| self.fail("a newline"))
    }

    /// `name (" " word)* " {"?`
    fn node(&mut self) -> Result<()> {
        let (start, level) = (self.position, self.level);
        self.name()?;
        let mut end = self.position;
        while self.take(b' ').is_some() {
            if self.take(b'{').is_some() {
                self.open()?;
                break;
            }
            self.word()?;
            end = self.position;
        }
        self.layout.lines.push(Line { start, end, level });
        Ok(())
    }

    fn open(&mut self) -> Result<()> {
        if self.level == MAX_DEPTH {
            return Err(self.fail(&format!("at most {MAX_DEPTH} levels")));
        }
        self.level += 1;
        Ok(())
    }

    /// A name in small letters, quoted if it is the reserved one that nodes have.
    fn name(&mut self) -> Result<()> {
        const NULL: &str = "\"null\"";
        if self.rest().starts_with(NULL) {
            self.position += NULL.len();
            return Ok(());
        }
        let start = self.position;
        let name = self.skip(|byte| byte.is_ascii_lowercase() || byte == b'-');
        if name.is_empty() || name.starts_with('-') || RESERVED.contains(&name) {
            return Err(self.source.fail(start, "a node"));
        }
        Ok(())
    }

    /// `(letters "=")? (string | keyword | number)`
    fn word(&mut self) -> Result<()> {
        let start = self.position;
        let property = self.skip(|byte| byte.is_ascii_lowercase());
        if RESERVED.contains(&property) {
            return Err(self.source.fail(start, VALUE));
        }
        if !property.is_empty() {
            self.take(b'=').ok_or_else(|| self.fail("\"=\""))?;
        }
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'#') => self.keyword(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.fail(VALUE)),
        }
    }

    fn string(&mut self) -> Result<()> {
        self.position += 1;
        while self.take(b'"').is_none() {
            match self.rest().chars().next() {
                None | Some('\n') => return Err(self.fail("the closing quote of the string")),
                Some('\\') => self.escape()?,
                Some(character) if must_escape(character) => {
                    let escape = format!("the escape \\u{{{:x}}}", u32::from(character));
                    return Err(self.fail(&escape));
                }
                Some(character) => self.position += character.len_utf8(),
            }
        }
        Ok(())
    }

    /// `"\" ("\" | quote | "n" | "r" | "t" | "u{" hex{1,6} "}")`
    fn escape(&mut self) -> Result<()> {
        let start = self.position;
        self.position += 1;
        for letter in [b'\\', b'"', b'n', b'r', b't'] {
            if self.take(letter).is_some() {
                return Ok(());
            }
        }
        let opened = self.take(b'u').and_then(|()| self.take(b'{'));
        let digits = opened
            .map(|()| self.skip(|byte| byte.is_ascii_hexdigit()))
            .unwrap_or_default();
        let is_scalar = digits.len() <= 6
            && u32::from_str_radix(digits, 16)
                .ok()
                .and_then(char::from_u32)
                .is_some();
        if !is_scalar || self.take(b'}').is_none() {
            let expected = r#"one of the escapes \\, \", \n, \r, \t and \u{...}"#;
            return Err(self.source.fail(start, expected));
        }
        Ok(())
    }

    fn keyword(&mut self) -> Result<()> {
        self.position += 1;
        let start = self.position;
        match self.skip(|byte| byte.is_ascii_lowercase()) {
            "true" | "false" | "null" => Ok(()),
            _ => Err(self.source.fail(start, "true, false or null")),
        }
    }

    /// `"-"? digits ("." digits)? ("e" ("+" | "-")? digits)?`
    fn number(&mut self) -> Result<()> {
        let start = self.position;
        let _ = self.take(b'-');
        let is_short = self.digits()? <= SHORT_DIGITS;
        let integer_end = self.position;
        let is_short = (self.take(b'.').is_none() || self.digits()? <= SHORT_DIGITS) && is_short;
        if self.take(b'e').is_some() {
            let _ = self.take(b'+').or_else(|| self.take(b'-'));
            self.digits()?;
        }
        if is_short {
            return Ok(());
        }
        if self.position > integer_end {
            return Err(self.source.fail(start, "a shorter number"));
        }
        self.layout.mask(start, self.position);
        Ok(())
    }

    /// How many there are, one at least.
    fn digits(&mut self) -> Result<usize> {
        match self.skip(|byte| byte.is_ascii_digit()).len() {
            0 => Err(self.fail("a digit")),
            count => Ok(count),
        }
    }

    /// What stands here as long as `accept` takes it.
    fn skip(&mut self, accept: impl Fn(u8) -> bool) -> &str {
        let start = self.position;
        let count = self.rest().bytes().take_while(|byte| accept(*byte)).count();
        self.position += count;
        self.source
            .text
            .get(start..self.position)
            .unwrap_or_default()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.position += 1)
    }

    fn peek(&self) -> Option<u8> {
        self.source.text.as_bytes().get(self.position).copied()
    }

    fn rest(&self) -> &str {
        self.source.text.get(self.position..).unwrap_or_default()
    }

    fn fail(&self, expected: &str) -> Error {
        self.source.fail(self.position, expected)
    }
}

impl Layout<'_> {
    fn mask(&mut self, start: usize, end: usize) {
        let mask = format!("\"{}\"", "0".repeat(end - start - 2));
        self.text.to_mut().replace_range(start..end, &mask);
        self.masked.push(start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        check(&Source::new(text)).unwrap_err().to_string()
    }

    #[test]
    fn what_is_laid_out_is_taken_apart() {
        let text = "a-b \"x\" b=#true c=-1.5e+16 {\n    \"null\"\n    b \"{ \\\" } // \\\\\" {\n        d\n    }\n}\ne\n";
        let layout = check(&Source::new(text)).unwrap();
        assert_eq!(layout.text, text);
        assert!(layout.masked.is_empty());
        let lines = layout
            .lines
            .iter()
            .map(|line| (line.level, &text[line.start..line.end]));
        let expected = [
            (0, "a-b \"x\" b=#true c=-1.5e+16"),
            (1, "\"null\""),
            (1, "b \"{ \\\" } // \\\\\""),
            (2, "d"),
            (0, "e"),
        ];
        assert_eq!(lines.collect::<Vec<_>>(), expected);
        assert!(check(&Source::new("")).unwrap().lines.is_empty());
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
        let message = "line 1, column 3: expected a shorter number";
        for text in [
            format!("a {large}.5\n"),
            format!("a 1.{large}\n"),
            format!("a {large}e5\n"),
        ] {
            assert_eq!(refusal(&text), message);
        }
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
            ("\"a\"\n", "line 1, column 1: expected a node"),
            ("(t)a\n", "line 1, column 1: expected a node"),
            (
                "a \"é\n",
                "line 1, column 5: expected the closing quote of the string",
            ),
            (
                "a \"\\\"\n",
                "line 1, column 6: expected the closing quote of the string",
            ),
            ("a {}\n", "line 1, column 4: expected a newline"),
            ("a{\n}\n", "line 1, column 2: expected a newline"),
            ("a \"b\"\"c\"\n", "line 1, column 6: expected a newline"),
            ("a;b\n", "line 1, column 2: expected a newline"),
            ("a\r\n", "line 1, column 2: expected a newline"),
            ("a\tb\n", "line 1, column 2: expected a newline"),
            ("a b\n", "line 1, column 4: expected \"=\""),
            ("a b =1\n", "line 1, column 4: expected \"=\""),
            (
                "a #\"raw\"#\n",
                "line 1, column 4: expected true, false or null",
            ),
            (
                "a ##\"raw\"##\n",
                "line 1, column 4: expected true, false or null",
            ),
            (
                "a #-inf\n",
                "line 1, column 4: expected true, false or null",
            ),
            ("a -.5\n", "line 1, column 4: expected a digit"),
            ("a 1.\n", "line 1, column 5: expected a digit"),
            ("a 1e+\n", "line 1, column 6: expected a digit"),
            ("a 0x1\n", "line 1, column 4: expected a newline"),
            ("a 1_0\n", "line 1, column 4: expected a newline"),
            ("a #foo\n", "line 1, column 4: expected true, false or null"),
            ("true\n", "line 1, column 1: expected a node"),
            ("null\n", "line 1, column 1: expected a node"),
            ("-a\n", "line 1, column 1: expected a node"),
        ] {
            assert_eq!(refusal(text), message, "{text}");
        }
    }

    #[test]
    fn strings_have_our_escapes_alone() {
        let message =
            r#"line 1, column 4: expected one of the escapes \\, \", \n, \r, \t and \u{...}"#;
        for escape in [
            "q",
            "s",
            "/",
            "b",
            "\n",
            " ",
            "u",
            "u{",
            "u{}",
            "u0041",
            "u{d800}",
            "u{110000}",
            "u{0000041}",
            "u{g}",
            "u{+1}",
        ] {
            assert_eq!(
                refusal(&format!("a \"x\\{escape}\"\n")),
                message.replace("n 4", "n 5")
            );
            assert_eq!(refusal(&format!("a \"\\{escape}\"\n")), message);
        }
        assert!(check(&Source::new("a \"\\\\\\\"\\n\\r\\t\\u{85}\\u{10FFFF}\"\n")).is_ok());
        let message = "line 1, column 4: expected the escape \\u{2028}";
        assert_eq!(refusal("a \"\u{2028}\"\n"), message);
    }

    #[test]
    fn values_have_one_spelling() {
        for (text, place) in [
            ("a true\n", "line 1, column 3"),
            ("a inf=1\n", "line 1, column 3"),
            ("a \n", "line 1, column 3"),
            ("a  1\n", "line 1, column 3"),
            ("a \"é\" /* b */\n", "line 1, column 7"),
            ("a /-1\n", "line 1, column 3"),
            ("a (t)1\n", "line 1, column 3"),
            ("a b=(t)1\n", "line 1, column 5"),
            ("a \\\n    b\n", "line 1, column 3"),
            ("a =1\n", "line 1, column 3"),
            ("a b==1\n", "line 1, column 5"),
            ("a b= 1\n", "line 1, column 5"),
            ("a +1\n", "line 1, column 3"),
            ("a .5\n", "line 1, column 3"),
        ] {
            assert_eq!(
                refusal(text),
                format!("{place}: expected {VALUE}"),
                "{text}"
            );
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
        assert_eq!(message, "line 65, column 260: expected at most 64 levels");
    }
}
