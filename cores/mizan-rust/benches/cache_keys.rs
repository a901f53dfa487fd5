//! How long keys, tags and entries of the origin cache take.

#![allow(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]

mod criterion_run;
mod subjects;

fn main() {
    criterion_run::measure(&subjects::cache_keys::subjects());
}
