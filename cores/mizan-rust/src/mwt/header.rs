//! A token's header (docs/protocol.md section 4, step 2).

use std::borrow::Cow;

use crate::error::TokenError;
use crate::escape::write_string;

use super::base64url;
use super::strict_json::{Json, Object, read};

/// The header of a token that names no key, which most are.
const NAMELESS: &[u8] = br#"{"alg":"HS256","typ":"JWT"}"#;

/// As it stands in a token.
const NAMELESS_TEXT: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// The bytes of the header of a token signed with the key of that name.
pub(crate) fn write(kid: Option<&str>) -> Vec<u8> {
    let mut out = b"{\"alg\":\"HS256\"".to_vec();
    if let Some(kid) = kid {
        out.extend_from_slice(b",\"kid\":");
        write_string(&mut out, kid);
    }
    out.extend_from_slice(b",\"typ\":\"JWT\"}");
    out
}

/// Appends the header of a token signed with the key of that name.
pub(crate) fn append(text: &mut String, kid: Option<&str>) {
    match kid {
        None => text.push_str(NAMELESS_TEXT),
        Some(_) => base64url::encode(text, &write(kid)),
    }
}

/// The bytes of a header that stands in a token.
pub(crate) fn decode(part: &str) -> Result<Cow<'static, [u8]>, TokenError> {
    if part == NAMELESS_TEXT {
        return Ok(Cow::Borrowed(NAMELESS));
    }
    base64url::decode(part).map(Cow::Owned)
}

/// The `kid` of a header, if there is one.
pub(crate) fn check(data: &[u8]) -> Result<Option<Cow<'_, str>>, TokenError> {
    if data == NAMELESS {
        return Ok(None);
    }
    let Some(header) = read(data) else {
        return Err(TokenError::Malformed("the header is not strict JSON"));
    };
    let Json::Object(header) = header else {
        return Err(TokenError::Malformed("the header is not a JSON object"));
    };
    if !header
        .keys()
        .all(|name| matches!(name.as_ref(), "alg" | "kid" | "typ"))
    {
        return Err(TokenError::Malformed(
            "the header has a member other than alg, kid and typ",
        ));
    }
    check_algorithm(&header)?;
    if header
        .get("typ")
        .is_some_and(|typ| !matches!(typ, Json::String(word) if word == "JWT"))
    {
        return Err(TokenError::Malformed("the header's typ is not JWT"));
    }
    match header.get("kid") {
        None => Ok(None),
        Some(Json::String(kid)) => Ok(Some(kid.clone())),
        Some(_) => Err(TokenError::Malformed("the header's kid is not a string")),
    }
}

fn check_algorithm(header: &Object<'_>) -> Result<(), TokenError> {
    match header.get("alg") {
        Some(Json::String(word)) if word == "HS256" => Ok(()),
        Some(Json::String(_)) => Err(TokenError::UnsupportedAlgorithm),
        _ => Err(TokenError::Malformed("the header's alg is not a string")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(header: &str) -> TokenError {
        check(header.as_bytes()).unwrap_err()
    }

    #[test]
    fn our_own_header_passes() {
        assert_eq!(write(None), NAMELESS);
        assert_eq!(base64url::decode(NAMELESS_TEXT).unwrap(), NAMELESS);
        assert_eq!(decode(NAMELESS_TEXT).unwrap(), NAMELESS);
        assert_eq!(
            write(Some("k\u{e9}y")),
            br#"{"alg":"HS256","kid":"k\u00e9y","typ":"JWT"}"#
        );
        for kid in [None, Some(""), Some("v1"), Some("k\u{e9}\u{1f600}\"\n")] {
            assert_eq!(check(&write(kid)).unwrap().as_deref(), kid);
        }
    }

    #[test]
    fn order_space_and_typ_are_free() {
        let header = r#" {"kid":"\u0061", "alg":"HS256"} "#;
        assert_eq!(check(header.as_bytes()).unwrap().as_deref(), Some("a"));
    }

    #[test]
    fn algorithms_are_told_apart() {
        for alg in ["none", "hs256", "HS512", "RS256", "", "HS256 "] {
            assert_eq!(
                refusal(&format!(r#"{{"alg":"{alg}"}}"#)),
                TokenError::UnsupportedAlgorithm
            );
        }
        for header in [
            "{}",
            r#"{"alg":null}"#,
            r#"{"alg":256}"#,
            r#"{"alg":["HS256"]}"#,
        ] {
            assert_eq!(
                refusal(header),
                TokenError::Malformed("the header's alg is not a string")
            );
        }
    }

    #[test]
    fn other_headers_are_malformed() {
        for (header, message) in [
            ("", "the header is not strict JSON"),
            (
                r#"{"alg":"none","alg":"HS256"}"#,
                "the header is not strict JSON",
            ),
            (r#"["HS256"]"#, "the header is not a JSON object"),
            (
                r#"{"alg":"HS256","crit":[]}"#,
                "the header has a member other than alg, kid and typ",
            ),
            (
                r#"{"alg":"none","jwk":{}}"#,
                "the header has a member other than alg, kid and typ",
            ),
            (
                r#"{"alg":"HS256","typ":"at+jwt"}"#,
                "the header's typ is not JWT",
            ),
            (
                r#"{"alg":"HS256","typ":null}"#,
                "the header's typ is not JWT",
            ),
            (
                r#"{"alg":"HS256","kid":7}"#,
                "the header's kid is not a string",
            ),
        ] {
            assert_eq!(refusal(header), TokenError::Malformed(message), "{header}");
        }
    }
}
