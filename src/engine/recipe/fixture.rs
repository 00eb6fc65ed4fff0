//! Small datasets for the tests of this stage and the next.

use crate::engine::artifact::Role;
use crate::engine::ingest::dataset::{Dataset, InvalidCell};
pub(crate) use crate::engine::ingest::fixture::dataset;
use crate::engine::ingest::fixture::times;
use crate::engine::recipe::cells::Cells;
use polars::prelude::{Column, NamedFrom as _, Series};
use std::sync::Arc;

pub(crate) fn text(name: &str, role: Role, cells: &[Option<&str>]) -> (Column, Role) {
    (Series::new(name.into(), cells).into(), role)
}

pub(crate) fn integer(name: &str, role: Role, cells: &[Option<i64>]) -> (Column, Role) {
    (Series::new(name.into(), cells).into(), role)
}

pub(crate) fn float(name: &str, role: Role, cells: &[Option<f64>]) -> (Column, Role) {
    (Series::new(name.into(), cells).into(), role)
}

pub(crate) fn boolean(name: &str, role: Role, cells: &[Option<bool>]) -> (Column, Role) {
    (Series::new(name.into(), cells).into(), role)
}

/// Times in seconds since the epoch.
pub(crate) fn time(name: &str, role: Role, secs: &[Option<i64>]) -> (Column, Role) {
    (times(name, secs), role)
}

pub(crate) fn with_invalid(mut dataset: Dataset, invalid: Vec<InvalidCell>) -> Dataset {
    dataset.invalid = Arc::new(invalid);
    dataset
}

/// Every cell of a column as text, `-` where missing.
pub(crate) fn shown(dataset: &Dataset, column: &str) -> Vec<String> {
    let column = dataset.frame.column(column).expect("the column exists");
    let cells = Cells::of(column).expect("a supported type");
    cells
        .shown()
        .map(|cell| cell.map_or_else(|| "-".to_owned(), |cell| cell.into_owned()))
        .collect()
}
