//! A log's columns prepared once, so that its rows are ordered and filtered faster than somebody notices.
//!
//! In: the columns, prepared one after the other beside other work. Out: the answers of `arrange_rows`; columns that are
//! not ready yet, and questions about few rows, are answered without the index.
//! Memory: four bytes a row and column, four a different value, and the letters of the values that have no dictionary;
//! 808 MB for the ten million rows and eight columns of `benches/rows.rs`. It never takes more than it is given.
//! Invariant: with or without the index the answer is the same.

use super::cells::ColumnCells;
use super::column_index::ColumnIndex;
use super::row_filter::{containing, may_contain, raw_hits};
use super::row_keys::ordered;
use super::row_set::RowSet;
use super::row_view::{RowQuery, RowSort};
use crate::engine::ingest::dataset::Dataset;
use crate::engine::progress::{Cancelled, Progress};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Questions about fewer than one row in so many are answered by looking at just those rows.
const FEW: usize = 32;
/// Values laid end to end that are looked through in the time of one cell that is looked up by itself.
const VALUES_A_CELL: usize = 4;
/// How long the preparation waits before it looks again whether a question is answered.
const PAUSE: Duration = Duration::from_millis(5);
/// A mark that may follow a lower-case letter where the capital has none: Unicode knows one, of `İ`. A wanted text that
/// begins with it is looked for in the texts as they are.
const LOWERED_MARK: char = '\u{307}';

/// The prepared columns of one log.
pub struct LogIndex {
    columns: Vec<OnceLock<ColumnIndex>>,
    /// Questions that are being answered: preparing more waits for them.
    asked: AtomicUsize,
}

/// A question while it is answered.
struct Asking<'a>(&'a AtomicUsize);

