//! `mizan-floors NAME PAIRS MICROSECONDS`: pairs of samples, each so long, as JSON: nanoseconds of ours and of the floor.
//!
//! The floor is a prepared HMAC of the same bytes, and for a token also one parse of its claims by serde.

#![allow(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]
#![allow(clippy::print_stdout, reason = "a program")]

use std::env::args;
use std::hint::black_box;
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use mizan_core::Value;
use mizan_core::cache_key::{CacheKeyer, KeyBase};
use mizan_core::mwt::{Keys, NewToken, Verifier, create, signing_key};
use mizan_core::path::Path;
use mizan_core::value::Members;
use serde::Deserialize;
use sha2::Sha256;

const SECRET: &[u8] = b"a benchmark's secret of 32 bytes ";
const NOW: i64 = 1_760_000_000;
/// What `cache_key` derives its key from: context, parameters, viewer.
const PAYLOAD: &[u8] =
    br#"{"c":"user_orders","p":{"page":2,"status":"open","user_id":5},"r":0,"u":"42"}"#;
/// The claims of `token`, as an application would read them without checks of its own.
const CLAIMS: &[u8] = br#"{"exp":1760000300,"iat":1760000000,"nbf":1760000000,"pkey":"0123456789abcdef0123456789abcdef","staff":false,"sub":"42","super":false}"#;

type Run = Box<dyn FnMut()>;

#[derive(Deserialize)]
struct Claims<'a> {
    sub: &'a str,
    pkey: &'a str,
    iat: i64,
    nbf: i64,
    exp: i64,
    staff: bool,
    #[serde(rename = "super")]
    superuser: bool,
}

fn main() {
    let arguments: Vec<String> = args().collect();
    let (mut ours, mut floor) = match arguments[1].as_str() {
        "key" => (key(), hmac_of(PAYLOAD)),
        "token" => (token(), hmac_and_parse()),
        name => {
            println!("{name}: there are key and token");
            return;
        }
    };
    let pairs: usize = arguments[2].parse().unwrap();
    let length = Duration::from_micros(arguments[3].parse().unwrap());
    let rounds = [calibrate(&mut ours, length), calibrate(&mut floor, length)];
    let samples: Vec<[f64; 2]> = (0..pairs)
        .map(|turn| {
            if turn % 2 == 0 {
                let first = sample(&mut ours, rounds[0]);
                [first, sample(&mut floor, rounds[1])]
            } else {
                let first = sample(&mut floor, rounds[1]);
                [sample(&mut ours, rounds[0]), first]
            }
        })
        .collect();
    println!("{}", serde_json::to_string(&samples).unwrap());
}

fn key() -> Run {
    let keyer = CacheKeyer::new(SECRET).unwrap();
    let params: Members = [
        ("user_id", Value::Int(5)),
        ("page", Value::Int(2)),
        ("status", Value::from("open")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let base = KeyBase {
        context: "user_orders",
        user_id: Some("42"),
        rev: 0,
    };
    let key = keyer.derive(&base, Some(&params), None).unwrap();
    let digest = hmac().chain_update(PAYLOAD).finalize().into_bytes();
    assert!(
        key.ends_with(
            &digest
                .iter()
                .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
        )
    );
    Box::new(move || {
        black_box(
            keyer
                .derive(black_box(&base), Some(black_box(&params)), None)
                .unwrap(),
        );
    })
}

fn hmac_of(message: &'static [u8]) -> Run {
    let keyed = hmac();
    Box::new(move || {
        black_box(keyed.clone().chain_update(black_box(message)).finalize());
    })
}

fn token() -> Run {
    let key = signing_key(SECRET, &Path::root("secret")).unwrap();
    let verifier = Verifier::new(Keys::One(key), None, 0).unwrap();
    let token = signed();
    Box::new(move || {
        black_box(verifier.decode(black_box(&token), NOW).unwrap());
    })
}

fn hmac_and_parse() -> Run {
    let keyed = hmac();
    let token = signed();
    let message = token.rsplit_once('.').unwrap().0.to_owned();
    Box::new(move || {
        black_box(keyed.clone().chain_update(black_box(&message)).finalize());
        let claims: Claims<'_> = serde_json::from_slice(black_box(CLAIMS)).unwrap();
        black_box((claims.sub, claims.pkey, claims.iat, claims.nbf, claims.exp));
        black_box((claims.staff, claims.superuser));
    })
}

fn hmac() -> Hmac<Sha256> {
    Hmac::new_from_slice(SECRET).unwrap()
}

fn signed() -> String {
    let key = signing_key(SECRET, &Path::root("secret")).unwrap();
    create(
        &key,
        &NewToken::new("42", "0123456789abcdef0123456789abcdef", NOW),
    )
    .unwrap()
}

fn calibrate(run: &mut Run, length: Duration) -> u32 {
    let mut rounds = 64;
    loop {
        let started = Instant::now();
        repeat(run, rounds);
        let taken = started.elapsed();
        if taken * 2 >= length {
            return rounds;
        }
        rounds *= 2;
    }
}

fn sample(run: &mut Run, rounds: u32) -> f64 {
    let started = Instant::now();
    repeat(run, rounds);
    started.elapsed().as_secs_f64() * 1e9 / f64::from(rounds)
}

fn repeat(run: &mut Run, rounds: u32) {
    for _ in 0..rounds {
        run();
    }
}
