//! Text as JSON strings, percent-encoding and hex write it.

use std::iter::once;

const UPPER_HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Whether a character that begins with a byte stands in a JSON string as something else.
static ESCAPED: [bool; 256] = escaped();

const QUOTE: usize = 1;

/// How many bytes are written as hex at a time: a digest.
#[cfg(any(feature = "keys", feature = "tokens"))]
const HEX_CHUNK: usize = 32;

/// Appends a JSON string in its canonical form (docs/protocol.md section 2), quotes included.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    let (start, mut any) = (out.len(), false);
    // In one pass, with room made once: most strings are short and escape nothing.
    #[allow(
        clippy::manual_inspect,
        reason = "of an inspected iterator the length is not known"
    )]
    let bytes = text.bytes().map(|byte| {
        any |= is_escaped(byte);
        byte
    });
    out.extend(once(b'"').chain(bytes).chain(once(b'"')));
    if any {
        out.truncate(start + QUOTE);
        write_escaped(out, text);
        out.push(b'"');
    }
}

fn write_escaped(out: &mut Vec<u8>, text: &str) {
    let mut rest = text;
    while let Some(index) = rest.bytes().position(is_escaped) {
        let (plain, tail) = rest.split_at(index);
        out.extend_from_slice(plain.as_bytes());
        let mut characters = tail.chars();
        if let Some(character) = characters.next() {
            write_escape(out, character);
        }
        rest = characters.as_str();
    }
    out.extend_from_slice(rest.as_bytes());
}

fn is_escaped(byte: u8) -> bool {
    ESCAPED[usize::from(byte)]
}

/// Appends `text` as UTF-8 with all but `A-Z a-z 0-9 - . _ ~` percent-encoded (RFC 3986).
pub(crate) fn write_percent_encoded(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(UPPER_HEX[usize::from(byte >> 4)]));
            out.push(char::from(UPPER_HEX[usize::from(byte & 15)]));
        }
    }
}

/// Appends bytes as lower-case hex.
#[cfg(any(feature = "keys", feature = "tokens"))]
pub(crate) fn write_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    for chunk in bytes.chunks(HEX_CHUNK) {
        let mut filled = [0; HEX_CHUNK];
        filled[..chunk.len()].copy_from_slice(chunk);
        // Of so many bytes as are known to the compiler, which takes sixteen at a time.
        let mut digits = [[0; 2]; HEX_CHUNK];
        for (pair, byte) in digits.iter_mut().zip(filled) {
            *pair = hex_digits(byte);
        }
        out.extend_from_slice(&digits.as_flattened()[..2 * chunk.len()]);
    }
}

fn write_escape(out: &mut Vec<u8>, character: char) {
    let short = match character {
        '"' => b'"',
        '\\' => b'\\',
        '\u{8}' => b'b',
        '\t' => b't',
        '\n' => b'n',
        '\u{c}' => b'f',
        '\r' => b'r',
        _ => return write_unicode_escape(out, character),
    };
    out.extend_from_slice(&[b'\\', short]);
}

fn write_unicode_escape(out: &mut Vec<u8>, character: char) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        let digits = unit.to_be_bytes().map(hex_digits).concat();
        out.extend_from_slice(b"\\u");
        out.extend_from_slice(&digits);
    }
}

const fn hex_digits(byte: u8) -> [u8; 2] {
    [hex_digit(byte >> 4), hex_digit(byte & 15)]
}

const fn hex_digit(nibble: u8) -> u8 {
    nibble + if nibble < 10 { b'0' } else { b'a' - 10 }
}

const fn escaped() -> [bool; 256] {
    let mut escaped = [true; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        escaped[byte as usize] = matches!(byte, b'"' | b'\\');
        byte += 1;
    }
    escaped
}
