//! Judges whether the first record names the columns, and makes names where it does not.

use super::cell;
use super::dialect::SampleRecord;
use super::names;
use super::records::Format;
use super::stats::CellStats;
use super::table::is_typed;
use crate::engine::artifact::Bilingual;
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
pub(super) fn detect(records: &[SampleRecord], width: usize) -> (bool, Bilingual) {
    let Some((first, rest)) = records.split_first() else {
        return (
            false,
            Bilingual::new("No header: there is no record", "没有表头：没有任何记录"),
        );
    };
    let body: Vec<&SampleRecord> = rest
        .iter()
        .filter(|record| record.cells.len() == width)
        .take(MAX_COMPARED)
        .collect();
    if first.cells.len() != width {
        // It was taken for the table's first line because words stand above values.
        let fields = first.cells.len();
        return (
            true,
            Bilingual::new(
                format!("Header on the first record: {fields} words stand above values, though in {width} columns"),
                format!("表头在第一条记录：{fields} 个词位于数值之上，尽管有 {width} 列"),
            ),
        );
    }
    let (mut for_header, mut against) = judge_columns(first, &body);
    let others: Vec<&SampleRecord> = body
        .iter()
        .copied()
        .filter(|record| record.cells != first.cells)
        .collect();
    if width > 1 && others.len() < body.len() && !others.is_empty() {
        // A header that is repeated further below is no reason against it where values stand below it.
        let (again, reasons) = judge_columns(first, &others);
        if again.iter().any(|evidence| evidence.proven) && again.len() > reasons.len() {
            (for_header, against) = (again, reasons);
        }
    }
    let line = first.line + 1;
    if for_header.len() > against.len() {
        let reason = &for_header[0].words;
        return (
            true,
            Bilingual::new(
                format!("Header on the first record: {}", reason.en),
                format!("表头在第一条记录：{}", reason.zh),
            ),
        );
    }
    if against.is_empty() && for_header.is_empty() && names_are_plausible(first) {
        return (
            true,
            Bilingual::new(
                "Header on the first record: its cells are distinct words that do not occur below",
                "表头在第一条记录：其单元格是互不相同的词，且在下方没有出现",
            ),
        );
    }
    let reason = against.first().cloned().unwrap_or_else(|| {
        Bilingual::new(
            format!("record {line} does not differ from those below"),
            format!("第 {line} 条记录与下方的记录没有区别"),
        )
    });
    (
        false,
        Bilingual::new(format!("No header: {}", reason.en), format!("没有表头：{}", reason.zh)),
    )
}

/// A reason to take the first record for a header.
struct ForHeader {
    words: Bilingual,
    /// By the cells below it, not by its words alone.
    proven: bool,
}

fn judge_columns(first: &SampleRecord, body: &[&SampleRecord]) -> (Vec<ForHeader>, Vec<Bilingual>) {
    let (mut for_header, mut against) = (Vec::new(), Vec::new());
    for (column, name) in first.cells.iter().enumerate() {
        judge_column(column, cell::trim(name), body, &mut for_header, &mut against);
    }
    (for_header, against)
}

fn judge_column(
    column: usize,
    name: &[u8],
    body: &[&SampleRecord],
    for_header: &mut Vec<ForHeader>,
    against: &mut Vec<Bilingual>,
) {
    if name.is_empty() {
        return;
    }
    let shown = String::from_utf8_lossy(&name[..name.len().min(40)]).into_owned();
    let typed = is_typed(name);
    let mostly_typed = is_mostly_typed(column, body);
    if typed {
        against.push(Bilingual::new(
            format!("{shown:?} in column {} is a value", column + 1),
            format!("第 {} 列的 {shown:?} 是一个值", column + 1),
        ));
        if mostly_typed {
            return;
        }
    } else if mostly_typed {
        for_header.push(ForHeader {
            words: Bilingual::new(
                format!("{shown:?} stands above numbers or times"),
                format!("{shown:?} 位于数字或时间之上"),
            ),
            proven: true,
        });
        return;
    }
    let text = String::from_utf8_lossy(name);
    if names::words(&text)
        .iter()
        .any(|word| VOCABULARY.contains(&word.as_str()))
        && name.len() <= 40
        && !typed
    {
        for_header.push(ForHeader {
            words: Bilingual::new(
                format!("{shown:?} is a usual column name"),
                format!("{shown:?} 是常见的列名"),
            ),
            proven: false,
        });
    } else if body.iter().any(|record| cell::trim(&record.cells[column]) == name) {
        against.push(Bilingual::new(
            format!("{shown:?} also occurs below in column {}", column + 1),
            format!("{shown:?} 在下方第 {} 列中也出现", column + 1),
        ));
    }
}

