//! What a recipe would do, without keeping the result: the numbers of every step, and rows before and after one step.

use super::apply::{StepReport, run_step, start_table};
use super::cells::Cells;
use super::error::RecipeError;
use super::step::Recipe;
use super::table::{Effect, Table};
use crate::engine::artifact::Bilingual;
use crate::engine::ingest::dataset::Dataset;
use crate::engine::progress::{Cancelled, Progress};

/// The effect of a recipe on a dataset.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// One report a step, up to the one that failed.
    pub steps: Vec<StepReport>,
    pub rows_in: u64,
    pub rows_out: u64,
    pub cells_changed: u64,
    /// Rows before and after the step asked for; absent if it is switched off or not reached.
    pub diff: Option<StepDiff>,
    /// The step (index) that does not work, and why.
    pub error: Option<(Option<usize>, Bilingual)>,
}

/// The first rows a step changes or drops.
#[derive(Clone, Debug, Default)]
pub struct StepDiff {
    pub step: usize,
    pub columns: Vec<String>,
    /// Per column: the step changes cells of it, or removes it.
    pub touched: Vec<bool>,
    pub rows: Vec<DiffRow>,
    /// How many rows the step changes or drops in all.
    pub rows_affected: u64,
}

#[derive(Clone, Debug)]
pub struct DiffRow {
    /// Line of the file.
    pub line: u32,
    pub dropped: bool,
    pub before: Vec<Option<String>>,
    /// The same as `before` for dropped rows.
    pub after: Vec<Option<String>>,
}

/// Runs the recipe and collects at most `limit` rows around step `focus`.
pub fn preview(
    dataset: &Dataset,
    recipe: &Recipe,
    focus: Option<usize>,
    limit: usize,
    progress: &Progress,
) -> Result<Preview, Cancelled> {
    let rows_in = dataset.num_rows() as u64;
    let mut found = Preview {
        rows_in,
        rows_out: rows_in,
        ..Preview::default()
    };
    let mut table = match start_table(dataset, progress) {
        Ok(table) => table,
        Err(error) => {
            found.error = Some((None, error.explain()));
            return Ok(found);
        }
    };
    for index in 0..recipe.steps.len() {
        progress.check()?;
        progress.set(index as f64 / recipe.steps.len() as f64);
        let mut diff = None;
        let outcome = run_step(
            &mut table,
            recipe,
            index,
            &mut |index, table: &Table, effect: &Effect| {
                if focus == Some(index) {
                    diff = Some(diff_of(dataset, index, table, effect, limit));
                }
            },
        );
        match outcome {
            Ok(report) => {
                found.rows_out = report.rows_out;
                found.cells_changed += report.cells_changed;
                found.steps.push(report);
                found.diff = diff.or(found.diff.take());
            }
            Err(RecipeError::Cancelled(cancelled)) => return Err(cancelled),
            Err(error) => {
                found.error = Some((error.step_index(), error.explain()));
                break;
            }
        }
    }
    progress.set(1.0);
    Ok(found)
}

fn diff_of(dataset: &Dataset, step: usize, table: &Table, effect: &Effect, limit: usize) -> StepDiff {
    let mut touched = vec![false; table.columns.len()];
    let affected: Vec<usize> = match effect {
        Effect::Keep(keep) => (0..keep.len()).filter(|&row| !keep[row]).collect(),
        Effect::Replace(columns) => {
            columns.iter().for_each(|column| touched[column.index] = true);
            (0..table.num_rows())
                .filter(|&row| columns.iter().any(|column| column.changed[row]))
                .collect()
        }
        Effect::RemoveColumn(index) => {
            touched[*index] = true;
            (0..table.num_rows()).collect()
        }
    };
    let rows = affected
        .iter()
        .take(limit)
        .map(|&row| diff_row(dataset, table, effect, row))
        .collect();
    StepDiff {
        step,
        columns: table.columns.iter().map(|column| column.name.clone()).collect(),
        touched,
        rows,
        rows_affected: affected.len() as u64,
    }
}

fn diff_row(dataset: &Dataset, table: &Table, effect: &Effect, row: usize) -> DiffRow {
    let show = |index: usize| Cells::of(table.column(index)).ok().and_then(|cells| cells.show(row));
    let before: Vec<Option<String>> = (0..table.columns.len()).map(show).collect();
    let mut after = before.clone();
    match effect {
        Effect::Keep(_) => {}
        Effect::Replace(columns) => {
            for column in columns {
                after[column.index] = Cells::of(&column.values).ok().and_then(|cells| cells.show(row));
            }
        }
        Effect::RemoveColumn(index) => after[*index] = None,
    }
    DiffRow {
        line: dataset.lines.get(table.rows[row] as usize).unwrap_or_default(),
        dropped: matches!(effect, Effect::Keep(_)),
        before,
        after,
    }
}
