//! The command from its arguments to its exit code.

use std::collections::BTreeMap;
use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use mizan_codegen::difference::difference;
use mizan_codegen::{File, Options};
use mizan_core::ir::Document;

use crate::arguments::Arguments;
use crate::config::Config;
use crate::folder::{INTERFACE, Plan, read_interface};
use crate::source::{Source, read_text};
use crate::{Failure, Host, Result, report};

const DEFAULT_CONFIG: &str = "mizan.toml";
const PAUSE: Duration = Duration::from_millis(300);

/// Folders that hold no sources of the server.
const SKIPPED: [&str; 4] = ["__pycache__", "node_modules", "site-packages", "target"];

/// Runs the command with `words` behind its name; `document` is the interface where the host has it at hand. The exit
/// code: 0 when all is well, 1 when a check has found a difference or something is wrong, 2 for a wrong command line.
pub fn run(words: &[String], document: Option<String>, host: &mut dyn Host) -> i32 {
    let arguments = match Arguments::parse(words) {
        Ok(arguments) => arguments,
        Err(failure) => {
            host.complain(&failure.to_string());
            return 2;
        }
    };
    if let Some(text) = &arguments.information {
        host.say(text.trim_end());
        return 0;
    }
    match prepare(&arguments, document).and_then(|job| job.carry_out(&arguments, host)) {
        Ok(code) => code,
        Err(failure) => {
            host.complain(&failure.to_string());
            1
        }
    }
}

/// What is generated, from what and whereto.
struct Job {
    source: Source,
    output: Option<PathBuf>,
    options: Options,
}

fn prepare(arguments: &Arguments, document: Option<String>) -> Result<Job> {
    let (config, base) = configuration(arguments)?;
    let options = config.options()?;
    let source = match (document, &arguments.file, &arguments.program) {
        (_, None, Some(program)) => Source::program(
            program,
            &BTreeMap::new(),
            PathBuf::new(),
            PathBuf::from("."),
        )?,
        (_, Some(file), None) => Source::File(file.clone()),
        (_, Some(_), Some(_)) => {
            return Err(Failure::new(
                "there are two interfaces: a file and a program",
            ));
        }
        (Some(text), ..) => Source::Text(text),
        (None, ..) => Source::of(&config, &base)?,
    };
    let output = arguments
        .overrides
        .output
        .clone()
        .or_else(|| config.output.as_ref().map(|output| base.join(output)))
        .map(folder_of);
    Ok(Job {
        source,
        output,
        options,
    })
}

/// The folder that an output names, by itself or by a module in it.
fn folder_of(output: PathBuf) -> PathBuf {
    let is_module = output
        .extension()
        .is_some_and(|extension| extension == "ts");
    match output.parent() {
        Some(parent) if is_module => parent.to_owned(),
        _ => output,
    }
}

/// The configuration with what the command line says, and the folder that its paths are relative to.
fn configuration(arguments: &Arguments) -> Result<(Config, PathBuf)> {
    let default = || Some(PathBuf::from(DEFAULT_CONFIG)).filter(|path| path.is_file());
    let path = arguments.config.clone().or_else(default);
    let mut config = path
        .as_deref()
        .map(Config::read)
        .transpose()?
        .unwrap_or_default();
    let base = path
        .as_deref()
        .and_then(Path::parent)
        .map(Path::to_owned)
        .unwrap_or_default();
    let overrides = arguments.overrides.clone();
    if !overrides.targets.is_empty() {
        config.targets = overrides.targets;
    }
    config.base_url = overrides.base_url.or(config.base_url);
    config.line_width = overrides.line_width.or(config.line_width);
    config.import_extension = overrides.import_extension.or(config.import_extension);
    config.live = overrides.live.or(config.live);
    config.schemas = overrides.schemas.or(config.schemas);
    config.bigint = overrides.bigint.or(config.bigint);
    config.testing = overrides.testing.or(config.testing);
    Ok((config, base))
}

impl Job {
    fn carry_out(&self, arguments: &Arguments, host: &mut dyn Host) -> Result<i32> {
        if arguments.print_source {
            host.say(&self.described(arguments));
            return Ok(0);
        }
        if let Some(old) = &arguments.diff {
            return self.diff(old, host);
        }
        let output = self.output.as_deref().ok_or_else(|| Failure::new("there is no folder to write to: give --output FOLDER, or `output` in the configuration"))?;
        if arguments.check {
            return self.check(output, host);
        }
        if arguments.watch {
            return self.watch(output, host);
        }
        self.write(output, host).map(|()| 0)
    }

