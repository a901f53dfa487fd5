//! Checking a token (docs/protocol.md section 4), step by step in the order of that page.

use std::borrow::Cow;

use crate::checks::{MAX_INTEGER, in_range};
use crate::error::{Result, TokenError};

use super::claims::Claims;
use super::key::Key;
use super::secret::Keys;
use super::{base64url, header};

/// The longest token in characters, checked before anything is decoded.
pub const MAX_TOKEN_LENGTH: usize = 4096;

/// Checks tokens with prepared keys.
#[derive(Clone, Debug)]
pub struct Verifier {
    keys: Keys,
    audience: Option<String>,
    leeway: i64,
}

impl Verifier {
    /// A verifier for tokens that carry exactly this audience (None: none at all), with clocks
    /// that may differ by `leeway` seconds.
    pub fn new(keys: Keys, audience: Option<String>, leeway: i64) -> Result<Self> {
        let leeway = in_range(Some(leeway), "leeway", 0, MAX_INTEGER)?;
        Ok(Self {
            keys,
            audience,
            leeway,
        })
    }

    /// The claims of a valid token at `now`, in seconds since the epoch; otherwise the error of the
    /// first step that fails.
    pub fn decode(&self, token: &str, now: i64) -> Result<Claims> {
        let now = in_range(Some(now), "now", 0, MAX_INTEGER)?;
        let parts = split(token)?;
        if let Err(error) = self.check_signature(&parts) {
            // Its form comes first; one that is valid has it.
            base64url::decode(parts.signature)?;
            return Err(error.into());
        }
        let claims = Claims::read(&parts.payload)?;
        self.check_times(&claims, now)?;
        if claims.aud != self.audience {
            return Err(TokenError::InvalidAudience.into());
        }
        Ok(claims)
    }

    fn check_signature(&self, parts: &Parts<'_>) -> Result<(), TokenError> {
        let key = self.select_key(header::check(&parts.header)?.as_deref())?;
        if key.verifies(parts.message, parts.signature) {
            Ok(())
        } else {
            Err(TokenError::InvalidSignature)
        }
    }

    fn select_key(&self, kid: Option<&str>) -> Result<&Key, TokenError> {
        match &self.keys {
            Keys::One(key) => Ok(key),
            Keys::Ring(ring) => kid
                .and_then(|kid| ring.get(kid))
                .ok_or(TokenError::UnknownKey),
        }
    }

    fn check_times(&self, claims: &Claims, now: i64) -> Result<(), TokenError> {
        if claims.exp <= now - self.leeway {
            return Err(TokenError::Expired);
        }
        if claims.nbf > now + self.leeway || claims.iat > now + self.leeway {
            return Err(TokenError::Immature);
        }
        Ok(())
    }
}

/// A token taken apart, nothing of it believed.
struct Parts<'a> {
    message: &'a str,
    header: Cow<'static, [u8]>,
    payload: Vec<u8>,
    /// As it stands in the token.
    signature: &'a str,
}

