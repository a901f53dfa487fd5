//! String literals, which JavaScript and Python write alike.

/// A literal as the languages' formatters write it: in double quotes, unless single ones need fewer backslashes.
pub fn string(text: &str) -> String {
    let count = |quote| text.matches(quote).count();
    let quote = if count('"') > count('\'') { '\'' } else { '"' };
    let mut literal = String::from(quote);
    for character in text.chars() {
        match character {
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            quoted if quoted == quote => literal.extend(['\\', quoted]),
            other => push_visible(&mut literal, other),
        }
    }
    literal.push(quote);
    literal
}

/// The text for a comment, or between quotes: what is not seen is escaped, but for tabs and the ends of lines. Python ends
/// a line, and with it a comment, at a carriage return, and reads no file with a null character.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\n' | '\t' => shown.push(character),
            other => push_visible(&mut shown, other),
        }
    }
    shown
}

fn push_visible(out: &mut String, character: char) {
    if is_invisible(character) {
        out.push_str(&escape(character));
    } else {
        out.push(character);
    }
}

/// Control characters, and those that change how a line is shown. All have four digits at most.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn escape(character: char) -> String {
    format!("\\u{:04x}", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::{string, visible};

    #[test]
    fn literals_have_as_few_backslashes_as_they_can() {
        for (text, expected) in [
            ("plain", r#""plain""#),
            ("it's", r#""it's""#),
            (r#"say "hi""#, r#"'say "hi"'"#),
            (r#"it's "it""#, r#"'it\'s "it"'"#),
            ("back\\slash\n", r#""back\\slash\n""#),
            ("\u{2028}\u{0}", r#""\u2028\u0000""#),
            ("名前", "\"名前\""),
        ] {
            assert_eq!(string(text), expected);
        }
    }

    #[test]
    fn what_comments_say_is_seen() {
        let text = "\ta\r\nb\rc\u{0}\u{202e}é\n";
        assert_eq!(visible(text), "\ta\nb\\u000dc\\u0000\\u202eé\n");
    }
}
