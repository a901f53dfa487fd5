//! Runs every subject for callgrind, which counts between entering and leaving `measured`, and says
//! what it has run: a line for each, `name rounds` (tests/guard reads both).

#![allow(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]
#![allow(clippy::print_stdout, reason = "a program")]

#[path = "../../../cores/mizan-rust/benches/subjects/mod.rs"]
mod subjects;

use subjects::Subject;

fn main() {
    for subject in subjects::all() {
        // What happens only once is no part of the count.
        (subject.run)();
        println!("{} {}", subject.name, subject.rounds);
        measured(&subject);
    }
}

#[inline(never)]
fn measured(subject: &Subject) {
    for _ in 0..subject.rounds {
        (subject.run)();
    }
}
