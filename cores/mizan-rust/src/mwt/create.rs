//! Signing a token (docs/protocol.md section 4).

use crate::canonical::{Form, Writer};
use crate::checks::{MAX_INTEGER, filled, in_range};
use crate::error::Result;
use crate::path::Path;

use super::key::Key;
use super::{base64url, header};

/// The longest life of a token in seconds.
pub const MAX_TTL: i64 = 86_400;

const DEFAULT_TTL: i64 = 300;

/// What the claims are beside their texts, in bytes, at most.
const NAMES_AND_TIMES: usize = 160;

/// What a token shall say.
#[derive(Clone, Copy, Debug)]
pub struct NewToken<'a> {
    /// User id, not empty.
    pub sub: &'a str,
    /// Permission key, see [`permission_key`](super::permission_key).
    pub pkey: &'a str,
    /// Seconds until it expires, 1..=[`MAX_TTL`].
    pub ttl: i64,
    /// `is_staff`
    pub staff: bool,
    /// `is_superuser`
    pub superuser: bool,
    /// The only audience that shall accept it.
    pub audience: Option<&'a str>,
    /// The name of the key in the verifier's key ring.
    pub kid: Option<&'a str>,
    /// Issue time in seconds since the epoch.
    pub now: i64,
}

impl<'a> NewToken<'a> {
    /// A token of five minutes without flags, audience or key name.
    pub const fn new(sub: &'a str, pkey: &'a str, now: i64) -> Self {
        Self {
            sub,
            pkey,
            ttl: DEFAULT_TTL,
            staff: false,
            superuser: false,
            audience: None,
            kid: None,
            now,
        }
    }
}

/// Signs a token. The same inputs give the same bytes.
pub fn create(key: &Key, token: &NewToken<'_>) -> Result<String> {
    filled(token.sub, "sub")?;
    in_range(Some(token.ttl), "ttl", 1, MAX_TTL)?;
    in_range(Some(token.now), "now", 0, MAX_INTEGER - MAX_TTL)?;
    let claims = claims(token)?;
    let mut text = String::with_capacity(2 * claims.len() + 128);
    header::append(&mut text, token.kid);
    text.push('.');
    base64url::encode(&mut text, &claims);
    let signature = key.sign(&text)?;
    text.push('.');
    text.push_str(&signature);
    Ok(text)
}

fn claims(token: &NewToken<'_>) -> Result<Vec<u8>> {
    let texts = token.sub.len() + token.pkey.len() + token.audience.map_or(0, str::len);
    let mut out = Vec::with_capacity(NAMES_AND_TIMES + texts);
    let mut writer = Writer::new(&mut out, Form::Canonical);
    writer.begin_object(&Path::root("claims"))?;
    if let Some(audience) = token.audience {
        writer.key("aud");
        writer.string(audience);
    }
    for (name, time) in [
        ("exp", token.now + token.ttl),
        ("iat", token.now),
        ("nbf", token.now),
    ] {
        writer.key(name);
        writer.int(time);
    }
    writer.key("pkey");
    writer.string(token.pkey);
    writer.key("staff");
    writer.bool(token.staff);
    writer.key("sub");
    writer.string(token.sub);
    writer.key("super");
    writer.bool(token.superuser);
    writer.end_object();
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_canonical() {
        let token = NewToken {
            audience: Some("x"),
            superuser: true,
            ..NewToken::new("42", "p", 5)
        };
        let expected = r#"{"aud":"x","exp":305,"iat":5,"nbf":5,"pkey":"p","staff":false,"sub":"42","super":true}"#;
        assert_eq!(
            String::from_utf8(claims(&token).unwrap()).unwrap(),
            expected
        );
    }

    #[test]
    fn refusals_come_in_order() {
        let key = Key::new(b"k");
        let mut token = NewToken {
            ttl: 0,
            ..NewToken::new("", "", -1)
        };
        let refusal = |token: &NewToken<'_>| create(&key, token).unwrap_err().to_string();
        assert_eq!(refusal(&token), "sub: must not be empty");
        token.sub = "s";
        assert_eq!(refusal(&token), "ttl: expected 1 to 86400");
        token.ttl = MAX_TTL;
        assert_eq!(refusal(&token), "now: expected 0 to 9007199254654591");
        token.now = MAX_INTEGER - MAX_TTL;
        assert!(create(&key, &token).is_ok());
    }
}
