//! The text of numbers (protocol.md section 2): decimal integers and floats as Python's `repr` prints them.
//!
//! The float writer is our own over the shortest round-trip digits that Rust's `{:e}` gives, so that no dependency's
//! change of layout can change a cache key.

use std::fmt::Write as _;

/// Decimal exponents that are written without an exponent: `0.0001` to `9999999999999998.0`.
const FIXED_NOTATION: std::ops::Range<i32> = -4..16;

/// Beyond it two integers may be one float.
const MAX_EXACT_INTEGER: f64 = 9_007_199_254_740_992.0;

/// What the text of a float that is an integer ends in, in fixed notation.
const FRACTION: &[u8] = b".0";

/// Digits after the first one, from which on two shortest texts can be equally near to a float.
const MIN_TIE_PRECISION: usize = 15;

/// Appends the shortest text that reads back as `value` (`1.0`, `1e-07`, `1e+16`, `-0.0`).
///
/// Returns false, with nothing written, for NaN and the infinities: they have no text in this protocol.
#[must_use]
pub(crate) fn write_float(out: &mut Vec<u8>, value: f64) -> bool {
    if !value.is_finite() {
        return false;
    }
    let shortest = Scratch::of(format_args!("{value:e}"));
    let even = even_neighbour(value, shortest.text());
    write_digits(out, even.as_ref().unwrap_or(&shortest).text());
    true
}

/// As [`write_float`]; an integer of at most 2^53 in magnitude as [`write_integer`] (section 3).
#[must_use]
pub(crate) fn write_plain_float(out: &mut Vec<u8>, value: f64) -> bool {
    if value == 0.0 {
        out.push(b'0');
        return true;
    }
    let finite = write_float(out, value);
    if value.fract() == 0.0 && value.abs() <= MAX_EXACT_INTEGER {
        out.truncate(out.len().saturating_sub(FRACTION.len()));
    }
    finite
}

/// Appends a decimal integer.
#[inline]
pub(crate) fn write_integer(out: &mut Vec<u8>, value: i64) {
    if (0..10).contains(&value) {
        return out.push(digit(value.unsigned_abs()));
    }
    if value < 0 {
        out.push(b'-');
    }
    write_natural(out, value.unsigned_abs());
}

/// Appends a decimal integer that has no sign.
pub(crate) fn write_natural(out: &mut Vec<u8>, value: u64) {
    if value < 10 {
        return out.push(digit(value));
    }
    let start = out.len();
    let mut rest = value;
    while rest > 0 {
        out.push(digit(rest % 10));
        rest /= 10;
    }
    out[start..].reverse();
}

#[inline]
fn digit(value: u64) -> u8 {
    b'0' + value.to_le_bytes()[0]
}

/// The other choice where the value lies half-way between two shortest texts: Python takes the one
/// that ends in an even digit, Rust the larger one.
///
/// That needs an exact value of one digit more than the shortest text, and so at least sixteen
/// digits in that: with fewer, the next text of the same length is no longer the same float.
fn even_neighbour(value: f64, shortest: &str) -> Option<Scratch> {
    let mantissa = shortest.split('e').next().unwrap_or_default();
    let precision = mantissa
        .bytes()
        .filter(u8::is_ascii_digit)
        .count()
        .checked_sub(1)?;
    if precision < MIN_TIE_PRECISION {
        return None;
    }
    let even = Scratch::of(format_args!("{value:.precision$e}"));
    // At a power of two, the even one may already be another float.
    (even.text().parse() == Ok(value)).then_some(even)
}