    /// The job as JSON, for a host that gets the interface itself and then runs the command with these arguments.
    fn described(&self, arguments: &Arguments) -> String {
        let Options {
            targets,
            base_url,
            line_width,
            import_extension,
            live,
            schemas,
            bigint,
            testing,
        } = &self.options;
        let targets: Vec<_> = targets.iter().map(|target| target.as_str()).collect();
        let mut flags = vec![
            format!("--target={}", targets.join(",")),
            format!("--line-width={line_width}"),
            format!("--import-extension={import_extension}"),
        ];
        flags.extend(base_url.iter().map(|url| format!("--base-url={url}")));
        flags.extend(schemas.map(|validator| format!("--schemas={}", validator.as_str())));
        flags.extend(bigint.then(|| "--bigint".to_owned()));
        flags.extend(testing.then(|| "--testing".to_owned()));
        flags.extend(live.map(|live| if live { "--live" } else { "--no-live" }.to_owned()));
        flags.extend(arguments.check.then(|| "--check".to_owned()));
        let (source, output) = (&self.source, self.output.as_deref());
        let (watch, diff) = (arguments.watch, arguments.diff.as_deref());
        serde_json::json!({
            "source": source, "output": output, "arguments": flags, "watch": watch, "diff": diff,
        })
        .to_string()
    }

    /// Says what is different from the interface in the file `old`; fails where clients of that break.
    fn diff(&self, old: &Path, host: &mut dyn Host) -> Result<i32> {
        let place = old.display().to_string();
        let old = read_text(old).map_err(|error| Failure::new(format!("{place}: {error}")))?;
        let old =
            Document::parse(&old).map_err(|error| Failure::new(format!("{place}: {error}")))?;
        let changes = difference(&old, &interface(&self.source.read()?)?);
        for change in &changes {
            host.say(&report::line(change));
        }
        host.say(&report::counted(&changes));
        Ok(i32::from(report::breaks(&changes)))
    }

    /// What has to be done, and what has changed in the interface.
    fn plan(&self, output: &Path) -> Result<(Plan, Vec<String>)> {
        let text = self.source.read()?;
        let document = interface(&text)?;
        let mut files = mizan_codegen::generate(&document, &self.options)
            .map_err(|error| Failure::new(error.to_string()))?;
        let path = INTERFACE.to_owned();
        files.push(File { path, text });
        let changes = report::changes(read_interface(output)?.as_deref(), &document);
        Ok((Plan::of(output, files)?, changes))
    }

    fn write(&self, output: &Path, host: &mut dyn Host) -> Result<()> {
        let (plan, changes) = self.plan(output)?;
        plan.carry_out(output)?;
        for line in &changes {
            host.say(line);
        }
        host.say(&summary(&plan, output));
        Ok(())
    }

    fn check(&self, output: &Path, host: &mut dyn Host) -> Result<i32> {
        let (plan, changes) = self.plan(output)?;
        if plan.is_empty() {
            return Ok(0);
        }
        for line in &changes {
            host.say(line);
        }
        for file in &plan.written {
            host.complain(&format!(
                "{} is out of date",
                output.join(&file.path).display()
            ));
        }
        for path in &plan.removed {
            host.complain(&format!(
                "{} is not generated any more",
                output.join(path).display()
            ));
        }
        Ok(1)
    }

    /// Writes again whenever a file changes; a failure is told, and the next change tried.
    fn watch(&self, output: &Path, host: &mut dyn Host) -> Result<i32> {
        let watched = self.source.watched();
        if watched.is_empty() {
            return Err(Failure::new("there is no file to watch"));
        }
        let mut seen = None;
        loop {
            let now = Some(times(&watched));
            if now != seen {
                seen = now;
                if let Err(failure) = self.write(output, host) {
                    host.complain(&failure.to_string());
                }
            }
            if !host.pause(PAUSE) {
                return Ok(0);
            }
        }
    }
}

fn interface(text: &str) -> Result<Document> {
    Document::parse(text).map_err(|error| Failure::new(format!("the interface: {error}")))
}

fn summary(plan: &Plan, output: &Path) -> String {
    if plan.is_empty() {
        return format!(
            "{}: {} files, all up to date",
            output.display(),
            plan.unchanged
        );
    }
    let counts = [
        (plan.written.len(), "written"),
        (plan.removed.len(), "removed"),
        (plan.unchanged, "unchanged"),
    ];
    let told: Vec<_> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    format!("{}: {}", output.display(), told.join(", "))
}

/// When the Python files in folders have been changed, or the file itself.
fn times(paths: &[PathBuf]) -> BTreeMap<PathBuf, Option<SystemTime>> {
    let mut times = BTreeMap::new();
    let mut waiting = paths.to_owned();
    while let Some(path) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&path) else {
            times.insert(
                path.clone(),
                fs::metadata(&path).and_then(|found| found.modified()).ok(),
            );
            continue;
        };
        let entries = entries.flatten().filter(is_watched);
        waiting.extend(entries.map(|entry| entry.path()));
    }
    times
}

/// Whether it is a folder or a Python file. A link to a folder is none: it may lead back.
fn is_watched(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    let is_hidden = name.starts_with('.') || SKIPPED.contains(&&*name);
    let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
    !is_hidden && (is_folder || name.ends_with(".py"))
}
