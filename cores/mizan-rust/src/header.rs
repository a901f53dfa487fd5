//! The `X-Mizan-Invalidate` header (docs/protocol.md section 6). Only ASCII without control
//! characters can come out.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use crate::canonical::text;
use crate::error::Result;
use crate::escape::write_percent_encoded;
use crate::invalidation::InvalidationEntry;
use crate::names::is_context_name;
use crate::path::Path;
use crate::reader::Reader;
use crate::value::Value;

/// The longest value; past it, scoped items collapse into broad ones.
pub const MAX_HEADER_BYTES: usize = 4096;

const SEPARATOR: &str = ", ";

/// The header's value for entries of plain data, at most [`MAX_HEADER_BYTES`] unless the broad items
/// alone are longer.
///
/// A value error names the place where `entries` is not what
/// [`compute_invalidation`](crate::invalidation::compute_invalidation) answers.
pub fn format_invalidate_header(entries: &Value) -> Result<String> {
    let reader = Reader::of(entries, "entries")?;
    let readers = reader.items()?;
    Ok(join(readers.iter().map(read_item).collect::<Result<_>>()?))
}

/// The header's value for computed entries.
pub(crate) fn write_header(entries: &[InvalidationEntry]) -> Result<String> {
    Ok(join(entries.iter().map(item_of).collect::<Result<_>>()?))
}

/// A context with its parameters' text, `;name=value` each; broad without.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Item<'a> {
    context: &'a str,
    suffix: String,
}

impl Item<'_> {
    fn len(&self) -> usize {
        self.context.len() + self.suffix.len()
    }
}

fn item_of(entry: &InvalidationEntry) -> Result<Item<'_>> {
    let mut suffix = String::new();
    for (param, value) in &entry.params {
        suffix.push_str(&param.header_start);
        write_percent_encoded(&mut suffix, &value_text(value)?);
    }
    Ok(Item {
        context: &entry.effect.context,
        suffix,
    })
}

fn read_item<'a>(reader: &'a Reader<'a>) -> Result<Item<'a>> {
    if matches!(reader.value, Value::String(_)) {
        return Ok(Item {
            context: read_context(reader)?,
            suffix: String::new(),
        });
    }
    let record = reader.record(&["context"], &["function", "params"])?;
    let context = read_context(&record.member("context")?)?;
    if let Some(function) = record.find("function") {
        function.text()?;
    }
    let suffix = record
        .find("params")
        .map(|params| read_suffix(&params))
        .transpose()?;
    Ok(Item {
        context,
        suffix: suffix.unwrap_or_default(),
    })
}

fn read_context<'a>(reader: &Reader<'a>) -> Result<&'a str> {
    let name = reader.text()?;
    if !is_context_name(name) {
        return Err(reader.fail("a context name"));
    }
    Ok(name)
}

fn read_suffix(params: &Reader<'_>) -> Result<String> {
    let mut suffix = String::new();
    for (name, param) in params.members()? {
        suffix.push(';');
        write_percent_encoded(&mut suffix, name);
        suffix.push('=');
        write_percent_encoded(&mut suffix, &value_text(param.value)?);
    }
    Ok(suffix)
}

fn value_text(value: &Value) -> Result<Cow<'_, str>> {
    match value {
        Value::String(text) => Ok(Cow::Borrowed(text)),
        _ => text(value, &Path::root("value")).map(Cow::Owned),
    }
}

fn join(items: Vec<Item<'_>>) -> String {
    let items = collapse(distinct(items));
    let mut header = String::with_capacity(length(&items));
    for item in &items {
        if !header.is_empty() {
            header.push_str(SEPARATOR);
        }
        header.push_str(item.context);
        header.push_str(&item.suffix);
    }
    header
}

/// Equal items once, where the first of them stood.
fn distinct(items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    let mut seen = HashSet::with_capacity(items.len());
    let is_first: Vec<bool> = items.iter().map(|item| seen.insert(item)).collect();
    items
        .into_iter()
        .zip(is_first)
        .filter_map(|(item, first)| first.then_some(item))
        .collect()
}

fn length(items: &[Item<'_>]) -> usize {
    let total: usize = items.iter().map(|item| item.len() + SEPARATOR.len()).sum();
    total.saturating_sub(SEPARATOR.len())
}

/// Puts broad items in the place of scoped ones until the value fits.
fn collapse(mut items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    let excess = length(&items).saturating_sub(MAX_HEADER_BYTES);
    if excess == 0 {
        return items;
    }
    let collapsed = chosen(&items, excess);
    for item in &mut items {
        if collapsed.contains(item.context) {
            item.suffix.clear();
        }
    }
    distinct(items)
}

/// The contexts to collapse so that `excess` bytes go away: those whose scoped items take the most
/// room first, of equals the first by name.
fn chosen<'a>(items: &[Item<'a>], mut excess: usize) -> HashSet<&'a str> {
    let mut rooms: Vec<(&str, Room)> = rooms(items).into_iter().collect();
    rooms.retain(|(_, room)| room.scoped > 0);
    rooms.sort_by_key(|(_, room)| std::cmp::Reverse(room.scoped));
    let mut chosen = HashSet::new();
    for (context, room) in rooms {
        if excess == 0 {
            break;
        }
        let broad = if room.has_broad {
            0
        } else {
            context.len() + SEPARATOR.len()
        };
        excess = excess.saturating_sub((room.scoped + room.separators).saturating_sub(broad));
        chosen.insert(context);
    }
    chosen
}

