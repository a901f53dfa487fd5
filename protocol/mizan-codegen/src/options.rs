//! What the user asks of the generator.

use mizan_core::keyword::keywords;

keywords! {
    /// What clients are written in.
    pub enum Target {
        /// Plain functions: `types.ts`, `functions.ts`, `index.ts`. Every other target of the web has them, too.
        Typescript = "typescript",
        /// Providers and hooks for React, and hydration.
        React = "react",
        /// Composables for Vue.
        Vue = "vue",
        /// States for Svelte 5.
        Svelte = "svelte",
        /// A package for Python with httpx: a client, and an asynchronous one.
        Python = "python",
    }
}

keywords! {
    /// What checks values on a page.
    pub enum Validator {
        /// The package `zod`, from 4.3 on.
        Zod = "zod",
        /// The package `valibot`.
        Valibot = "valibot",
    }
}

impl Validator {
    /// What its users call it in their code.
    pub(crate) const fn local(self) -> &'static str {
        match self {
            Self::Zod => "z",
            Self::Valibot => "v",
        }
    }
}

/// What is generated, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What for.
    pub targets: Vec<Target>,
    /// Where the server answers, if not at the runtime's default.
    pub base_url: Option<String>,
    /// How many columns a line may have.
    pub line_width: usize,
    /// What stands behind the names of modules that generated code imports from beside it: nothing, `.js` or `.ts`.
    pub import_extension: String,
    /// Whether pages have a live connection; where nothing is said, if the interface has channels or functions for one.
    pub live: Option<bool>,
    /// What schemas are written for, if any are.
    pub schemas: Option<Validator>,
    /// Whether integers beyond 2^53 are kept exactly, in TypeScript as a `bigint`.
    pub bigint: bool,
    /// Whether a module for tests is written.
    pub testing: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            targets: vec![Target::Typescript],
            base_url: None,
            line_width: 80,
            import_extension: String::new(),
            live: None,
            schemas: None,
            bigint: false,
            testing: false,
        }
    }
}

impl Options {
    /// Whether the target is asked for.
    pub(crate) fn asks_for(&self, target: Target) -> bool {
        self.targets.contains(&target)
    }

    /// Whether anything for the web is asked for.
    pub(crate) fn asks_for_web(&self) -> bool {
        self.targets.iter().any(|target| *target != Target::Python)
    }

    /// The module of the framework, if there is one alone: the hooks of several have the same names.
    pub(crate) fn only_framework(&self) -> Option<&'static str> {
        let modules = [
            (Target::React, "./react"),
            (Target::Vue, "./vue"),
            (Target::Svelte, "./svelte"),
        ];
        let mut asked = modules
            .into_iter()
            .filter(|(target, _)| self.asks_for(*target));
        match (asked.next(), asked.next()) {
            (Some((_, module)), None) => Some(module),
            _ => None,
        }
    }
}
