//! The rows behind a finding as somebody wants to see them: those that contain a text, ordered by a column.
//!
//! In: row numbers, at most all of a log. Out: row numbers. `row_index` gives the same answers from columns prepared
//! once, which ten million rows need to be there before somebody notices (`benches/rows.rs`).
//! Invariant: only the order and the choice of rows change; nothing is left out that contains the text.

use super::cells::ColumnCells;
use super::row_filter::containing;
use super::row_keys::ordered;
use crate::engine::ingest::dataset::Dataset;
use crate::engine::progress::{Cancelled, Progress};

/// Which rows are shown, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowQuery {
    /// `None` = as in the file.
    pub sort: Option<RowSort>,
    /// Rows in which a cell contains this, in either case; empty = all.
    pub text: String,
    /// The column the text is looked for in; `None` = any.
    pub column: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowSort {
    pub column: usize,
    pub descending: bool,
}

impl RowQuery {
    /// True if all rows are shown as they come.
    pub fn is_plain(&self) -> bool {
        self.sort.is_none() && self.wanted().is_empty()
    }

    pub(super) fn wanted(&self) -> &str {
        self.text.trim()
    }

    /// The columns of a log of so many that are looked in.
    pub(super) fn looked_in(&self, columns: usize) -> Vec<usize> {
        (0..columns)
            .filter(|index| self.column.is_none_or(|column| column == *index))
            .collect()
    }

    /// What a click on a heading asks for: rising, falling, then as in the file again.
    pub fn sorted_next(&self, column: usize) -> Option<RowSort> {
        match self.sort.filter(|sort| sort.column == column) {
            None => Some(RowSort {
                column,
                descending: false,
            }),
            Some(sort) if !sort.descending => Some(RowSort {
                column,
                descending: true,
            }),
            Some(_) => None,
        }
    }
}

