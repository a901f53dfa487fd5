//! What can be said of a JSON text without reading its values: how deep it is, and whether all
//! readers take it for the same.

use std::borrow::Cow;

/// A value inside of more containers is refused, as pydantic's reader refuses it.
const MOST_OPEN: usize = 200;

/// An integer of more digits is refused, as Python refuses it (`sys.set_int_max_str_digits`).
const MOST_DIGITS: usize = 4_300;

/// So many digits in a row may be an integer that no float can be.
const HUGE_DIGITS: usize = 309;

/// What is said of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Survey {
    /// How many containers are inside one another, but for values that stand under a name which
    /// comes again.
    pub height: usize,
    /// Each name comes once in its object, and no number has an exponent or so many digits that no
    /// float might hold it, be it in a string.
    pub is_plain: bool,
}

impl Survey {
    /// Looks through `text`, which is JSON by `serde_json`'s grammar; None where it holds what that
    /// skips over and other readers refuse: lone surrogates, endless integers, endless nesting.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let mut surveyor = Surveyor::new(text);
        surveyor.run()?;
        Some(Self {
            height: surveyor.height,
            is_plain: surveyor.is_plain && !has_long_run(text.as_bytes()),
        })
    }
}

/// A container whose end has not come.
struct Open {
    is_object: bool,
    /// How many names there were in front of it.
    names: usize,
    /// The height of its highest item, as far as it is an array.
    height: usize,
}

/// A name of an object whose end has not come.
struct Name<'a> {
    text: Cow<'a, str>,
    /// The height of its value.
    height: usize,
}

struct Surveyor<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Open>,
    names: Vec<Name<'a>>,
    /// Whether a string is a name.
    is_name_next: bool,
    height: usize,
    is_plain: bool,
}

impl<'a> Surveyor<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            open: Vec::new(),
            names: Vec::new(),
            is_name_next: false,
            height: 0,
            is_plain: true,
        }
    }

    fn run(&mut self) -> Option<()> {
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b'"' => self.string()?,
                b'{' | b'[' => self.begin(byte == b'{')?,
                b'}' | b']' => self.end()?,
                b'-' | b'0'..=b'9' => self.number()?,
                b't' | b'n' => self.word(4)?,
                b'f' => self.word(5)?,
                b',' => {
                    self.is_name_next = self.open.last().is_some_and(|open| open.is_object);
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
        Some(())
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn begin(&mut self, is_object: bool) -> Option<()> {
        self.check_depth()?;
        self.open.push(Open {
            is_object,
            names: self.names.len(),
            height: 0,
        });
        self.is_name_next = is_object;
        self.at += 1;
        Some(())
    }

    fn end(&mut self) -> Option<()> {
        let closed = self.open.pop()?;
        let inner = if closed.is_object {
            self.end_names(closed.names)
        } else {
            closed.height
        };
        self.is_name_next = false;
        self.at += 1;
        self.note(inner + 1);
        Some(())
    }

    /// The height of the highest value of an object, of those that count.
    fn end_names(&mut self, start: usize) -> usize {
        let own = self.names.get_mut(start..).unwrap_or_default();
        own.sort_by(|left, right| left.text.cmp(&right.text));
        let mut height = 0;
        let mut later = None;
        for name in own.iter().rev() {
            if later == Some(&name.text) {
                self.is_plain = false;
            } else {
                height = height.max(name.height);
            }
            later = Some(&name.text);
        }
        self.names.truncate(start);
        height
    }

    fn word(&mut self, length: usize) -> Option<()> {
        self.at += length;
        self.scalar()
    }

    fn scalar(&mut self) -> Option<()> {
        self.check_depth()?;
        self.note(0);
        Some(())
    }

    fn check_depth(&self) -> Option<()> {
        (self.open.len() <= MOST_OPEN).then_some(())
    }

    /// A value of that height has ended.
    fn note(&mut self, height: usize) {
        match self.open.last_mut() {
            None => self.height = height,
            Some(Open {
                is_object: true, ..
            }) => {
                if let Some(name) = self.names.last_mut() {
                    name.height = height;
                }
            }
            Some(array) => array.height = array.height.max(height),
        }
    }

    fn number(&mut self) -> Option<()> {
        if self.byte(self.at) == Some(b'-') {
            self.at += 1;
        }
        let start = self.at;
        while self.byte(self.at).is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at - start > MOST_DIGITS {
            return None;
        }
        while let Some(byte @ (b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) = self.byte(self.at)
        {
            self.is_plain &= !matches!(byte, b'e' | b'E');
            self.at += 1;
        }
        self.scalar()
    }

    fn string(&mut self) -> Option<()> {
        let start = self.at;
        let mut has_escape = false;
        self.at += 1;
        loop {
            match self.byte(self.at)? {
                b'"' => break,
                b'\\' => {
                    has_escape = true;
                    self.at += self.escape()?;
                }
                _ => self.at += 1,
            }
        }
        self.at += 1;
        if !self.is_name_next {
            return self.scalar();
        }
        let quoted = self.text.get(start..self.at)?;
        let text = if has_escape {
            Cow::Owned(serde_json::from_str(quoted).ok()?)
        } else {
            Cow::Borrowed(quoted.get(1..quoted.len() - 1)?)
        };
        self.names.push(Name { text, height: 0 });
        self.is_name_next = false;
        Some(())
    }

    /// How long the escape is that begins here; None for a surrogate alone.
    fn escape(&mut self) -> Option<usize> {
        let Some(unit) = self.unit(self.at) else {
            return Some(2);
        };
        match unit {
            0xd800..=0xdbff => matches!(self.unit(self.at + 6)?, 0xdc00..=0xdfff).then_some(12),
            0xdc00..=0xdfff => None,
            // A digit that is no digit in the text.
            0x30..=0x39 => {
                self.is_plain = false;
                Some(6)
            }
            _ => Some(6),
        }
    }

    /// The `\uXXXX` that stands there.
    fn unit(&self, at: usize) -> Option<u16> {
        let digits = self.text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    }
}

/// Whether there are so many digits in a row that they may be an integer beyond all floats.
fn has_long_run(text: &[u8]) -> bool {
    // Every such run holds one of these bytes.
    (HUGE_DIGITS - 1..text.len())
        .step_by(HUGE_DIGITS)
        .filter_map(|at| text.split_at_checked(at))
        .any(|(before, after)| {
            digits(after.iter()) > 0
                && digits(before.iter().rev()) + digits(after.iter()) >= HUGE_DIGITS
        })
}

fn digits<'a>(bytes: impl Iterator<Item = &'a u8>) -> usize {
    bytes
        .take(HUGE_DIGITS)
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}
