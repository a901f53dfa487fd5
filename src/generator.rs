//! The generator of clients, as a command (protocol/mizan-generate).

use std::time::Duration;

use mizan_generate::Host;
use pyo3::prelude::*;

use crate::error::Result;

/// Runs `mizan-generate` with `arguments`; `document` is the interface, where it is at hand. Lines for the user go to
/// `say` and `complain`. Gives the exit code.
#[pyfunction]
#[allow(clippy::needless_pass_by_value)] // PyO3 makes a list of its own from any sequence.
pub fn run_generator(
    py: Python<'_>,
    arguments: Vec<String>,
    document: Option<String>,
    say: Py<PyAny>,
    complain: Py<PyAny>,
) -> PyResult<i32> {
    let mut host = Interpreter {
        say,
        complain,
        failure: None,
    };
    let code = py.detach(|| mizan_generate::run(&arguments, document, &mut host));
    host.failure.map_or(Ok(code), Err)
}

/// What is different between the texts of two interfaces, each change as its words: what it is, what it means for clients
/// of the older one, what has changed and how.
#[pyfunction]
pub fn ir_difference(py: Python<'_>, old: &str, new: &str) -> Result<Vec<Words>> {
    let changes = py.detach(|| mizan_generate::compare(old, new))?;
    let words = changes.into_iter().map(|change| {
        let (kind, class) = (change.kind.as_str(), change.class.as_str());
        (kind, class, change.subject, change.detail)
    });
    Ok(words.collect())
}

/// The words of a change.
type Words = (&'static str, &'static str, String, String);

/// Python around the command.
struct Interpreter {
    say: Py<PyAny>,
    complain: Py<PyAny>,
    /// What Python code has raised meanwhile: a signal's handler, or one of the functions.
    failure: Option<PyErr>,
}

impl Interpreter {
    fn keep(&mut self, result: PyResult<()>) {
        if let Err(failure) = result {
            self.failure.get_or_insert(failure);
        }
    }
}

impl Host for Interpreter {
    fn say(&mut self, line: &str) {
        let result = Python::attach(|py| self.say.call1(py, (line,)).map(drop));
        self.keep(result);
    }

    fn complain(&mut self, line: &str) {
        let result = Python::attach(|py| self.complain.call1(py, (line,)).map(drop));
        self.keep(result);
    }

    fn pause(&mut self, time: Duration) -> bool {
        std::thread::sleep(time);
        #[allow(clippy::redundant_closure_for_method_calls)]
        // The method alone is not general enough.
        let result = Python::attach(|py| py.check_signals());
        self.keep(result);
        self.failure.is_none()
    }
}
