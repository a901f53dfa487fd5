//! Text as JSON strings, percent-encoding and hex write it.

const HEX: &[u8; 16] = b"0123456789abcdef";
const UPPER_HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Appends a JSON string in its canonical form (docs/protocol.md section 2), quotes included.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut written = 0;
    for (index, character) in text.char_indices() {
        if matches!(character, ' '..='~') && !matches!(character, '"' | '\\') {
            continue;
        }
        out.extend_from_slice(&text.as_bytes()[written..index]);
        write_escape(out, character);
        written = index + character.len_utf8();
    }
    out.extend_from_slice(&text.as_bytes()[written..]);
    out.push(b'"');
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
pub(crate) fn write_hex(out: &mut String, bytes: &[u8]) {
    for &byte in bytes {
        out.extend(hex_digits(byte).map(char::from));
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

fn hex_digits(byte: u8) -> [u8; 2] {
    [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]
}
