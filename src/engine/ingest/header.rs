//! Judges whether the first record names the columns, and makes names where it does not.

use super::cell;
use super::dialect::SampleRecord;
use super::names;
use super::stats::CellStats;
use std::collections::HashSet;

/// Body records compared with the first one.
const MAX_COMPARED: usize = 500;

const VOCABULARY: [&str; 44] = [
    "user",
    "userid",
    "item",
    "itemid",
    "product",
    "id",
    "time",
    "timestamp",
    "date",
    "event",
    "type",
    "price",
    "name",
    "category",
    "brand",
    "session",
    "query",
    "rating",
    "review",
    "label",
    "text",
    "title",
    "quantity",
    "country",
    "city",
    "age",
    "gender",
    "score",
    "count",
    "value",
    "version",
    "index",
    "year",
    "month",
    "day",
    "description",
    "code",
    "status",
    "customer",
    "order",
    "behavior",
    "action",
    "visitor",
    "url",
];

/// Whether `records[0]` is a header, with the reason.
pub(super) fn detect(records: &[SampleRecord], width: usize) -> (bool, String) {
    let Some((first, rest)) = records.split_first() else {
        return (false, "No header: there is no record".to_owned());
    };
    let body: Vec<&SampleRecord> = rest
        .iter()
        .filter(|record| record.cells.len() == width)
        .take(MAX_COMPARED)
        .collect();
    let (mut for_header, mut against) = (Vec::new(), Vec::new());
    if first.cells.len() != width {
        // It was taken for the table's first line because words stand above values.
        let fields = first.cells.len();
        return (
            true,
            format!("Header on the first record: {fields} words stand above values, though in {width} columns"),
        );
    }
    for (column, name) in first.cells.iter().enumerate() {
        judge_column(column, cell::trim(name), &body, &mut for_header, &mut against);
    }
    let line = first.line + 1;
    if for_header.len() > against.len() {
        return (true, format!("Header on the first record: {}", for_header[0]));
    }
    if against.is_empty() && for_header.is_empty() && names_are_plausible(first) {
        return (
            true,
            "Header on the first record: its cells are distinct words that do not occur below".to_owned(),
        );
    }
    let reason = against
        .first()
        .cloned()
        .unwrap_or_else(|| format!("record {line} does not differ from those below"));
    (false, format!("No header: {reason}"))
}

fn judge_column(
    column: usize,
    name: &[u8],
    body: &[&SampleRecord],
    for_header: &mut Vec<String>,
    against: &mut Vec<String>,
) {
    if name.is_empty() {
        return;
    }
    let shown = String::from_utf8_lossy(&name[..name.len().min(40)]).into_owned();
    let typed = is_typed(name);
    let mut stats = CellStats::default();
    for record in body {
        stats.add(&record.cells[column]);
    }
    let typed_below = stats.numbers() + stats.times() + stats.leading_zero + stats.big_int + stats.comma_decimal;
    let mostly_typed = stats.cells > 0 && typed_below * 5 >= stats.cells * 4;
    if typed {
        against.push(format!("{shown:?} in column {} is a value", column + 1));
        if mostly_typed {
            return;
        }
    } else if mostly_typed {
        for_header.push(format!("{shown:?} stands above numbers or times"));
        return;
    }
    let text = String::from_utf8_lossy(name);
    if names::words(&text)
        .iter()
        .any(|word| VOCABULARY.contains(&word.as_str()))
        && name.len() <= 40
        && !typed
    {
        for_header.push(format!("{shown:?} is a usual column name"));
    } else if body.iter().any(|record| cell::trim(&record.cells[column]) == name) {
        against.push(format!("{shown:?} also occurs below in column {}", column + 1));
    }
}

fn is_typed(cell: &[u8]) -> bool {
    let mut stats = CellStats::default();
    stats.add(cell);
    stats.cells > 0 && stats.code == 0 && stats.text == 0 && stats.boolean == 0
}

fn names_are_plausible(record: &SampleRecord) -> bool {
    let filled: Vec<&[u8]> = record
        .cells
        .iter()
        .map(|cell| cell::trim(cell))
        .filter(|cell| !cell.is_empty())
        .collect();
    let distinct: HashSet<&[u8]> = filled.iter().copied().collect();
    !filled.is_empty() && distinct.len() == filled.len() && filled.iter().all(|cell| cell.len() <= 80)
}

/// Unique, trimmed, non-empty names for `width` columns; nameless ones are `column_1`, `column_2` …
pub(super) fn column_names(first: Option<&SampleRecord>, width: usize, chosen: &[String]) -> Vec<String> {
    let mut taken: HashSet<String> = HashSet::new();
    // Of too many fields the empty ones are no names.
    let surplus = first.map_or(0, |first| first.cells.len().saturating_sub(width));
    let mut dropped = 0;
    let own: Vec<&Vec<u8>> = first
        .map(|first| {
            let keep = |cell: &&Vec<u8>| {
                let drop = dropped < surplus && cell.trim_ascii().is_empty();
                dropped += usize::from(drop);
                !drop
            };
            first.cells.iter().filter(keep).collect()
        })
        .unwrap_or_default();
    (0..width)
        .map(|column| {
            let found = chosen.get(column).cloned().or_else(|| {
                let cell = own.get(column)?;
                Some(
                    String::from_utf8_lossy(cell)
                        .replace(['\u{FEFF}', '\n', '\r'], " ")
                        .trim()
                        .to_owned(),
                )
            });
            let base = found
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| format!("column_{}", column + 1));
            let mut name = base.clone();
            let mut copy = 2;
            while !taken.insert(name.clone()) {
                name = format!("{base}_{copy}");
                copy += 1;
            }
            name
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ingest::dialect;
    use crate::engine::ingest::options::ReadOptions;

    fn has_header(text: &str) -> bool {
        let found = dialect::detect(text.as_bytes(), true, &ReadOptions::default());
        detect(&found.records, found.width).0
    }

    #[test]
    fn headers() {
        assert!(has_header("user_id,item\n1,2\n3,4\n"));
        assert!(!has_header(
            "1,2268318,2520377,pv,1511544070\n1,2333346,2520771,pv,1511561733\n"
        ));
        assert!(has_header("name,city\nAnn,Rome\nBob,Oslo\n"));
        assert!(has_header("用户,商品\nu1,i1\nu2,i2\n"));
        assert!(!has_header("foo\nfoo\nfoo\n"));
        assert!(has_header("kitten,win\n"));
    }

    #[test]
    fn names_are_unique_and_never_empty() {
        let record = SampleRecord {
            cells: vec![b"".to_vec(), b" a ".to_vec(), b"a".to_vec()],
            ..SampleRecord::default()
        };
        assert_eq!(
            column_names(Some(&record), 4, &[]),
            ["column_1", "a", "a_2", "column_4"]
        );
        assert_eq!(column_names(None, 2, &["u".to_owned()]), ["u", "column_2"]);
    }
}
