//! A token's claims (docs/protocol.md section 4, step 5).

use serde::{Deserialize, Deserializer};

use crate::checks::MAX_INTEGER;
use crate::error::ClaimProblem;

use super::strict_json::{Json, Object, read};

/// The claims of a token. Times are seconds since the epoch, 0..=2^53-1.
///
/// `serde` reads those of a token that holds just these, each once and of its type; all else is
/// for `read` to judge.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// User id, never empty.
    pub sub: String,
    /// Permission key, see [`permission_key`](super::permission_key).
    pub pkey: String,
    /// Issued at.
    pub iat: i64,
    /// Not before.
    pub nbf: i64,
    /// Expiry.
    pub exp: i64,
    /// `is_staff`
    pub staff: bool,
    /// `is_superuser`, the claim `super`.
    #[serde(rename = "super")]
    pub superuser: bool,
    /// Audience.
    #[serde(default, deserialize_with = "present")]
    pub aud: Option<String>,
}

impl Claims {
    /// Reads claims of their exact types; others must be well-formed and are ignored.
    pub(crate) fn read(data: &[u8]) -> Result<Self, ClaimProblem> {
        match str::from_utf8(data).map(serde_json::from_str) {
            Ok(Ok(claims)) if Self::is_sound(&claims) => Ok(claims),
            _ => Self::read_any(data),
        }
    }

    /// Whether the values are in their ranges.
    fn is_sound(&self) -> bool {
        let is_time = |time| (0..=MAX_INTEGER).contains(&time);
        !self.sub.is_empty() && is_time(self.iat) && is_time(self.nbf) && is_time(self.exp)
    }

    /// As [`read`](Self::read), claim by claim.
    fn read_any(data: &[u8]) -> Result<Self, ClaimProblem> {
        let Some(claims) = read(data) else {
            return Err(ClaimProblem::NotStrictJson);
        };
        let Json::Object(claims) = claims else {
            return Err(ClaimProblem::NotAnObject);
        };
        Ok(Self {
            sub: subject(&claims)?,
            pkey: text(&claims, "pkey")?,
            iat: time(&claims, "iat")?,
            nbf: time(&claims, "nbf")?,
            exp: time(&claims, "exp")?,
            staff: flag(&claims, "staff")?,
            superuser: flag(&claims, "super")?,
            aud: claims
                .get("aud")
                .map(|_| text(&claims, "aud"))
                .transpose()?,
        })
    }
}

/// A claim that is there; null is none that a token may have.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

fn subject(claims: &Object<'_>) -> Result<String, ClaimProblem> {
    let subject = text(claims, "sub")?;
    if subject.is_empty() {
        return Err(ClaimProblem::EmptySubject);
    }
    Ok(subject)
}

fn text(claims: &Object<'_>, name: &'static str) -> Result<String, ClaimProblem> {
    match claim(claims, name)? {
        Json::String(text) => Ok(text.clone().into_owned()),
        _ => Err(mistyped(name, "a string")),
    }
}

fn flag(claims: &Object<'_>, name: &'static str) -> Result<bool, ClaimProblem> {
    match claim(claims, name)? {
        Json::Other("true") => Ok(true),
        Json::Other("false") => Ok(false),
        _ => Err(mistyped(name, "true or false")),
    }
}

fn time(claims: &Object<'_>, name: &'static str) -> Result<i64, ClaimProblem> {
    let number = match claim(claims, name)? {
        Json::Other(text) => seconds(text),
        _ => None,
    };
    number.ok_or_else(|| mistyped(name, "an integer from 0 to 9007199254740991"))
}

/// The integer that is written as one: no sign, fraction or exponent.
fn seconds(text: &str) -> Option<i64> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number| *number <= MAX_INTEGER)
}

fn claim<'a, 'b>(claims: &'b Object<'a>, name: &'static str) -> Result<&'b Json<'a>, ClaimProblem> {
    claims.get(name).ok_or(ClaimProblem::Missing(name))
}

