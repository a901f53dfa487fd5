//! How long tokens take, and the same with jsonwebtoken.

#![allow(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]

mod criterion_run;
mod jsonwebtoken_peer;
mod subjects;

fn main() {
    let mut subjects = subjects::tokens::subjects();
    subjects.extend(jsonwebtoken_peer::subjects());
    criterion_run::measure(&subjects);
}
