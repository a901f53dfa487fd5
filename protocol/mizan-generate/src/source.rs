//! Where the interface comes from.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::iter;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Serialize;

use crate::config::Config;
use crate::{Failure, Result};

/// How the interface is to be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// It is at hand.
    Text(String),
    /// A file has it; `-` is standard input.
    File(PathBuf),
    /// A program prints it.
    Program(Program),
}

/// A program that prints the interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Program {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Variables of its environment.
    pub env: BTreeMap<String, String>,
    /// The folder that it runs in.
    pub folder: PathBuf,
    /// The folder whose Python files make the interface, beside those of `PYTHONPATH`.
    pub watched: PathBuf,
}

impl Program {
    /// The folders whose Python files make the interface.
    fn watched(&self) -> Vec<PathBuf> {
        let own = self.env.get("PYTHONPATH").map(OsString::from);
        let path = own
            .or_else(|| env::var_os("PYTHONPATH"))
            .unwrap_or_default();
        let named = env::split_paths(&path).filter(|folder| !folder.as_os_str().is_empty());
        iter::once(self.watched.clone())
            .chain(named.map(|folder| self.folder.join(folder)))
            .collect()
    }
}

impl Source {
    /// What a configuration says, whose paths are relative to `base`.
    pub fn of(config: &Config, base: &Path) -> Result<Self> {
        let source = &config.source;
        match (&source.django, &source.fastapi, &source.file) {
            (Some(django), None, None) => {
                let manage = django.manage_path.display().to_string();
                let watched = folder_of(&base.join(&django.manage_path));
                let words = [&manage, "export_mizan_ir"].map(str::to_owned);
                Self::program(
                    &with(&django.command, words)?,
                    &django.env,
                    base.to_owned(),
                    watched,
                )
            }
            (None, Some(fastapi), None) => {
                let words = ["-m", "mizan_fastapi.ir", &fastapi.module].map(str::to_owned);
                Self::program(
                    &with(&fastapi.command, words)?,
                    &fastapi.env,
                    base.to_owned(),
                    folder_of(&base.join("mizan.toml")),
                )
            }
            (None, None, Some(file)) => Ok(Self::File(base.join(file))),
            (None, None, None) => Err(Failure::new(
                "there is no interface: give FILE.kdl, or a configuration with source.django, source.fastapi or source.file",
            )),
            _ => Err(Failure::new(
                "the configuration has several sources; it takes one of django, fastapi and file",
            )),
        }
    }

    /// What a program prints that runs in `folder`.
    pub fn program(
        command: &[String],
        env: &BTreeMap<String, String>,
        folder: PathBuf,
        watched: PathBuf,
    ) -> Result<Self> {
        if command.is_empty() {
            return Err(Failure::new("there is no program behind `--`"));
        }
        Ok(Self::Program(Program {
            command: command.to_vec(),
            env: env.clone(),
            folder,
            watched,
        }))
    }

    /// The interface's text.
    pub fn read(&self) -> Result<String> {
        match self {
            Self::Text(text) => Ok(text.clone()),
            Self::File(path) if path.as_os_str() == "-" => {
                let mut text = String::new();
                io::stdin()
                    .read_to_string(&mut text)
                    .map_err(|error| Failure::new(format!("standard input: {error}")))?;
                Ok(plain_lines(&text))
            }
            Self::File(path) => read_text(path)
                .map_err(|error| Failure::new(format!("{}: {error}", path.display()))),
            Self::Program(program) => program.run().map(|text| plain_lines(&text)),
        }
    }

    /// What says whether the interface may have changed: a file, or folders with Python files.
    pub fn watched(&self) -> Vec<PathBuf> {
        match self {
            Self::Text(_) => Vec::new(),
            Self::File(path) => vec![path.clone()],
            Self::Program(program) => program.watched(),
        }
    }
}

/// The text of a file.
pub fn read_text(path: &Path) -> io::Result<String> {
    fs::read_to_string(path).map(|text| plain_lines(&text))
}

/// The text with lines that end as they were written: on Windows what is printed or checked out ends them otherwise. No
/// file of ours has a carriage return of its own.
fn plain_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// What runs Python, and its arguments.
fn with<const N: usize>(command: &[String], words: [String; N]) -> Result<Vec<String>> {
    if command.is_empty() {
        return Err(Failure::new(
            "command is empty; it says what runs Python, for example [\"uv\", \"run\", \"python\"]",
        ));
    }
    Ok(command.iter().cloned().chain(words).collect())
}

impl Program {
    fn run(&self) -> Result<String> {
        let shown = self.command.join(" ");
        let (name, words) = self
            .command
            .split_first()
            .ok_or_else(|| Failure::new("command is empty"))?;
        let mut command = Command::new(name);
        // Python prints in the encoding of the user's locale where nothing is said.
        command.args(words).env("PYTHONIOENCODING", "utf-8");
        command.envs(&self.env);
        if !self.folder.as_os_str().is_empty() {
            command.current_dir(&self.folder);
        }
        let output = command
            .output()
            .map_err(|error| Failure::new(format!("`{shown}` could not be started: {error}")))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Failure::new(format!(
                "`{shown}` has failed ({}):\n{}",
                output.status,
                said.trim_end()
            )));
        }
        String::from_utf8(output.stdout)
            .map_err(|_| Failure::new(format!("`{shown}` did not print an interface")))
    }
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> PathBuf {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
        .to_owned()
}