/// Lays the digits of `[-]d[.ddd]e[-]dd` out as Python does.
fn write_digits(out: &mut Vec<u8>, text: &str) {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    if unsigned.len() < text.len() {
        out.push(b'-');
    }
    let (mantissa, exponent) = unsigned.split_once('e').unwrap_or((unsigned, "0"));
    let (lead, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if FIXED_NOTATION.contains(&exponent) {
        write_fixed(out, lead, fraction, exponent);
    } else {
        write_exponential(out, lead, fraction, exponent);
    }
}

fn write_fixed(out: &mut Vec<u8>, lead: &str, fraction: &str, exponent: i32) {
    let shift = exponent.unsigned_abs() as usize;
    if exponent < 0 {
        out.extend_from_slice(b"0.");
        out.resize(out.len() + shift - 1, b'0');
        out.extend_from_slice(lead.as_bytes());
        out.extend_from_slice(fraction.as_bytes());
        return;
    }
    let (whole, rest) = fraction.split_at(shift.min(fraction.len()));
    out.extend_from_slice(lead.as_bytes());
    out.extend_from_slice(whole.as_bytes());
    out.resize(out.len() + shift - whole.len(), b'0');
    out.push(b'.');
    out.extend_from_slice(if rest.is_empty() {
        b"0"
    } else {
        rest.as_bytes()
    });
}

fn write_exponential(out: &mut Vec<u8>, lead: &str, fraction: &str, exponent: i32) {
    out.extend_from_slice(lead.as_bytes());
    if !fraction.is_empty() {
        out.push(b'.');
        out.extend_from_slice(fraction.as_bytes());
    }
    out.extend_from_slice(if exponent < 0 { b"e-" } else { b"e+" });
    if exponent.abs() < 10 {
        out.push(b'0');
    }
    write_natural(out, u64::from(exponent.unsigned_abs()));
}

/// A buffer on the stack for one `{:e}` text, at most 24 characters (`-1.7976931348623157e-308` in length).
#[derive(Default)]
struct Scratch {
    bytes: [u8; Self::SIZE],
    len: usize,
}

impl Scratch {
    const SIZE: usize = 32;

    fn of(text: std::fmt::Arguments<'_>) -> Self {
        let mut scratch = Self::default();
        // The scratch holds every such text of a finite float, so this write cannot fail.
        let _ = scratch.write_fmt(text);
        scratch
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl std::fmt::Write for Scratch {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.len + text.len();
        let target = self.bytes.get_mut(self.len..end).ok_or(std::fmt::Error)?;
        target.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn float_text(value: f64) -> Option<String> {
        let mut out = Vec::new();
        write_float(&mut out, value).then(|| String::from_utf8(out).unwrap())
    }

    #[test]
    fn floats_read_as_python_prints_them() {
        let cases = [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.0, "0.0"),
            (1e-7, "1e-07"),
            (1e16, "1e+16"),
            (1.5e16, "1.5e+16"),
            (9_999_999_999_999_998.0, "9999999999999998.0"),
            (1e15, "1000000000000000.0"),
            (0.0001, "0.0001"),
            (0.000_012_5, "1.25e-05"),
            (123_456_789.125, "123456789.125"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (5e-324, "5e-324"),
            (-1e100, "-1e+100"),
            (100.0, "100.0"),
            (120.5, "120.5"),
        ];
        for (value, text) in cases {
            assert_eq!(float_text(value).as_deref(), Some(text));
        }
    }

    #[test]
    fn plain_floats_are_integers_where_they_can_be() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-120.0, "-120"),
            (1.5, "1.5"),
            (1e-7, "1e-07"),
            (9_007_199_254_740_992.0, "9007199254740992"),
            (-9_007_199_254_740_992.0, "-9007199254740992"),
            (9_007_199_254_740_994.0, "9007199254740994.0"),
            (1e16, "1e+16"),
        ];
        for (value, text) in cases {
            let mut out = Vec::new();
            assert!(write_plain_float(&mut out, value));
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(!write_plain_float(&mut Vec::new(), value));
        }
    }

    #[test]
    fn ties_go_to_the_even_digit() {
        for (value, text) in [
            (4_210_886_737_736.0 + 9.0 / 32.0, "4210886737736.2812"),
            (844_659_930_260_246.0 + 0.25, "844659930260246.2"),
            (844_659_930_260_246.0 + 0.75, "844659930260246.8"),
            (816_106_021_086_188.0 + 0.25, "816106021086188.2"),
            (-844_659_930_260_246.0 - 0.25, "-844659930260246.2"),
        ] {
            assert_eq!(float_text(value).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_not_finite_has_no_text() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut out = b"x".to_vec();
            assert!(!write_float(&mut out, value));
            assert_eq!(out, b"x");
            assert_eq!(float_text(value), None);
        }
    }

    #[test]
    fn integers_are_decimal() {
        for value in [0, 7, -1, 10, i64::MAX, i64::MIN] {
            let mut out = Vec::new();
            write_integer(&mut out, value);
            assert_eq!(out, value.to_string().as_bytes());
        }
    }

    /// Floats of every magnitude, and those of few bits after the point, where ties are.
    fn finite() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<f64>().prop_filter("finite", |value| value.is_finite()),
            (any::<u32>(), any::<u32>(), 0..64_i32).prop_map(|(high, low, shift)| {
                (f64::from(high) * 4096.0 + f64::from(low >> 20)) * 2.0_f64.powi(-shift)
            }),
        ]
    }

    proptest! {
        #[test]
        fn floats_round_trip(value in finite()) {
            let text = float_text(value).unwrap();
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
            prop_assert!(text.contains('.') || text.contains('e'));
        }
    }
}
