//! Tokens of this crate and of jsonwebtoken, an implementation of other hands, are each other's.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use mizan_core::mwt::{Claims, Key, Keys, NewToken, Verifier, create, signing_key};
use mizan_core::path::Path;
use serde_json::json;

const SECRET: &[u8] = b"mizan-vector-secret-0123456789ab";

fn key() -> Key {
    signing_key(SECRET, &Path::root("secret")).unwrap()
}

fn claims() -> serde_json::Value {
    json!({"sub": "42", "pkey": "p", "iat": 100, "nbf": 100, "exp": 400, "staff": true, "super": false})
}

#[test]
fn our_tokens_pass_jsonwebtoken() {
    let token = NewToken {
        staff: true,
        ..NewToken::new("42", "p", 100)
    };
    let token = create(&key(), &token).unwrap();
    let mut rules = Validation::new(Algorithm::HS256);
    rules.validate_exp = false;
    let read = decode::<serde_json::Value>(&token, &DecodingKey::from_secret(SECRET), &rules);
    let read = read.unwrap();
    assert_eq!(read.claims, claims());
    assert_eq!(read.header.typ.as_deref(), Some("JWT"));
    let wrong = DecodingKey::from_secret(b"another-vector-secret-0123456789");
    let refusal = decode::<serde_json::Value>(&token, &wrong, &rules).unwrap_err();
    assert_eq!(refusal.kind(), &ErrorKind::InvalidSignature);
}

#[test]
fn tokens_of_jsonwebtoken_pass_here() {
    let verifier = Verifier::new(Keys::One(key()), None, 0).unwrap();
    let secret = EncodingKey::from_secret(SECRET);
    let token = encode(&Header::new(Algorithm::HS256), &claims(), &secret).unwrap();
    let expected = Claims {
        sub: "42".into(),
        pkey: "p".into(),
        iat: 100,
        nbf: 100,
        exp: 400,
        staff: true,
        superuser: false,
        aud: None,
    };
    assert_eq!(verifier.decode(&token, 200).unwrap(), expected);
}