fn split(token: &str) -> Result<Parts<'_>, TokenError> {
    if !token.is_ascii() {
        return Err(TokenError::Malformed("the token is not ASCII"));
    }
    if token.len() > MAX_TOKEN_LENGTH {
        return Err(TokenError::Malformed(
            "the token is longer than 4096 characters",
        ));
    }
    let parts = token.rsplit_once('.').and_then(|(message, signature)| {
        let (header, payload) = message.split_once('.')?;
        let filled = !header.is_empty() && !payload.is_empty() && !signature.is_empty();
        (filled && !payload.contains('.')).then_some((message, header, payload, signature))
    });
    let Some((message, header, payload, signature)) = parts else {
        return Err(TokenError::Malformed(
            "the token does not have three non-empty parts",
        ));
    };
    Ok(Parts {
        message,
        header: header::decode(header)?,
        payload: base64url::decode(payload)?,
        signature,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::mwt::{KeyRing, NewToken, create, signing_key};
    use crate::path::Path;
    use proptest::prelude::*;

    const SECRET: &[u8] = b"mizan-vector-secret-0123456789ab";

    fn key() -> Key {
        signing_key(SECRET, &Path::root("secret")).unwrap()
    }

    fn verifier() -> Verifier {
        Verifier::new(Keys::One(key()), None, 0).unwrap()
    }

    fn token() -> String {
        create(&key(), &NewToken::new("42", "p", 100)).unwrap()
    }

    /// A token of any header and claims, signed with the right key.
    fn signed(header: &str, claims: &str) -> String {
        let mut text = String::new();
        base64url::encode(&mut text, header.as_bytes());
        text.push('.');
        base64url::encode(&mut text, claims.as_bytes());
        let signature = key().sign(&text).unwrap();
        format!("{text}.{signature}")
    }

    fn refused(outcome: Result<Claims>) -> TokenError {
        match outcome {
            Err(Error::Token(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    fn refusal(token: &str) -> TokenError {
        refused(verifier().decode(token, 200))
    }

    #[test]
    fn times_are_checked_to_the_second() {
        let decode = |now, leeway| {
            Verifier::new(Keys::One(key()), None, leeway)
                .unwrap()
                .decode(&token(), now)
        };
        assert_eq!(refused(decode(99, 0)), TokenError::Immature);
        assert!(decode(100, 0).is_ok());
        assert!(decode(99, 1).is_ok());
        assert!(decode(399, 0).is_ok());
        assert_eq!(refused(decode(400, 0)), TokenError::Expired);
        assert!(decode(400, 1).is_ok());
        assert!(decode(MAX_INTEGER, MAX_INTEGER).is_ok());
        let error = decode(-1, 0).unwrap_err();
        assert_eq!(error.to_string(), "now: expected 0 to 9007199254740991");
        let error = Verifier::new(Keys::One(key()), None, -1).unwrap_err();
        assert_eq!(error.to_string(), "leeway: expected 0 to 9007199254740991");
    }

    #[test]
    fn audiences_are_exact() {
        let minted = |audience| {
            create(
                &key(),
                &NewToken {
                    audience,
                    ..NewToken::new("42", "p", 100)
                },
            )
            .unwrap()
        };
        let audiences = [None, Some(""), Some("a"), Some("b")];
        for ours in audiences {
            let verifier = Verifier::new(Keys::One(key()), ours.map(str::to_owned), 0).unwrap();
            for theirs in audiences {
                let outcome = verifier.decode(&minted(theirs), 200);
                if ours == theirs {
                    assert_eq!(outcome.unwrap().aud.as_deref(), theirs);
                } else {
                    assert_eq!(refused(outcome), TokenError::InvalidAudience);
                }
            }
        }
    }

    #[test]
    fn a_ring_is_asked_for_the_kid_alone() {
        let path = Path::root("secret");
        let mut ring = KeyRing::default();
        ring.insert("a", b"another-vector-secret-0123456789", &path)
            .unwrap();
        ring.insert("b", SECRET, &path).unwrap();
        let verifier = Verifier::new(Keys::Ring(ring), None, 0).unwrap();
        let decode = |kid| {
            let token = create(
                &key(),
                &NewToken {
                    kid,
                    ..NewToken::new("42", "p", 100)
                },
            );
            verifier.decode(&token.unwrap(), 200)
        };
        assert!(decode(Some("b")).is_ok());
        assert_eq!(refused(decode(Some("a"))), TokenError::InvalidSignature);
        assert_eq!(refused(decode(Some("c"))), TokenError::UnknownKey);
        assert_eq!(refused(decode(None)), TokenError::UnknownKey);
    }

    #[test]
    fn the_text_is_checked_before_anything_is_decoded() {
        let parts = "the token does not have three non-empty parts";
        for text in [
            "", ".", "..", "a.b", "a.b.", ".b.c", "a..c", "a.b.c.d", "a.b..d",
        ] {
            assert_eq!(refusal(text), TokenError::Malformed(parts), "{text}");
        }
        let long = "the token is longer than 4096 characters";
        assert_eq!(refusal(&".".repeat(4097)), TokenError::Malformed(long));
        for text in ["é".into(), "é".repeat(4096), "é".repeat(4097)] {
            let ascii = "the token is not ASCII";
            assert_eq!(refusal(&text), TokenError::Malformed(ascii));
        }
        assert_eq!(refusal(&".".repeat(4096)), TokenError::Malformed(parts));
    }

    #[test]
    fn the_signature_is_checked_before_the_claims() {
        let mut text = signed(r#"{"alg":"HS256"}"#, "not JSON");
        assert_eq!(refusal(&text).to_string(), "the claims are not strict JSON");
        text.replace_range(text.len() - 4..text.len() - 1, "AAA");
        assert_eq!(refusal(&text), TokenError::InvalidSignature);
    }

    #[test]
    fn the_form_of_the_signature_is_checked_before_the_header() {
        let form = TokenError::Malformed("a part of the token is not base64url");
        for header in [r#"{"alg":"HS256"}"#, r#"{"alg":"none"}"#, "not JSON"] {
            let token = signed(header, "{}");
            let message = token.rsplit_once('.').unwrap().0;
            assert_eq!(refusal(&format!("{message}.*")), form, "{header}");
        }
    }

    #[test]
    fn no_changed_byte_is_accepted() {
        let token = token();
        for index in 0..token.len() {
            for byte in 0..=0x7f {
                let mut bytes = token.clone().into_bytes();
                if bytes[index] == byte {
                    continue;
                }
                bytes[index] = byte;
                let changed = String::from_utf8(bytes).unwrap();
                assert!(
                    verifier().decode(&changed, 200).is_err(),
                    "byte {index} as {byte}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_is_refused_without_a_panic(text in any::<String>()) {
            prop_assert!(verifier().decode(&text, 200).is_err());
        }

        #[test]
        fn spliced_tokens_are_refused(
            start in 0_usize..200, end in 0_usize..200, part in "[A-Za-z0-9_.=-]{0,8}"
        ) {
            let token = token();
            let (start, end) = (start.min(end).min(token.len()), start.max(end).min(token.len()));
            let mut changed = token.clone();
            changed.replace_range(start..end, &part);
            prop_assert_eq!(verifier().decode(&changed, 200).is_ok(), changed == token);
        }

        #[test]
        fn what_is_signed_is_read(
            sub in any::<String>().prop_filter("filled", |sub| !sub.is_empty()),
            pkey in any::<String>(), audience in any::<Option<String>>(), kid in any::<Option<String>>(),
            staff in any::<bool>(), superuser in any::<bool>(), ttl in 1..=86_400_i64, now in 0..1_i64 << 52,
        ) {
            let new = NewToken {
                sub: &sub, pkey: &pkey, ttl, staff, superuser,
                audience: audience.as_deref(), kid: kid.as_deref(), now,
            };
            let token = create(&key(), &new).unwrap();
            prop_assume!(token.len() <= MAX_TOKEN_LENGTH);
            let verifier = Verifier::new(Keys::One(key()), audience.clone(), 0).unwrap();
            let expected = Claims {
                sub: sub.clone(), pkey: pkey.clone(), iat: now, nbf: now, exp: now + ttl, staff, superuser,
                aud: audience,
            };
            prop_assert_eq!(verifier.decode(&token, now).unwrap(), expected);
        }
    }
}
