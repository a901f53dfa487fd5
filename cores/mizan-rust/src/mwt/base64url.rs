//! base64url without padding, in canonical form alone (RFC 4648 section 5, RFC 7515 section 2).

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::{DecodeError, Engine};

use crate::error::TokenError;

/// Appends the text of `data`.
pub(crate) fn encode(out: &mut String, data: &[u8]) {
    URL_SAFE_NO_PAD.encode_string(data, out);
}

/// The bytes of one part of a token.
pub(crate) fn decode(part: &str) -> Result<Vec<u8>, TokenError> {
    // Not zeroed by the allocator, as the shorter `decode` would have it: that takes a slow way.
    let mut data = Vec::with_capacity(part.len());
    match URL_SAFE_NO_PAD.decode_vec(part, &mut data) {
        Ok(()) => Ok(data),
        Err(DecodeError::InvalidLastSymbol { .. }) => Err(TokenError::Malformed(
            "a part of the token is not base64url in canonical form",
        )),
        Err(_) => Err(TokenError::Malformed(
            "a part of the token is not base64url",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refusal(part: &str) -> String {
        decode(part).unwrap_err().to_string()
    }

    #[test]
    fn only_the_canonical_form_is_read() {
        assert_eq!(decode("-_8").unwrap(), [0xfb, 0xff]);
        assert_eq!(decode("").unwrap(), b"");
        for part in ["-_9", "AB", "AAB"] {
            let message = "a part of the token is not base64url in canonical form";
            assert_eq!(refusal(part), message, "{part}");
        }
        for part in [
            "A", "AAAAA", "AA==", "AAA=", "+/8", "A A", "AA\n", "é", "=", "AB+",
        ] {
            assert_eq!(
                refusal(part),
                "a part of the token is not base64url",
                "{part}"
            );
        }
    }

    proptest! {
        #[test]
        fn one_text_for_each_content(data in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut text = String::new();
            encode(&mut text, &data);
            prop_assert_eq!(decode(&text).unwrap(), data);
        }

        #[test]
        fn what_is_read_is_written_the_same(part in "[A-Za-z0-9_=+-]{0,9}") {
            if let Ok(data) = decode(&part) {
                let mut text = String::new();
                encode(&mut text, &data);
                prop_assert_eq!(text, part);
            }
        }

        #[test]
        fn the_alphabet_and_length_are_refused_first(part in "[A-Za-z0-9_=+-]{0,9}") {
            let well_formed = part.len() % 4 != 1
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            if let Err(error) = decode(&part) {
                prop_assert_eq!(error.to_string().ends_with("canonical form"), well_formed);
            }
        }
    }
}
