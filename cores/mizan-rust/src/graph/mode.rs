//! How a slot takes a call's result (docs/protocol.md section 7).

use serde::Serialize;

use crate::keyword::keywords;

keywords! {
    /// Where an item goes whose key no item of the slot has.
    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Place {
        /// To the end.
        Append = "append",
        /// To the beginning.
        Prepend = "prepend",
        /// Wherever the server has it: the slot is read again.
        Refetch = "refetch",
    }
}

/// How a slot takes a result.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "mode", rename_all = "lowercase")]
pub enum MergeMode {
    /// In its own place.
    Replace,
    /// As an item of a list: in the place of the one with an equal key.
    Upsert {
        /// The field that tells items apart.
        key: String,
        /// Where a new item goes.
        place: Place,
    },
    /// Not at all, for items of the list have no key: it is read again.
    Refetch,
}

keywords! {
    /// The modes without their details.
    pub(crate) enum Mode {
        Replace = "replace",
        Upsert = "upsert",
        Refetch = "refetch",
    }
}

impl MergeMode {
    /// How the mode is written.
    pub const fn as_str(&self) -> &'static str {
        self.mode().as_str()
    }

    pub(crate) const fn mode(&self) -> Mode {
        match self {
            Self::Replace => Mode::Replace,
            Self::Upsert { .. } => Mode::Upsert,
            Self::Refetch => Mode::Refetch,
        }
    }
}
