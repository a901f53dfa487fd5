//! The exact vectors of the specification (tests/vectors), which both engines must meet.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use mizan_core::cache_key::{CacheKeyer, KeyBase, Payload};
use mizan_core::entries::Unsealed;
use mizan_core::error::TokenError;
use mizan_core::header::format_invalidate_header;
use mizan_core::mwt::{
    Key, KeyRing, Keys, NewToken, Verifier, create, permission_key, signing_key,
};
use mizan_core::path::Path;
use mizan_core::value::Members;
use mizan_core::{Error, Result, Value};
use serde_json::value::RawValue;

const SECRET: Path<'static> = Path::root("secret");

/// The cases of a vector file, integers of every size intact.
fn cases(name: &str) -> Vec<Members> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/vectors")
        .join(name);
    let text = std::fs::read_to_string(file).unwrap();
    let cases: Vec<&RawValue> = serde_json::from_str(&text).unwrap();
    assert!(!cases.is_empty());
    cases.into_iter().map(|case| members(case.get())).collect()
}

fn members(text: &str) -> Members {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).unwrap();
    members
        .into_iter()
        .map(|(name, value)| (name, plain(value.get())))
        .collect()
}

fn plain(text: &str) -> Value {
    match text.as_bytes()[0] {
        b'{' => Value::Map(members(text)),
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).unwrap();
            items.into_iter().map(|item| plain(item.get())).collect()
        }
        b'"' => Value::String(serde_json::from_str(text).unwrap()),
        b'n' => Value::Null,
        b't' | b'f' => Value::Bool(text == "true"),
        _ => Value::integer(text).unwrap_or_else(|| Value::Float(text.parse().unwrap())),
    }
}

fn member<'a>(case: &'a Members, name: &str) -> &'a Value {
    case.get(name).unwrap()
}

fn map<'a>(case: &'a Members, name: &str) -> &'a Members {
    optional_map(case, name).unwrap()
}

fn optional_map<'a>(case: &'a Members, name: &str) -> Option<&'a Members> {
    match member(case, name) {
        Value::Map(members) => Some(members),
        _ => None,
    }
}

fn text<'a>(case: &'a Members, name: &str) -> &'a str {
    optional_text(case, name).unwrap()
}

