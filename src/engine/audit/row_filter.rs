//! Rows whose cells contain a text as it is shown, in one column or in any.
//!
//! Invariant: a cell matches exactly if the text written for it contains the wanted one, letters of either case being
//! the same; a column whose cells cannot contain it is not read.

use super::cells::{Cells, ColumnCells, iso_time};
use super::row_keys::cents;
use crate::engine::artifact::ColumnType;
use crate::engine::ingest::dataset::Dataset;
use crate::engine::progress::{Cancelled, Progress};
use memchr::memmem::Finder;
use rayon::prelude::*;
use std::io::Write as _;

/// Rows looked at between two looks at the cancel flag.
const CHUNK: usize = 1 << 16;
const MICROS: i64 = 1_000_000;
const DAY_SECS: i64 = 86_400;

/// The rows in which a cell of one of some columns contains `wanted`, which is in lower case.
pub(super) fn containing(
    (dataset, columns): (&Dataset, &[ColumnCells]),
    rows: &[u32],
    wanted: &str,
    looked_in: &[usize],
    progress: &Progress,
) -> Result<Vec<u32>, Cancelled> {
    let looked_at: Vec<Searched<'_>> = looked_in
        .iter()
        .filter_map(|&index| Searched::new((dataset, index), columns.get(index)?, wanted, rows.len()))
        .collect();
    let parts: Vec<Vec<u32>> = rows
        .par_chunks(CHUNK)
        .map(|chunk| {
            progress.check()?;
            let mut hit = vec![false; chunk.len()];
            looked_at.iter().for_each(|column| column.mark(chunk, &mut hit));
            let kept = chunk.iter().zip(hit).filter(|(_, hit)| *hit).map(|(&row, _)| row);
            Ok(kept.collect())
        })
        .collect::<Result<_, Cancelled>>()?;
    Ok(parts.concat())
}

/// A column that may contain the wanted text.
struct Searched<'a> {
    cells: Cells<'a>,
    /// False where only unreadable cells, which show their raw text, can match.
    reads_values: bool,
    /// Rows of unreadable cells with their raw text matching, ascending.
    raw_hits: Vec<u32>,
    wanted: Wanted<'a>,
    /// Of a column of coded texts, which of the different ones match; empty where the rows are fewer than those.
    of_code: Vec<bool>,
}

impl<'a> Searched<'a> {
    /// Of a column that is looked for in so many rows.
    fn new((dataset, index): (&Dataset, usize), column: &'a ColumnCells, wanted: &'a str, rows: usize) -> Option<Self> {
        let raw_hits: Vec<u32> = raw_hits(dataset, index, wanted).collect();
        let reads_values = may_contain(column.dtype(), wanted);
        let (cells, wanted) = (column.cells(), Wanted::new(wanted));
        let of_code = match cells {
            Cells::Coded(texts) if texts.first_row.len() <= rows => (0..texts.first_row.len() as u32)
                .into_par_iter()
                .map(|code| wanted.is_in(texts.dictionary.get(code)))
                .collect(),
            _ => Vec::new(),
        };
        (reads_values || !raw_hits.is_empty()).then_some(Self {
            cells,
            reads_values,
            raw_hits,
            wanted,
            of_code,
        })
    }

    /// Marks the rows of a chunk whose cell matches.
    fn mark(&self, rows: &[u32], hit: &mut [bool]) {
        let rows_and_hits = rows.iter().zip(hit.iter_mut());
        if self.reads_values {
            let mut writer = CellWriter::default();
            for (&row, hit) in rows_and_hits {
                *hit = *hit || self.matches(row as usize, &mut writer);
            }
        }
        if !self.raw_hits.is_empty() {
            for (row, hit) in rows.iter().zip(hit) {
                *hit = *hit || self.raw_hits.binary_search(row).is_ok();
            }
        }
    }

    fn matches(&self, row: usize, writer: &mut CellWriter) -> bool {
        match self.cells {
            Cells::Coded(texts) if !self.of_code.is_empty() => {
                self.of_code.get(texts.codes[row] as usize).is_some_and(|hit| *hit)
            }
            Cells::Text(_) | Cells::Coded(_) => self.cells.text(row).is_some_and(|text| self.wanted.is_in(text)),
            cells => cells
                .key(row)
                .is_some_and(|key| self.wanted.is_in_plain(writer.write(cells, key))),
        }
    }
}