/// What the items of one context take.
#[derive(Default)]
struct Room {
    scoped: usize,
    separators: usize,
    has_broad: bool,
}

fn rooms<'a>(items: &[Item<'a>]) -> BTreeMap<&'a str, Room> {
    let mut rooms: BTreeMap<&str, Room> = BTreeMap::new();
    for item in items {
        let room = rooms.entry(item.context).or_default();
        if item.suffix.is_empty() {
            room.has_broad = true;
        } else {
            room.scoped += item.len();
            room.separators += SEPARATOR.len();
        }
    }
    rooms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::tests::plain;
    use proptest::prelude::*;

    fn header(entries: &str) -> String {
        format_invalidate_header(&plain(entries)).unwrap()
    }

    fn scoped(context: &str, numbers: std::ops::Range<usize>) -> Vec<Value> {
        let entry = |number: usize| {
            let params = Value::object([("n", Value::from(format!("{number:04}")))]);
            Value::object([("context", Value::from(context)), ("params", params)])
        };
        numbers.map(entry).collect()
    }

    #[test]
    fn items_are_joined_once_each() {
        assert_eq!(header("[]"), "");
        let entries = r#"["b",{"context":"a","function":"f"},"a","b",{"context":"a","params":{}}]"#;
        assert_eq!(header(entries), "b, a");
    }

    #[test]
    fn values_are_encoded_texts() {
        let entries =
            r#"[{"context":"s","params":{"z":true,"\u00e9":["1",2],"a":"x y\n;,=%\u00e9~"}}]"#;
        let expected = "s;a=x%20y%0A%3B%2C%3D%25%C3%A9~;z=true;%C3%A9=%5B%221%22%2C%222%22%5D";
        assert_eq!(header(entries), expected);
    }

    #[test]
    fn the_context_with_the_longest_items_collapses_first() {
        // 300 items of "a;n=0000" and 150 of "b;n=0000", each with a separator: 4,498 bytes.
        let mut entries = scoped("a", 0..150);
        entries.extend(scoped("b", 0..150));
        entries.extend(scoped("a", 150..300));
        let header = format_invalidate_header(&Value::List(entries)).unwrap();
        assert!(header.starts_with("a, b;n=0000, b;n=0001, "));
        assert_eq!(header.matches("b;n=").count(), 150);
    }

    #[test]
    fn of_equally_long_contexts_the_first_by_name_collapses() {
        let mut entries = scoped("b", 0..206);
        entries.extend(scoped("a", 0..206));
        let header = format_invalidate_header(&Value::List(entries)).unwrap();
        assert!(header.starts_with("b;n=0000, ") && header.ends_with("b;n=0205, a"));
    }

    #[test]
    fn exactly_the_limit_fits() {
        // 409 items of eight bytes and a separator, and one of six: 409 * 10 + 6 bytes.
        let mut entries = scoped("a", 0..409);
        entries.push(Value::from("bbbbbb"));
        let fitting = format_invalidate_header(&Value::List(entries.clone())).unwrap();
        assert_eq!(fitting.len(), MAX_HEADER_BYTES);
        entries.push(Value::from("c"));
        assert_eq!(
            format_invalidate_header(&Value::List(entries)).unwrap(),
            "a, bbbbbb, c"
        );
    }

    #[test]
    fn an_item_that_is_broad_already_takes_the_first_place() {
        let mut entries = scoped("a", 0..500);
        entries.push(Value::from("b"));
        entries.push(Value::from("a"));
        assert_eq!(
            format_invalidate_header(&Value::List(entries)).unwrap(),
            "a, b"
        );
    }

    #[test]
    fn entries_are_checked_with_their_place() {
        for (entries, message) in [
            ("{}", "entries: expected a list"),
            ("[1]", "entries[0]: expected an object"),
            (r#"["a b"]"#, "entries[0]: expected a context name"),
            (r#"["a\r\nb"]"#, "entries[0]: expected a context name"),
            (
                r#"[{"context":1}]"#,
                "entries[0].context: expected a string",
            ),
            (r#"[{"params":{}}]"#, r#"entries[0]: "context" is missing"#),
            (
                r#"[{"context":"a","x":1}]"#,
                r#"entries[0]: unknown member "x""#,
            ),
            (
                r#"[{"context":"a","function":1}]"#,
                "entries[0].function: expected a string",
            ),
            (
                r#"[{"context":"a","params":[]}]"#,
                "entries[0].params: expected an object",
            ),
        ] {
            let error = format_invalidate_header(&plain(entries)).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<String>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            prop::collection::vec("[a-e\n\u{e9}]{0,80}", 0..3)
                .prop_map(|items| items.into_iter().collect()),
            Just(Value::Null)
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn nothing_but_bounded_printable_ascii_comes_out(
            entries in prop::collection::vec(
                ("[a-d]{1,3}", prop::collection::btree_map(any::<String>(), values(), 0..4)), 0..100
            )
        ) {
            let entry = |(context, params): (String, BTreeMap<String, Value>)| {
                let params = Value::Map(params.into_iter().collect());
                Value::object([("context", Value::from(context)), ("params", params)])
            };
            let header = format_invalidate_header(&entries.into_iter().map(entry).collect()).unwrap();
            prop_assert!(header.bytes().all(|byte| matches!(byte, b' '..=b'~')));
            prop_assert!(header.len() <= MAX_HEADER_BYTES || !header.contains(';'));
        }
    }
}
