//! Closed sets of words that stand in plain data and in the IR.

/// An enum whose values are words.
pub trait Keyword: Copy + 'static {
    /// All of them, in the order that messages list them in.
    const ALL: &'static [Self];

    /// The word as it is written.
    fn word(self) -> &'static str;

    /// The one of `known` that has that word.
    fn find(known: &[Self], word: &str) -> Option<Self> {
        known.iter().copied().find(|known| known.word() == word)
    }
}

/// What is expected where none of `known` stands.
pub fn expected<K: Keyword>(known: &[K]) -> String {
    let words: Vec<_> = known.iter().map(|known| known.word()).collect();
    format!("one of {}", words.join(", "))
}

/// Defines an enum together with the word of each of its values.
#[macro_export]
macro_rules! keywords {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$variant_attribute:meta])* $variant:ident = $word:literal,)+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $visibility enum $name {
            $($(#[$variant_attribute])* $variant,)+
        }

        impl $name {
            /// The word as it is written.
            $visibility const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl $crate::keyword::Keyword for $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn word(self) -> &'static str {
                self.as_str()
            }
        }
    };
}

pub use keywords;
