//! One file a kind of rule; the kinds that are conditions on single rows share one.
//!
//! A missing cell is not judged, as in SQL and Great Expectations, except by `not_null`. A cell with a text that could
//! not be read as its column's type is not missing: it fails every rule that judges the cells of its column.

mod cells;
mod freshness;
mod monotone;
mod references;
mod unique_together;
pub(super) mod volume;

use super::rule::Expectation;
use super::subject::{Scope, Stop, Subject, Verdict};

pub(super) fn judge(expectation: &Expectation, subject: &Subject<'_>, scope: &Scope) -> Result<Verdict, Stop> {
    match expectation {
        Expectation::NotNull { column } => cells::not_null(column, subject, scope),
        Expectation::InSet { column, values } => cells::in_set(column, values, subject, scope),
        Expectation::Between { column, .. } => cells::between(column, expectation, subject, scope),
        Expectation::Matches { column, pattern } => cells::matches(column, pattern, subject, scope),
        Expectation::UniqueTogether { columns } => unique_together::judge(columns, subject, scope),
        Expectation::References {
            column,
            table,
            table_column,
        } => references::judge(column, table, table_column.as_deref(), subject, scope),
        Expectation::Monotone {
            column,
            group,
            direction,
            strict,
        } => monotone::judge(column, group, (*direction, *strict), subject, scope),
        Expectation::RowCondition { condition } => cells::row_condition(condition, subject, scope),
        Expectation::Freshness {
            column,
            within,
            against,
        } => freshness::judge(column, *within, against, subject, scope),
        Expectation::Volume {
            min_rows,
            max_rows,
            per_day,
            edge_days,
        } => volume::judge((*min_rows, *max_rows), per_day.as_deref(), *edge_days, subject, scope),
    }
}
