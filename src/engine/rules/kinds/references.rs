//! references: every value stands in a column of another table.
//!
//! Values are compared as text, so that `5` of one file meets `"5"` of the other.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::Fact;
use crate::engine::audit::cells::ColumnCells;
use crate::engine::audit::distinct::{Distinct, NULL};
use crate::engine::rules::subject::{Scope, Stop, Subject, Verdict, column_index, undefined};
use hashbrown::HashSet;

pub(super) fn judge(
    column: &str,
    table: &str,
    table_column: Option<&str>,
    subject: &Subject<'_>,
    scope: &Scope,
) -> Result<Verdict, Stop> {
    let column = subject.column(column)?;
    let table = subject.tables.find(table)?;
    let index = column_index(table, table_column.unwrap_or(&column.info.name))?;
    let held = ColumnCells::new(table, index).map_err(|error| undefined(error.to_string(), error.to_string()))?;
    let held = held.cells();
    let in_table = Distinct::of(held, subject.progress)?;
    let known: HashSet<String> = in_table
        .first_row
        .iter()
        .map(|&row| held.value(row as usize).to_string())
        .collect();
    let own = Distinct::of(column.cells, subject.progress)?;
    let is_known: Vec<bool> = own
        .first_row
        .iter()
        .map(|&row| known.contains(&column.cells.value(row as usize).to_string()))
        .collect();
    let unread = subject.unread(&column)?;
    let mut verdict = Verdict::default();
    let mut strangers = HashSet::new();
    for row in scope.rows() {
        match own.codes[row] {
            NULL if unread.contains(row) => verdict.fail(row),
            NULL => verdict.missing += 1,
            code if is_known[code as usize] => verdict.pass(),
            code => {
                strangers.insert(code);
                verdict.fail(row);
            }
        }
    }
    verdict.facts = vec![Fact {
        name: "values".to_owned(),
        label: Bilingual::new("Different values the table lacks", "表中缺少的不同取值"),
        value: strangers.len() as f64,
    }];
    Ok(verdict)
}