/// The rows of a column's unreadable cells that contain a text, ascending.
pub(super) fn raw_hits(dataset: &Dataset, column: usize, wanted: &str) -> impl Iterator<Item = u32> {
    let raw = dataset.invalid.iter().filter(move |cell| cell.column == column);
    raw.filter(move |cell| cell.raw.to_lowercase().contains(wanted))
        .map(|cell| cell.row as u32)
}

/// False where no cell of the type is ever written with these letters.
pub(super) fn may_contain(dtype: ColumnType, wanted: &str) -> bool {
    let only = |letters: &str| {
        wanted
            .chars()
            .all(|letter| letter.is_ascii_digit() || letters.contains(letter))
    };
    match dtype {
        ColumnType::Text => true,
        ColumnType::Integer => only("-"),
        ColumnType::Float => only("-.einfa"),
        ColumnType::Time => only("-:.tz µs"),
        ColumnType::Boolean => "true".contains(wanted) || "false".contains(wanted),
    }
}

/// The wanted text, lower-case.
struct Wanted<'a> {
    text: &'a str,
    finder: Finder<'a>,
    /// Its letters have no case, so texts need not be lowered.
    has_no_case: bool,
}

impl<'a> Wanted<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            finder: Finder::new(text),
            has_no_case: text.to_uppercase() == text,
        }
    }

    fn is_in(&self, text: &str) -> bool {
        if self.has_no_case {
            return self.finder.find(text.as_bytes()).is_some();
        }
        if text.is_ascii() {
            return self.is_in_plain(text.as_bytes());
        }
        text.to_lowercase().contains(self.text)
    }

    /// The same for ASCII.
    fn is_in_plain(&self, text: &[u8]) -> bool {
        let wanted = self.text.as_bytes();
        let Some((&first, rest)) = wanted.split_first() else {
            return true;
        };
        let (mut left, upper) = (text, first.to_ascii_uppercase());
        while left.len() >= wanted.len() {
            let heads = &left[..=left.len() - wanted.len()];
            let place = if upper == first {
                memchr::memchr(first, heads)
            } else {
                memchr::memchr2(first, upper, heads)
            };
            let Some(place) = place else { return false };
            if left[place + 1..place + wanted.len()].eq_ignore_ascii_case(rest) {
                return true;
            }
            left = &left[place + 1..];
        }
        false
    }
}

/// Writes cells that are no text as they are shown, without an allocation a cell.
#[derive(Default)]
pub(super) struct CellWriter {
    out: Vec<u8>,
}

impl CellWriter {
    pub fn write(&mut self, cells: Cells<'_>, key: u64) -> &[u8] {
        self.out.clear();
        match cells {
            Cells::Integer(_) => {
                let mut digits = itoa::Buffer::new();
                self.out.extend_from_slice(digits.format(key as i64).as_bytes());
            }
            Cells::Time(_) => self.write_time(key as i64),
            Cells::Float(_) => self.write_float(f64::from_bits(key)),
            Cells::Boolean(_) => self.out.extend_from_slice(if key == 0 { b"false" } else { b"true" }),
            Cells::Text(_) | Cells::Coded(_) => {}
        }
        &self.out
    }

    fn write_float(&mut self, value: f64) {
        match cents(value) {
            // Hundredths are written from whole numbers, many times faster than the shortest text of a float.
            Some(cents) if cents != 0 => {
                if cents < 0 {
                    self.out.push(b'-');
                }
                let (whole, part) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
                let mut digits = itoa::Buffer::new();
                self.out.extend_from_slice(digits.format(whole).as_bytes());
                if part > 0 {
                    self.out.push(b'.');
                    self.out.push(b'0' + (part / 10) as u8);
                    if part % 10 > 0 {
                        self.out.push(b'0' + (part % 10) as u8);
                    }
                }
            }
            _ => {
                // Writing to memory does not fail.
                let _ = write!(self.out, "{value}");
            }
        }
    }

