//! What a token costs with jsonwebtoken over the same HMAC, and the least that a check can cost.

use std::hint::black_box;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, crypto};
use mizan_core::hs256::Hs256;
use mizan_core::mwt::signing_key;
use mizan_core::path::Path;
use serde_json::{Value, json};

use crate::subjects::Subject;

const SECRET: &[u8] = b"of-these-benches-alone-0123456789";

pub fn subjects() -> Vec<Subject> {
    // Installs the provider that jsonwebtoken needs.
    signing_key(SECRET, &Path::root("secret")).unwrap();
    let (signing, checking) = (
        EncodingKey::from_secret(SECRET),
        DecodingKey::from_secret(SECRET),
    );
    let header = Header::new(Algorithm::HS256);
    let token = jsonwebtoken::encode(&header, &claims(), &signing).unwrap();
    let mut rules = Validation::new(Algorithm::HS256);
    rules.validate_exp = false;
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (message, signature) = (message.to_owned(), signature.to_owned());
    let (least, prepared) = (message.clone(), Hs256::new(SECRET));
    let payload = claims().to_string();
    let key = checking.clone();
    vec![
        Subject::new("jsonwebtoken_decode", move || {
            let read = jsonwebtoken::decode::<Value>(black_box(&token), &checking, &rules);
            black_box(read.unwrap());
        }),
        Subject::new("jsonwebtoken_verify", move || {
            let message = black_box(message.as_bytes());
            black_box(crypto::verify(&signature, message, &key, Algorithm::HS256).unwrap());
        }),
        Subject::new("hmac_and_json_parse", move || {
            black_box(prepared.tag([black_box(least.as_bytes())]));
            black_box(serde_json::from_str::<Value>(black_box(&payload)).unwrap());
        }),
    ]
}

fn claims() -> Value {
    json!({
        "sub": "4711", "pkey": "0123456789abcdef0123456789abcdef", "iat": 1_760_000_000,
        "nbf": 1_760_000_000, "exp": 1_760_000_300, "staff": false, "super": false,
    })
}