fn is_mostly_typed(column: usize, body: &[&SampleRecord]) -> bool {
    let mut stats = CellStats::default();
    for record in body {
        stats.add(&record.cells[column]);
    }
    let typed = stats.numbers() + stats.times() + stats.leading_zero + stats.big_int + stats.comma_decimal;
    stats.cells > 0 && typed * 5 >= stats.cells * 4
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

/// How many records from the first one on are the header: those that hold only words where values stand below.
pub(super) fn stacked_rows(records: &[SampleRecord], width: usize) -> usize {
    const MAX_ROWS: usize = 4;
    let Some((first, rest)) = records.split_first().filter(|_| width > 1) else {
        return records.len().min(1);
    };
    let mut rows = 1;
    while rows < MAX_ROWS
        && rest
            .get(rows - 1)
            .is_some_and(|row| is_header_row(row, &rest[rows..], width))
    {
        rows += 1;
    }
    // The same header once more below the rows: files put behind each other, some of them without rows.
    let repeated = rest.iter().skip(rows - 1).any(|row| row.cells == first.cells);
    if repeated && rest.iter().take(rows - 1).any(|row| row.cells == first.cells) {
        return 1;
    }
    rows
}

fn is_header_row(row: &SampleRecord, below: &[SampleRecord], width: usize) -> bool {
    if row.cells.len() != width || row.unterminated {
        return false;
    }
    let body: Vec<&SampleRecord> = below
        .iter()
        .filter(|record| record.cells.len() == width)
        .take(MAX_COMPARED)
        .collect();
    let typed: Vec<usize> = (0..width).filter(|&column| is_mostly_typed(column, &body)).collect();
    let is_filled = |cell: &[u8]| !cell::is_null(cell::trim(cell));
    let words = typed.iter().filter(|&&column| is_filled(&row.cells[column])).count();
    typed.len() > 1 && words * 2 >= typed.len() && !row.cells.iter().any(|cell| is_typed(cell))
}

/// The header's records as one: the words of each column joined by a space.
pub(super) fn joined(rows: &[SampleRecord]) -> SampleRecord {
    let [only] = rows else {
        let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let cells = (0..width).map(|column| {
            let words = rows
                .iter()
                .filter_map(|row| row.cells.get(column).map(|cell| cell.trim_ascii()));
            let words: Vec<&[u8]> = words.filter(|word| !word.is_empty()).collect();
            words.join(&b' ')
        });
        return SampleRecord {
            cells: cells.collect(),
            ..SampleRecord::default()
        };
    };
    only.clone()
}

/// The header's records as they may stand in the file again: as first written, and with all cells quoted or none.
/// Empty where a header is too plain to be told from a row.
pub(super) fn spellings(records: &[SampleRecord], rows: usize, format: &Format) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = Vec::new();
    for record in records.iter().take(rows).filter(|record| record.cells.len() > 1) {
        found.push(record.raw.clone());
        let Some(quote) = format.quote else { continue };
        let special = |byte: &u8| *byte == quote || *byte == format.delimiter || matches!(byte, b'\n' | b'\r');
        if record.cells.iter().any(|cell| cell.iter().any(special)) {
            continue;
        }
        let enclosed: Vec<Vec<u8>> = record
            .cells
            .iter()
            .map(|cell| {
                [
                    std::slice::from_ref(&quote),
                    cell.as_slice(),
                    std::slice::from_ref(&quote),
                ]
                .concat()
            })
            .collect();
        found.push(record.cells.join(&format.delimiter));
        found.push(enclosed.join(&format.delimiter));
    }
    found.sort();
    found.dedup();
    found
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
