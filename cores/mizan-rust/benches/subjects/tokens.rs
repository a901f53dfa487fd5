//! Signing a token, and checking one that is valid, expired or forged.

use std::hint::black_box;

use mizan_core::mwt::{Key, Keys, NewToken, Verifier, create, signing_key};
use mizan_core::path::Path;

use super::Subject;

const SECRET: &[u8] = b"of-these-benches-alone-0123456789";
const OTHER_SECRET: &[u8] = b"of-another-issuer-altogether-0123";
const NOW: i64 = 1_760_000_000;

pub fn subjects() -> Vec<Subject> {
    vec![
        create_token(),
        decode("decode_valid_token", SECRET, NOW + 1),
        decode("decode_expired_token", SECRET, NOW + 301),
        decode("decode_forged_token", OTHER_SECRET, NOW + 1),
    ]
}

fn create_token() -> Subject {
    let key = key(SECRET);
    Subject::new("create_token", move || {
        black_box(create(&key, black_box(&token())).unwrap());
    })
}

/// Checks at `now` a token that was signed with `secret`.
fn decode(name: &'static str, secret: &[u8], now: i64) -> Subject {
    let verifier = Verifier::new(Keys::One(key(SECRET)), None, 0).unwrap();
    let token = create(&key(secret), &token()).unwrap();
    Subject::new(name, move || {
        black_box(verifier.decode(black_box(&token), now).ok());
    })
}

fn key(secret: &[u8]) -> Key {
    signing_key(secret, &Path::root("secret")).unwrap()
}

fn token() -> NewToken<'static> {
    NewToken::new("4711", "0123456789abcdef0123456789abcdef", NOW)
}