impl<'a> Asking<'a> {
    fn new(asked: &'a AtomicUsize) -> Self {
        asked.fetch_add(1, Ordering::Relaxed);
        Self(asked)
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

type Log<'a> = (&'a Dataset, &'a [ColumnCells]);

impl LogIndex {
    /// An index of so many columns, none of them ready.
    pub fn new(columns: usize) -> Self {
        Self {
            columns: (0..columns).map(|_| OnceLock::new()).collect(),
            asked: AtomicUsize::new(0),
        }
    }

    /// Prepares the columns one by one, as long as they take less than `room` bytes together.
    ///
    /// # Errors
    /// It was cancelled; columns that are ready stay so.
    pub fn build(&self, columns: &[ColumnCells], room: usize, progress: &Progress) -> Result<(), Cancelled> {
        let mut left = room;
        for (done, (slot, column)) in self.columns.iter().zip(columns).enumerate() {
            progress.set(done as f64 / columns.len() as f64);
            while self.asked.load(Ordering::Relaxed) > 0 {
                progress.check()?;
                std::thread::sleep(PAUSE);
            }
            if let Some(index) = ColumnIndex::build(column.cells(), left, progress)? {
                left = left.saturating_sub(index.bytes());
                // One that is there already is as good.
                let _ = slot.set(index);
            }
        }
        progress.set(1.0);
        Ok(())
    }

    /// Number of columns that are ready.
    pub fn num_ready(&self) -> usize {
        self.columns.iter().filter(|column| column.get().is_some()).count()
    }

    /// Memory taken.
    pub fn bytes(&self) -> usize {
        let ready = self.columns.iter().filter_map(OnceLock::get);
        ready.map(ColumnIndex::bytes).sum()
    }

    /// Chooses and orders rows like `row_view::arrange_rows`.
    ///
    /// # Errors
    /// It was cancelled.
    pub fn arrange(
        &self,
        log: Log<'_>,
        rows: &[u32],
        query: &RowQuery,
        progress: &Progress,
    ) -> Result<Vec<u32>, Cancelled> {
        let _asking = Asking::new(&self.asked);
        let sort = query.sort.filter(|sort| sort.column < log.1.len());
        if query.wanted().is_empty() {
            return match sort {
                Some(sort) => self.ordered(log.1, rows, sort, progress),
                None => Ok(rows.to_vec()),
            };
        }
        match (self.containing(log, rows, query, progress)?, sort) {
            (Chosen::Rows(rows), Some(sort)) => self.ordered(log.1, &rows, sort, progress),
            (Chosen::Rows(rows), None) => Ok(rows),
            (Chosen::Set(set), None) => set.those(rows, true, progress),
            (Chosen::Set(set), Some(sort)) => {
                let is_many = is_many(set.count(), log.1[sort.column].len());
                match self.ready(sort.column).filter(|_| is_many) {
                    Some(index) => index.ordered_set(Some(&set), sort.descending, progress),
                    None => self.ordered(log.1, &set.those(rows, true, progress)?, sort, progress),
                }
            }
        }
    }

    fn ready(&self, column: usize) -> Option<&ColumnIndex> {
        self.columns.get(column)?.get()
    }

    fn ordered(
        &self,
        columns: &[ColumnCells],
        rows: &[u32],
        sort: RowSort,
        progress: &Progress,
    ) -> Result<Vec<u32>, Cancelled> {
        let column = &columns[sort.column];
        match self.ready(sort.column).filter(|_| is_many(rows.len(), column.len())) {
            Some(index) => index.ordered(rows, sort.descending, progress),
            None => ordered(column.cells(), rows, sort.descending, progress),
        }
    }

    fn containing(
        &self,
        (dataset, columns): Log<'_>,
        rows: &[u32],
        query: &RowQuery,
        progress: &Progress,
    ) -> Result<Chosen, Cancelled> {
        let wanted = query.wanted().to_lowercase();
        let mut looked_in = query.looked_in(columns.len());
        let len = columns.first().map_or(0, ColumnCells::len);
        if !is_many(rows.len(), len) || wanted.starts_with(LOWERED_MARK) {
            return containing((dataset, columns), rows, &wanted, &looked_in, progress).map(Chosen::Rows);
        }
        let mut found = RowSet::new(len);
        for &column in &looked_in {
            raw_hits(dataset, column, &wanted).for_each(|row| found.add(row));
        }
        looked_in.retain(|&column| may_contain(columns[column].dtype(), &wanted));
        // Few values are soon looked through, and what they find is not looked for among many.
        looked_in.sort_by_key(|&column| self.ready(column).map_or(usize::MAX, ColumnIndex::num_values));
        // Columns that are looked through cell by cell.
        let mut others = Vec::new();
        for column in looked_in {
            let left = len - found.count();
            // Once most rows are found the others are few enough to be looked at one by one.
            let is_worth = |index: &&ColumnIndex| is_many(left, len) && left > index.num_values() / VALUES_A_CELL;
            let index = self.ready(column).filter(is_worth);
            let of_column = index.map(|index| index.containing(columns[column].cells(), &wanted, progress));
            match of_column.transpose()?.flatten() {
                Some(rows) => found.add_all(&rows),
                None => others.push(column),
            }
        }
        if !others.is_empty() {
            let left = found.those(rows, false, progress)?;
            let more = containing((dataset, columns), &left, &wanted, &others, progress)?;
            more.iter().for_each(|&row| found.add(row));
        }
        if rows.len() < len {
            found.keep(&RowSet::of(rows, len));
        }
        Ok(Chosen::Set(found))
    }
}

/// Rows that contain a text.
enum Chosen {
    /// In the order they came in.
    Rows(Vec<u32>),
    Set(RowSet),
}

fn is_many(rows: usize, len: usize) -> bool {
    rows > len / FEW
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::fixture::{Col, invalid, table};
    use crate::engine::audit::row_view::arrange_rows;
    use crate::engine::ingest::{ReadOptions, read_log};
    use proptest::prelude::*;
    use proptest::sample::select;

    const WORDS: [&str; 9] = ["", "Green Tea", "green", "绿茶 TEA", "İx", "É1", "12", "a 7", "ΑΣ"];
    const WANTED: [&str; 18] = [
        "", "1", "12", " tea ", "TEA", "绿", "é", "\u{307}", "i\u{307}", "-", "0.", "e", "2020-09", "t1", "zz", "rue",
        "ας", "f",
    ];
    const FLOATS: [f64; 9] = [0.0, -0.0, 0.1, 12.5, 1e-7, f64::INFINITY, -3.25, f64::NAN, 1e20];

    /// One column of each type; those drawn from few values, and two whose values are nearly all different.
    fn mixed(cells: &[Option<usize>]) -> Dataset {
        let at = |row: usize, shift: usize| cells[row].map(|cell| (cell * 7 + shift * row) % 97);
        let rows = 0..cells.len();
        let text = |row: usize| cells[row].map(|cell| WORDS[cell % 9]);
        let data = table(vec![
            ("a", Col::S(rows.clone().map(text).collect())),
            (
                "b",
                Col::I(rows.clone().map(|row| at(row, 0).map(|n| n as i64 - 40)).collect()),
            ),
            (
                "c",
                Col::F(
                    rows.clone()
                        .map(|row| cells[row].map(|cell| FLOATS[cell % 9]))
                        .collect(),
                ),
            ),
            (
                "d",
                Col::F(rows.clone().map(|row| at(row, 3).map(|n| n as f64 / 7.0)).collect()),
            ),
            (
                "e",
                Col::T(
                    rows.clone()
                        .map(|row| at(row, 5).map(|n| 1_600_000_000 - n as i64 * 7_211))
                        .collect(),
                ),
            ),
            (
                "f",
                Col::B(rows.clone().map(|row| cells[row].map(|cell| cell % 3 == 0)).collect()),
            ),
            ("g", Col::I(rows.map(|row| Some(row as i64 * 7_919 % 10_007)).collect())),
        ]);
        let raw = (0..cells.len()).filter(|&row| cells[row].is_none() && row % 2 == 0);
        invalid(data, raw.map(|row| (3, row as u64, "12,50 Eur")).collect())
    }

    /// Texts as the reader codes them, one column without capitals.
    fn read(cells: &[Option<usize>]) -> Dataset {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("log.csv");
        let lines = cells.iter().enumerate().map(|(row, cell)| {
            let word = cell.map_or("", |cell| WORDS[cell % 9]);
            format!("{word},s{:x},w{}\n", row * 7_919 % 1_009, word.len())
        });
        std::fs::write(&path, format!("word,session,low\n{}", lines.collect::<String>())).expect("written");
        let options = ReadOptions {
            text_only: true,
            header: Some(true),
            delimiter: Some(','),
            ..ReadOptions::default()
        };
        read_log(&[path], &options, &Progress::new()).expect("read")
    }

    fn same_answers(data: &Dataset, query: &RowQuery, every: usize) {
        let columns: Vec<ColumnCells> = (0..data.info.columns.len())
            .map(|index| ColumnCells::new(data, index).expect("a column"))
            .collect();
        let (len, progress) = (columns[0].len(), Progress::new());
        let rows: Vec<u32> = (0..len as u32)
            .filter(|row| (*row as usize).is_multiple_of(every))
            .collect();
        let expected = arrange_rows((data, &columns), &rows, query, &progress).expect("not cancelled");
        // Nothing ready, orders without texts, all columns.
        for room in [0, columns.len() * len * 9, usize::MAX] {
            let index = LogIndex::new(columns.len());
            index.build(&columns, room, &progress).expect("not cancelled");
            assert!(index.bytes() <= room, "{} > {room}", index.bytes());
            assert!(room < usize::MAX || index.num_ready() == columns.len());
            let found = index.arrange((data, &columns), &rows, query, &progress);
            assert_eq!(found.expect("not cancelled"), expected, "{query:?}, room {room}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn answers_are_those_without_an_index(
            cells in prop::collection::vec(prop::option::weighted(0.8, 0_usize..40), 1..300),
            text in select(&WANTED[..]),
            column in prop::option::of(0_usize..7),
            sort in prop::option::of((0_usize..7, any::<bool>())),
            every in select(vec![1, 1, 2, 40]),
        ) {
            let query = |columns: usize| RowQuery {
                sort: sort.map(|(column, descending)| RowSort { column: column % columns, descending }),
                text: text.to_owned(),
                column: column.map(|column| column % columns),
            };
            same_answers(&mixed(&cells), &query(7), every);
            same_answers(&read(&cells), &query(3), every);
        }
    }

    #[test]
    fn only_one_letter_is_lowered_to_a_mark_without_a_case() {
        let marks = ('\0'..=char::MAX).flat_map(|capital| {
            let lower = capital.to_lowercase().filter(move |letter| *letter != capital);
            lower.filter(|letter| letter.to_uppercase().eq(std::iter::once(*letter)))
        });
        assert_eq!(marks.collect::<Vec<char>>(), [LOWERED_MARK]);
    }

    #[test]
    fn it_can_be_stopped_and_waits_for_questions() {
        let data = mixed(&[Some(1), None, Some(4)]);
        let columns: Vec<ColumnCells> = (0..7)
            .map(|index| ColumnCells::new(&data, index).expect("a column"))
            .collect();
        let (index, progress) = (LogIndex::new(7), Progress::new());
        let asking = Asking::new(&index.asked);
        std::thread::scope(|scope| {
            let work = scope.spawn(|| index.build(&columns, usize::MAX, &progress));
            std::thread::sleep(8 * PAUSE);
            assert_eq!(index.num_ready(), 0, "a question comes first");
            drop(asking);
            work.join().expect("no panic").expect("not cancelled");
        });
        assert_eq!(index.num_ready(), 7);
        progress.cancel();
        assert!(LogIndex::new(7).build(&columns, usize::MAX, &progress).is_err());
        let query = RowQuery {
            text: "1".to_owned(),
            ..RowQuery::default()
        };
        assert!(index.arrange((&data, &columns), &[0, 1, 2], &query, &progress).is_err());
    }
}
