//! `mizan-generate` as a program.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use mizan_generate::Host;

struct Terminal;

impl Host for Terminal {
    fn say(&mut self, line: &str) {
        // Who does not listen any more need not be told.
        let _ = writeln!(std::io::stdout(), "{line}");
    }

    fn complain(&mut self, line: &str) {
        let _ = writeln!(std::io::stderr(), "{line}");
    }

    fn pause(&mut self, time: Duration) -> bool {
        std::thread::sleep(time);
        true
    }
}

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let code = mizan_generate::run(&words, None, &mut Terminal);
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}
