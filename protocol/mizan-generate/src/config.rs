//! The configuration: what `mizan.toml` or the command line says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mizan_codegen::{Options, Target, Validator};
use mizan_core::keyword::Keyword as _;
use serde::{Deserialize, Serialize};

use crate::{Failure, Result};

/// A configuration as users write it. Paths are relative to its file.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Config {
    /// Where the interface comes from.
    pub source: Source,
    /// The folder that the clients are written to, or a file in it: a generator of before wrote but one.
    pub output: Option<PathBuf>,
    /// What clients are written in; React where nothing is said.
    pub targets: Vec<String>,
    /// Where the server answers.
    pub base_url: Option<String>,
    /// How many columns a line may have.
    pub line_width: Option<usize>,
    /// What stands behind the names of modules in imports.
    pub import_extension: Option<String>,
    /// Whether pages have a live connection.
    pub live: Option<bool>,
    /// The validator that schemas are written for.
    pub schemas: Option<String>,
    /// Whether integers beyond 2^53 are kept exactly.
    pub bigint: Option<bool>,
    /// Whether a module for tests is written.
    pub testing: Option<bool>,
}

/// Where the interface comes from: one of these.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Source {
    /// A Django project.
    pub django: Option<Django>,
    /// A FastAPI application.
    pub fastapi: Option<Fastapi>,
    /// A file with the interface.
    pub file: Option<PathBuf>,
}

/// A Django project.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Django {
    /// The project's `manage.py`.
    pub manage_path: PathBuf,
    /// What runs Python.
    #[serde(default = "python")]
    pub command: Vec<String>,
    /// Variables of its environment.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

/// A FastAPI application.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fastapi {
    /// The module that registers the functions.
    pub module: String,
    /// What runs Python.
    #[serde(default = "python")]
    pub command: Vec<String>,
    /// Variables of its environment.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

fn python() -> Vec<String> {
    vec!["python".to_owned()]
}

impl Config {
    /// The configuration in a file, which is JSON where its name says so, else TOML.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
        let is_json = path
            .extension()
            .is_some_and(|extension| extension == "json");
        let config = if is_json {
            serde_json::from_str(&text).map_err(|error| error.to_string())
        } else {
            toml::from_str(&text).map_err(|error| error.to_string())
        };
        config.map_err(|problem: String| {
            Failure::new(format!("{}: {}", path.display(), problem.trim_end()))
        })
    }

    /// What the generator is asked for.
    pub fn options(&self) -> Result<Options> {
        let defaults = Options::default();
        let targets: Vec<_> = self
            .targets
            .iter()
            .map(|word| target(word))
            .collect::<Result<_>>()?;
        let import_extension = self.import_extension.clone().unwrap_or_default();
        if !["", ".js", ".ts"].contains(&import_extension.as_str()) {
            return Err(Failure::new(format!(
                "importExtension is \"{import_extension}\"; it may be \"\", \".js\" or \".ts\""
            )));
        }
        if targets.contains(&Target::Python) && targets.len() > 1 {
            return Err(Failure::new(
                "a Python client is a package of its own: generate it into a folder of its own",
            ));
        }
        Ok(Options {
            targets: if targets.is_empty() {
                vec![Target::React]
            } else {
                targets
            },
            base_url: self.base_url.clone(),
            line_width: self.line_width.unwrap_or(defaults.line_width),
            import_extension,
            live: self.live,
            schemas: self.schemas.as_deref().map(validator).transpose()?,
            bigint: self.bigint.unwrap_or(defaults.bigint),
            testing: self.testing.unwrap_or(defaults.testing),
        })
    }
}

fn validator(word: &str) -> Result<Validator> {
    let problem = || format!("schemas is \"{word}\"; it may be \"zod\" or \"valibot\"");
    Validator::find(Validator::ALL, word).ok_or_else(|| Failure::new(problem()))
}

fn target(word: &str) -> Result<Target> {
    let known: Vec<_> = Target::ALL.iter().map(|target| target.as_str()).collect();
    let problem = || {
        format!(
            "no target is named \"{word}\"; there are {}",
            known.join(", ")
        )
    };
    Target::find(Target::ALL, word).ok_or_else(|| Failure::new(problem()))
}
