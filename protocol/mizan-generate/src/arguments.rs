//! The command line.

use std::path::PathBuf;

use lexopt::prelude::*;

use crate::config::Config;
use crate::{Failure, Result};

/// What `--help` says.
pub const HELP: &str = "\
Generate typed clients of a Mizan server.

usage: mizan-generate [FILE.kdl] [options] [-- PROGRAM ...]

  FILE.kdl                the interface, as `manage.py export_mizan_ir` or `python -m mizan_fastapi.ir` writes it;
                          `-` for standard input; without it the configuration says where it comes from
  -- PROGRAM ...          a program that prints the interface
  --config FILE           the configuration (default: mizan.toml, or for npx django.config.mjs, if it is there)
  --output FOLDER         where the clients are written
  --target NAME[,NAME]    typescript, react, vue, svelte or python (default: react)
  --base-url URL          where the server answers (default: the runtime's, /api/mizan)
  --line-width COLUMNS    how long lines may be (default: 80)
  --import-extension EXT  what imports between generated modules end with: .js or .ts (default: nothing)
  --schemas NAME          write schemas.ts for a validator: zod or valibot (default: none)
  --bigint                keep integers beyond 2^53 exactly, in TypeScript as a bigint (default: they are rounded)
  --testing               write testing.ts: a server in memory for tests (default: none)
  --live, --no-live       whether pages have a live connection (default: where channels or functions want one)
  --check                 write nothing; fail if something would be written
  --diff OLD.kdl          write nothing; say what is different from an older interface, and fail if clients of it break
  --watch                 generate again when files of the server change
  --print-source          print how the interface is to be had, as JSON, and do nothing
  --version, --help
";

/// What the user wants.
#[derive(Debug, Default)]
pub struct Arguments {
    /// The interface's file.
    pub file: Option<PathBuf>,
    /// The program that prints the interface, with its arguments.
    pub program: Option<Vec<String>>,
    /// The configuration's file.
    pub config: Option<PathBuf>,
    /// What the command line says, which wins over the configuration.
    pub overrides: Config,
    /// Whether nothing is written.
    pub check: bool,
    /// The file of an older interface, which this one is compared with.
    pub diff: Option<PathBuf>,
    /// Whether it goes on when files change.
    pub watch: bool,
    /// Whether the source is printed.
    pub print_source: bool,
    /// A text to print instead of doing anything.
    pub information: Option<String>,
}

impl Arguments {
    /// Reads a command line, without the program's name.
    pub fn parse(words: &[String]) -> Result<Self> {
        let end = words
            .iter()
            .position(|word| word == "--")
            .unwrap_or(words.len());
        let (own, program) = words.split_at(end);
        let mut arguments = Self::read(lexopt::Parser::from_args(own))
            .map_err(|error| Failure::new(format!("{error} (--help lists the options)")))?;
        arguments.program = program.split_first().map(|(_, program)| program.to_vec());
        Ok(arguments)
    }

    fn read(mut parser: lexopt::Parser) -> std::result::Result<Self, lexopt::Error> {
        let mut arguments = Self::default();
        let overrides = &mut arguments.overrides;
        while let Some(argument) = parser.next()? {
            match argument {
                Long("config") => arguments.config = Some(parser.value()?.into()),
                Long("output") => overrides.output = Some(parser.value()?.into()),
                Long("target") => overrides.targets.extend(words(&parser.value()?.string()?)),
                Long("base-url") => overrides.base_url = Some(parser.value()?.string()?),
                Long("line-width") => overrides.line_width = Some(parser.value()?.parse()?),
                Long("schemas") => overrides.schemas = Some(parser.value()?.string()?),
                Long("bigint") => overrides.bigint = Some(true),
                Long("testing") => overrides.testing = Some(true),
                Long("live") => overrides.live = Some(true),
                Long("no-live") => overrides.live = Some(false),
                Long("import-extension") => {
                    overrides.import_extension = Some(parser.value()?.string()?);
                }
                Long("diff") => arguments.diff = Some(parser.value()?.into()),
                Long("check") => arguments.check = true,
                Long("watch") => arguments.watch = true,
                Long("print-source") => arguments.print_source = true,
                Short('h') | Long("help") => arguments.information = Some(HELP.to_owned()),
                Short('V') | Long("version") => {
                    arguments.information = Some(
                        concat!("mizan-generate ", env!("CARGO_PKG_VERSION"), "\n").to_owned(),
                    );
                }
                Value(file) if arguments.file.is_none() => arguments.file = Some(file.into()),
                other => return Err(other.unexpected()),
            }
        }
        Ok(arguments)
    }
}

fn words(list: &str) -> impl Iterator<Item = String> {
    list.split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}