/// Chooses and orders rows; `rows` ascend, and rows of equal value stay in that order.
pub fn arrange_rows(
    (dataset, columns): (&Dataset, &[ColumnCells]),
    rows: &[u32],
    query: &RowQuery,
    progress: &Progress,
) -> Result<Vec<u32>, Cancelled> {
    let chosen;
    let rows = if query.wanted().is_empty() {
        rows
    } else {
        let (wanted, looked_in) = (query.wanted().to_lowercase(), query.looked_in(columns.len()));
        chosen = containing((dataset, columns), rows, &wanted, &looked_in, progress)?;
        &chosen
    };
    match query.sort.and_then(|sort| Some((sort, columns.get(sort.column)?))) {
        Some((sort, column)) => ordered(column.cells(), rows, sort.descending, progress),
        None => Ok(rows.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::cells::Cells;
    use crate::engine::audit::fixture::{Col, table};
    use crate::engine::ingest::{ReadOptions, read_log};

    const ROWS: usize = 9_000;

    fn columns() -> (Dataset, Vec<ColumnCells>) {
        let spread = |row: usize| (row * 7_919 + row / 13) % 4_001;
        let texts: Vec<String> = (0..ROWS)
            .map(|row| format!("session-{:05x}", spread(row) * 97))
            .collect();
        let words = ["view", "cart", "purchase", ""];
        let some = |row: usize| row % 11 != 3;
        let pick = |row: usize, value: f64| some(row).then_some(value);
        let data = table(vec![
            (
                "a",
                Col::I(
                    (0..ROWS)
                        .map(|row| some(row).then(|| spread(row) as i64 - 2_000))
                        .collect(),
                ),
            ),
            (
                "b",
                Col::F(
                    (0..ROWS)
                        .map(|row| pick(row, spread(row) as f64 / 100.0 - 9.0))
                        .collect(),
                ),
            ),
            (
                "c",
                Col::F(
                    (0..ROWS)
                        .map(|row| pick(row, (spread(row) as f64 - 1.0e3) / 7.0))
                        .collect(),
                ),
            ),
            (
                "d",
                Col::T(
                    (0..ROWS)
                        .map(|row| some(row).then(|| 1_600_000_000 - spread(row) as i64))
                        .collect(),
                ),
            ),
            (
                "e",
                Col::S((0..ROWS).map(|row| some(row).then(|| words[spread(row) % 4])).collect()),
            ),
            (
                "f",
                Col::S((0..ROWS).map(|row| some(row).then(|| texts[row].as_str())).collect()),
            ),
            (
                "g",
                Col::B((0..ROWS).map(|row| some(row).then(|| spread(row) % 2 == 0)).collect()),
            ),
        ]);
        let cells = (0..7).map(|index| ColumnCells::new(&data, index).expect("a column"));
        let cells = cells.collect();
        (data, cells)
    }

    fn plain_order(cells: Cells<'_>, rows: &[u32], descending: bool) -> Vec<u32> {
        let mut rows = rows.to_vec();
        rows.sort_by(|&a, &b| {
            let (a, b) = (a as usize, b as usize);
            let by_value = cells.compare(a, b);
            let by_value = if descending { by_value.reverse() } else { by_value };
            cells.is_null(a).cmp(&cells.is_null(b)).then(by_value)
        });
        rows
    }

    #[test]
    fn every_type_of_column_is_ordered_like_its_values_with_missing_cells_last() {
        let (data, columns) = columns();
        let rows: Vec<u32> = (0..ROWS as u32).filter(|row| row % 5 != 0).collect();
        for (index, column) in columns.iter().enumerate() {
            for descending in [false, true] {
                let query = RowQuery {
                    sort: Some(RowSort {
                        column: index,
                        descending,
                    }),
                    ..RowQuery::default()
                };
                let found = arrange_rows((&data, &columns), &rows, &query, &Progress::new()).expect("not cancelled");
                assert!(
                    found == plain_order(column.cells(), &rows, descending),
                    "column {index}, descending {descending}"
                );
            }
        }
    }

    #[test]
    fn rows_are_filtered_first_and_then_ordered() {
        let (data, columns) = columns();
        let rows: Vec<u32> = (0..ROWS as u32).collect();
        let query = RowQuery {
            sort: Some(RowSort {
                column: 0,
                descending: true,
            }),
            text: " PURCH ".to_owned(),
            column: Some(4),
        };
        assert!(!query.is_plain() && RowQuery::default().is_plain());
        let found = arrange_rows((&data, &columns), &rows, &query, &Progress::new()).expect("not cancelled");
        let is_purchase = |row: &u32| columns[4].cells().text(*row as usize) == Some("purchase");
        let kept: Vec<u32> = rows.iter().copied().filter(is_purchase).collect();
        assert_eq!(found, plain_order(columns[0].cells(), &kept, true));
        let cancelled = Progress::new();
        cancelled.cancel();
        assert!(arrange_rows((&data, &columns), &rows, &query, &cancelled).is_err());
    }

    #[test]
    fn texts_read_from_a_file_are_ordered_and_found_by_their_codes() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("log.csv");
        let mut text = "word,session\n".to_owned();
        for row in 0..3_000 {
            let word = ["view", "Cart", "", "purchase", "浏览"][row * 7 % 5];
            text.push_str(&format!("{word},s{}\n", row * 7_919 % 1_009));
        }
        std::fs::write(&path, text).expect("written");
        let data = read_log(&[path], &ReadOptions::default(), &Progress::new()).expect("read");
        let columns: Vec<ColumnCells> = (0..2)
            .map(|index| ColumnCells::new(&data, index).expect("a column"))
            .collect();
        assert!(columns.iter().all(|column| matches!(column.cells(), Cells::Coded(_))));
        let rows: Vec<u32> = (0..3_000).collect();
        for (index, column) in columns.iter().enumerate() {
            for descending in [false, true] {
                let sort = Some(RowSort {
                    column: index,
                    descending,
                });
                let query = RowQuery {
                    sort,
                    ..RowQuery::default()
                };
                let found = arrange_rows((&data, &columns), &rows, &query, &Progress::new()).expect("not cancelled");
                assert!(
                    found == plain_order(column.cells(), &rows, descending),
                    "{index} {descending}"
                );
            }
        }
        let query = RowQuery {
            text: "CAR".to_owned(),
            ..RowQuery::default()
        };
        let found = arrange_rows((&data, &columns), &rows, &query, &Progress::new()).expect("not cancelled");
        let is_cart = |row: &u32| columns[0].cells().text(*row as usize) == Some("Cart");
        let carts: Vec<u32> = rows.iter().copied().filter(is_cart).collect();
        assert_eq!(found, carts);
    }

    #[test]
    fn a_heading_is_pressed_three_times_round() {
        let mut query = RowQuery::default();
        let pressed: Vec<Option<bool>> = (0..3)
            .map(|_| {
                query.sort = query.sorted_next(2);
                query.sort.map(|sort| sort.descending)
            })
            .collect();
        assert_eq!(pressed, [Some(false), Some(true), None]);
    }
}
