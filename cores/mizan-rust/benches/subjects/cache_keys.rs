//! A read and a purge of the origin cache: key, tags, opening an entry.

use std::hint::black_box;

use mizan_core::Value;
use mizan_core::cache_key::{CacheKeyer, KeyBase, Payload};
use mizan_core::value::Members;

use super::Subject;

const SECRET: &[u8] = b"of-these-benches-alone-0123456789";
const VERSIONS: [[u8; 8]; 3] = [*b"version1", *b"version2", *b"version3"];

pub fn subjects() -> Vec<Subject> {
    vec![
        Subject::new("derive_key_one_off", || {
            black_box(derive(
                &CacheKeyer::new(black_box(SECRET)).unwrap(),
                &params(),
            ));
        }),
        derive_prepared(),
        plan_read(),
        purge_tags(),
        unseal_entry(),
    ]
}

fn derive_prepared() -> Subject {
    let (keyer, params) = (keyer(), params());
    Subject::new("derive_key_prepared", move || {
        black_box(derive(&keyer, black_box(&params)));
    })
}

/// A context's tag, that of a scope which the entry has, and that of one which it has not.
fn plan_read() -> Subject {
    let (keyer, params) = (keyer(), params());
    Subject::new("plan_read", move || {
        let payload = Payload::new(&base(), Some(black_box(&params)), None).unwrap();
        let mut tags = keyer.tags(&payload);
        black_box(tags.context_tag());
        black_box(tags.scope_tag(&mut ["user_id"]));
        black_box(tags.scope_tag(&mut ["user_id", "team"]));
        black_box(keyer.key(&payload));
    })
}

fn purge_tags() -> Subject {
    let keyer = keyer();
    let scope = Members::from([("user_id".to_owned(), Value::Int(5))]);
    Subject::new("purge_tags", move || {
        black_box(keyer.purge_tags("user", Some(black_box(&scope))).unwrap());
    })
}

fn unseal_entry() -> Subject {
    let keyer = keyer();
    let body = [b'x'; 1024];
    let sealed = keyer.seal("key", &VERSIONS, &body).unwrap().to_vec();
    Subject::new("unseal_entry", move || {
        let versions = VERSIONS.map(Some);
        black_box(keyer.unseal("key", black_box(&sealed), &versions).unwrap());
    })
}

fn derive(keyer: &CacheKeyer, params: &Members) -> String {
    keyer.derive(&base(), Some(params), None).unwrap()
}

fn keyer() -> CacheKeyer {
    CacheKeyer::new(SECRET).unwrap()
}

fn base() -> KeyBase<'static> {
    KeyBase {
        context: "user",
        user_id: Some("4711"),
        rev: 0,
    }
}

fn params() -> Members {
    Members::from([
        ("user_id".to_owned(), Value::Int(5)),
        ("page".to_owned(), Value::Int(1)),
        ("query".to_owned(), Value::from("blue shoes")),
    ])
}
