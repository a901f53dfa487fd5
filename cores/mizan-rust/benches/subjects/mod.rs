//! What is measured: in time by criterion (one bench target for each module here), in instructions by
//! the regression guard (tests/guard).

#![allow(dead_code, reason = "a bench target measures one of the modules")]

pub mod cache_keys;
pub mod interfaces;
pub mod mutations;
pub mod tokens;

/// One operation with its input ready.
pub struct Subject {
    pub name: &'static str,
    /// How often it runs for one count of instructions.
    pub rounds: u32,
    pub run: Box<dyn Fn()>,
}

impl Subject {
    pub fn new(name: &'static str, run: impl Fn() + 'static) -> Self {
        Self {
            name,
            rounds: 100,
            run: Box::new(run),
        }
    }

    /// For an operation of many instructions.
    pub fn once(self) -> Self {
        Self { rounds: 1, ..self }
    }
}

/// Everything, in a fixed order.
pub fn all() -> Vec<Subject> {
    [
        cache_keys::subjects(),
        tokens::subjects(),
        mutations::subjects(),
        interfaces::subjects(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