fn optional_text<'a>(case: &'a Members, name: &str) -> Option<&'a str> {
    match member(case, name) {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn number(case: &Members, name: &str) -> i64 {
    match member(case, name) {
        Value::Int(number) => Some(*number),
        _ => None,
    }
    .unwrap()
}

fn flag(case: &Members, name: &str) -> bool {
    *member(case, name) == Value::Bool(true)
}

fn key(secret: &str) -> Key {
    signing_key(secret.as_bytes(), &SECRET).unwrap()
}

#[test]
fn cache_keys() {
    for case in cases("cache_keys.json") {
        let input = map(&case, "input");
        let base = KeyBase {
            context: text(input, "context"),
            user_id: optional_text(input, "user_id"),
            rev: number(input, "rev"),
        };
        let keyer = CacheKeyer::new(text(input, "secret").as_bytes()).unwrap();
        let (params, vary) = (optional_map(input, "params"), optional_map(input, "vary"));
        assert_eq!(
            keyer.derive(&base, params, vary).unwrap(),
            text(&case, "key"),
            "{input:?}"
        );
    }
}

#[test]
fn tags() {
    for case in cases("tags.json") {
        let name = text(&case, "name");
        let keyer = CacheKeyer::new(text(&case, "secret").as_bytes()).unwrap();
        let base = KeyBase {
            context: text(&case, "context"),
            user_id: None,
            rev: 0,
        };
        let payload = Payload::new(&base, optional_map(&case, "params"), None).unwrap();
        let mut tags = keyer.tags(&payload);
        let mut found = vec![tags.context_tag()];
        for scope in strings(member(&case, "scopes"), |scope| strings(scope, string)) {
            found.push(tags.scope_tag(&mut scope.clone()));
        }
        assert_eq!(found, strings(member(&case, "tags"), string), "{name}");
        let purged = keyer.purge_tags(base.context, optional_map(&case, "purge"));
        let expected = strings(member(&case, "purge_tags"), string);
        assert_eq!(purged.unwrap(), expected, "{name}");
    }
}

fn strings<'a, T>(list: &'a Value, item: impl Fn(&'a Value) -> T) -> Vec<T> {
    let Value::List(items) = list else {
        panic!("a list")
    };
    items.iter().map(item).collect()
}

fn string(value: &Value) -> String {
    let Value::String(text) = value else {
        panic!("a string")
    };
    text.clone()
}

#[test]
fn entries() {
    for case in cases("entries.json") {
        let name = text(&case, "name");
        let keyer = CacheKeyer::new(text(&case, "secret").as_bytes()).unwrap();
        let (key, entry) = (text(&case, "key"), bytes(member(&case, "entry")).unwrap());
        let Value::List(versions) = member(&case, "versions") else {
            panic!("a list")
        };
        let versions: Vec<_> = versions.iter().map(bytes).collect();
        let expected = match (optional_text(&case, "error"), optional_text(&case, "body")) {
            (Some(_), _) => Err(Error::ForgedEntry),
            (None, Some(body)) => Ok(Unsealed::Body(body.as_bytes())),
            (None, None) => Ok(Unsealed::Stale),
        };
        let found = keyer.unseal(key, &entry, &versions);
        assert_eq!(found, expected, "{name}");
        if let Ok(Unsealed::Body(body)) = found {
            let known: Vec<_> = versions.iter().flatten().collect();
            let sealed = keyer.seal(key, &known, body).unwrap().to_vec();
            assert_eq!(sealed, entry, "{name}");
        }
    }
}

/// Bytes in hex; None for null.
fn bytes(value: &Value) -> Option<Vec<u8>> {
    let Value::String(hex) = value else {
        return None;
    };
    let digits = hex.as_bytes().chunks(2).map(std::str::from_utf8);
    let bytes = digits.map(|digits| u8::from_str_radix(digits.unwrap(), 16).unwrap());
    Some(bytes.collect())
}

#[test]
fn permission_keys() {
    for case in cases("permission_keys.json") {
        let input = map(&case, "input");
        let Value::List(names) = member(input, "permissions") else {
            panic!("a list")
        };
        let names = names.iter().map(|name| match name {
            Value::String(name) => name.as_str(),
            _ => panic!("a name"),
        });
        let found = permission_key(flag(input, "staff"), flag(input, "superuser"), names);
        assert_eq!(found.unwrap(), text(&case, "pkey"), "{input:?}");
    }
}

#[test]
fn tokens() {
    for case in cases("mwt.json") {
        let input = map(&case, "input");
        let token = NewToken {
            sub: text(input, "sub"),
            pkey: text(input, "pkey"),
            ttl: number(input, "ttl"),
            staff: flag(input, "staff"),
            superuser: flag(input, "superuser"),
            audience: optional_text(input, "audience"),
            kid: optional_text(input, "kid"),
            now: number(input, "now"),
        };
        let key = key(text(input, "secret"));
        let expected = text(&case, "token");
        assert_eq!(create(&key, &token).unwrap(), expected);
        let audience = token.audience.map(str::to_owned);
        let verifier = Verifier::new(Keys::One(key), audience, 0).unwrap();
        let claims = verifier.decode(expected, token.now).unwrap();
        assert_eq!(claims.sub, token.sub);
        assert_eq!((claims.iat, claims.exp), (token.now, token.now + token.ttl));
    }
}

#[test]
fn token_checks() {
    for case in cases("mwt_decode.json") {
        let outcome = decode(&case);
        let found = outcome.as_ref().err().map(class);
        assert_eq!(
            found,
            optional_text(&case, "error"),
            "{}: {outcome:?}",
            text(&case, "name")
        );
    }
}

fn decode(case: &Members) -> Result<mizan_core::mwt::Claims> {
    let args = map(case, "args");
    let keys = match member(args, "secret") {
        Value::Map(secrets) => Keys::Ring(ring(secrets)),
        _ => Keys::One(key(text(args, "secret"))),
    };
    let audience = optional_text(args, "audience").map(str::to_owned);
    let verifier = Verifier::new(keys, audience, number(args, "leeway"))?;
    verifier.decode(text(case, "token"), number(args, "now"))
}

fn ring(secrets: &Members) -> KeyRing {
    let mut ring = KeyRing::default();
    for kid in secrets.keys() {
        ring.insert(kid, text(secrets, kid).as_bytes(), &SECRET)
            .unwrap();
    }
    ring
}

fn class(error: &Error) -> &'static str {
    let Error::Token(error) = error else {
        return "not a token's error";
    };
    match error {
        TokenError::Malformed(_) => "MalformedToken",
        TokenError::UnsupportedAlgorithm => "UnsupportedAlgorithm",
        TokenError::UnknownKey => "UnknownKey",
        TokenError::InvalidSignature => "InvalidSignature",
        TokenError::InvalidClaims(_) => "InvalidClaims",
        TokenError::Expired => "ExpiredToken",
        TokenError::Immature => "ImmatureToken",
        TokenError::InvalidAudience => "InvalidAudience",
        _ => "another token's error",
    }
}

#[test]
fn invalidate_headers() {
    for case in cases("invalidate_header.json") {
        let entries = member(&case, "entries");
        let header = format_invalidate_header(entries).unwrap();
        assert_eq!(header, text(&case, "header"), "{entries:?}");
    }
}