    fn write_time(&mut self, micros: i64) {
        let (secs, rest) = (micros.div_euclid(MICROS), micros.rem_euclid(MICROS));
        if rest != 0 {
            self.out.extend_from_slice(iso_time(micros).as_bytes());
            return;
        }
        let (day, second) = (secs.div_euclid(DAY_SECS), secs.rem_euclid(DAY_SECS));
        let (year, month, date) = civil_from_days(day);
        if !(0..=9_999).contains(&year) {
            self.out.extend_from_slice(iso_time(micros).as_bytes());
            return;
        }
        let mut written = *b"0000-00-00T00:00:00Z";
        for (place, value) in [
            (0, year / 100),
            (2, year % 100),
            (5, month),
            (8, date),
            (11, second / 3600),
            (14, second / 60 % 60),
            (17, second % 60),
        ] {
            written[place] = b'0' + (value / 10) as u8;
            written[place + 1] = b'0' + (value % 10) as u8;
        }
        self.out.extend_from_slice(&written);
    }
}

/// Year, month and day of a number of days since 1970 in the proleptic Gregorian calendar (Hinnant, "chrono-compatible
/// low-level date algorithms", `civil_from_days`).
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::fixture::{Col, invalid, table};

    fn data() -> Dataset {
        let data = table(vec![
            (
                "query",
                Col::S(vec![Some("Green Tea"), Some("绿茶 TEA"), None, Some("É")]),
            ),
            ("item", Col::I(vec![Some(2053), Some(-12), None, Some(5)])),
            ("price", Col::F(vec![Some(12.5), Some(-0.05), Some(1e-7), None])),
            (
                "time",
                Col::T(vec![Some(1_600_000_000), Some(0), Some(-1), Some(1_600_086_401)]),
            ),
            ("flag", Col::B(vec![Some(true), Some(false), None, Some(true)])),
        ]);
        invalid(data, vec![(2, 3, "12,50 EUR")])
    }

    fn hits(wanted: &str, column: Option<usize>) -> Vec<u32> {
        let data = data();
        let columns: Vec<ColumnCells> = (0..5)
            .map(|index| ColumnCells::new(&data, index).expect("a column"))
            .collect();
        let looked_in = column.map_or_else(|| (0..5).collect(), |column| vec![column]);
        let wanted = wanted.to_lowercase();
        containing((&data, &columns), &[0, 1, 2, 3], &wanted, &looked_in, &Progress::new()).expect("not cancelled")
    }

    #[test]
    fn a_row_is_found_by_what_is_shown_in_any_cell_or_one() {
        assert_eq!(hits("tea", None), [0, 1]);
        assert_eq!(hits("TEA", Some(0)), [0, 1]);
        assert_eq!(hits("绿茶", None), [1]);
        assert_eq!(hits("é", None), [3], "letters beyond ASCII have a case, too");
        assert_eq!(hits("eur", None), [3], "a cell that could not be read shows its text");
        assert_eq!(hits("2020-09-13t12:26", Some(3)), [0]);
        assert_eq!(hits("1969-12-31T23:59:59Z", None), [2]);
        assert_eq!(hits("12", Some(1)), [1]);
        assert_eq!(hits("rue", None), [0, 3]);
        assert_eq!(hits("", None), [0, 1, 2, 3]);
        assert!(hits("nowhere", None).is_empty());
    }

    #[test]
    fn every_cell_is_written_as_the_table_shows_it() {
        let data = data();
        for index in 1..5 {
            let column = ColumnCells::new(&data, index).expect("a column");
            let mut writer = CellWriter::default();
            for row in 0..4 {
                let Some(key) = column.cells().key(row) else { continue };
                let written = String::from_utf8(writer.write(column.cells(), key).to_vec()).expect("plain");
                assert_eq!(written, column.cells().value(row).to_string());
                assert!(may_contain(column.dtype(), &written.to_lowercase()));
            }
        }
        let mut writer = CellWriter::default();
        for day in (-800_000..2_900_000)
            .step_by(9_973)
            .chain([-1, 0, 11_016, 19_782, 2_932_896])
        {
            let micros = (day * DAY_SECS + 86_399) * MICROS;
            writer.out.clear();
            writer.write_time(micros);
            assert_eq!(String::from_utf8_lossy(&writer.out), iso_time(micros), "day {day}");
        }
        for value in [0.0, -0.0, 0.1, 0.07, 1234.5, -3.0, 1e20, 0.001, f64::INFINITY, f64::MAX] {
            writer.out.clear();
            writer.write_float(value);
            assert_eq!(String::from_utf8_lossy(&writer.out), value.to_string());
        }
    }
}