fn mistyped(name: &'static str, expected: &'static str) -> ClaimProblem {
    ClaimProblem::Mistyped { name, expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIMS: &str =
        r#"{"aud":"a","exp":3,"iat":1,"nbf":2,"pkey":"p","staff":true,"sub":"s","super":false}"#;

    fn refusal(claim: &str, text: &str) -> String {
        let changed = CLAIMS.replace(claim, text);
        assert_ne!(changed, CLAIMS);
        Claims::read(changed.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn every_claim_is_read() {
        let expected = Claims {
            sub: "s".into(),
            pkey: "p".into(),
            iat: 1,
            nbf: 2,
            exp: 3,
            staff: true,
            superuser: false,
            aud: Some("a".into()),
        };
        assert_eq!(Claims::read(CLAIMS.as_bytes()).unwrap(), expected);
        let without = CLAIMS.replace(r#""aud":"a","#, r#""x":1e999,"y":[{"deep":-0}],"#);
        assert_eq!(
            Claims::read(without.as_bytes()).unwrap(),
            Claims {
                aud: None,
                ..expected
            }
        );
    }

    #[test]
    fn both_ways_of_reading_agree() {
        let without = CLAIMS.replace(r#""aud":"a","#, "");
        let changes = [
            (r#""exp":3"#, r#""exp":-0"#),
            (r#""exp":3"#, r#""exp":3.0"#),
            (r#""exp":3"#, r#""exp":03"#),
            (r#""exp":3"#, r#""exp":9007199254740992"#),
            (r#""exp":3"#, r#""exp":"3""#),
            (r#""exp":3"#, r#""exp":3,"exp":3"#),
            (r#""exp":3"#, r#""exp":3,"x":[{}]"#),
            (r#""exp":3"#, r#""\u0065xp":3"#),
            (r#""staff":true"#, r#""staff":1"#),
            (r#""aud":"a""#, r#""aud":null"#),
            (r#""aud":"a""#, r#""aud":"\u00e9\ud83d\ude00""#),
            (r#""sub":"s""#, r#""sub":"""#),
            (r#""sub":"s""#, r#""sub":"\ud800""#),
            (r#""sub":"s""#, r#""sub":["s"]"#),
            ("{", " \t\r\n{ "),
            ("{", "\u{feff}{"),
            ("}", "}\n"),
            ("}", "}}"),
            ("}", ""),
        ];
        let texts = changes.map(|(claim, text)| CLAIMS.replace(claim, text));
        for text in [CLAIMS.to_owned(), without].into_iter().chain(texts) {
            let data = text.as_bytes();
            assert_eq!(Claims::read(data), Claims::read_any(data), "{text}");
        }
    }

    #[test]
    fn times_are_written_as_integers() {
        let message = "the claim exp is not an integer from 0 to 9007199254740991";
        for text in [
            "true",
            "null",
            "\"3\"",
            "3.0",
            "3e0",
            "-1",
            "-0",
            "9007199254740992",
            "[]",
            "99999999999999999999999999999999999999999999999999",
        ] {
            assert_eq!(
                refusal(r#""exp":3"#, &format!(r#""exp":{text}"#)),
                message,
                "{text}"
            );
        }
        let largest = CLAIMS.replace(r#""exp":3"#, r#""exp":9007199254740991"#);
        assert_eq!(Claims::read(largest.as_bytes()).unwrap().exp, MAX_INTEGER);
    }

    #[test]
    fn types_are_exact() {
        for (claim, text, message) in [
            (
                r#""sub":"s""#,
                r#""sub":1"#,
                "the claim sub is not a string",
            ),
            (r#""sub":"s""#, r#""sub":"""#, "the claim sub is empty"),
            (r#""sub":"s""#, r#""sib":"s""#, "the claim sub is missing"),
            (
                r#""pkey":"p""#,
                r#""pkey":null"#,
                "the claim pkey is not a string",
            ),
            (
                r#""staff":true"#,
                r#""staff":1"#,
                "the claim staff is not true or false",
            ),
            (
                r#""super":false"#,
                r#""super":"false""#,
                "the claim super is not true or false",
            ),
            (
                r#""aud":"a""#,
                r#""aud":["a"]"#,
                "the claim aud is not a string",
            ),
            (
                r#""aud":"a""#,
                r#""aud":null"#,
                "the claim aud is not a string",
            ),
            (r#""iat":1,"#, "", "the claim iat is missing"),
        ] {
            assert_eq!(refusal(claim, text), message);
        }
    }

    #[test]
    fn claims_are_a_strict_object() {
        for (text, message) in [
            ("", "the claims are not strict JSON"),
            (r#"{"sub":"a","sub":"b"}"#, "the claims are not strict JSON"),
            ("[]", "the claims are not a JSON object"),
        ] {
            assert_eq!(
                Claims::read(text.as_bytes()).unwrap_err().to_string(),
                message
            );
        }
    }
}
