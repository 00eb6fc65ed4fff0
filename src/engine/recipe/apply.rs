//! Carrying a recipe out: Dataset + Recipe → cleaned Dataset with a report a step.
//!
//! Invariant: rows keep their order and their lines; every row of the input is in the result or in `dropped`
//! with the step that dropped it; the same input and recipe give the same hash.

use super::content::content_hash;
use super::error::{RecipeError, StepError};
use super::parse::{parse_number, parse_time};
use super::rows::{DoubleFire, by_condition, drop_double_fire, drop_duplicates, drop_missing, drop_users};
use super::step::{Action, Recipe};
use super::table::{Effect, Table};
use super::text::{Normalization, map_values, mask, normalize};
use super::values::{Bounds, clip, fill_missing};
use crate::engine::artifact::ContentHash;
use crate::engine::ingest::dataset::{Dataset, DatasetInfo, InvalidCell, RowCounts};
use crate::engine::progress::Progress;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Instant;

/// Rows are numbered with 32 bits throughout.
const MAX_ROWS: usize = u32::MAX as usize;

/// What one step did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReport {
    /// 1-based position in the recipe.
    pub number: usize,
    /// The step's kind, e.g. `drop_duplicates`.
    pub step: String,
    /// A switched-off step changes nothing.
    pub enabled: bool,
    pub rows_in: u64,
    pub rows_out: u64,
    pub cells_changed: u64,
    pub columns_removed: u64,
}

/// A row that did not survive, and where it fell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DroppedRow {
    /// Row of the input.
    pub row: u32,
    /// Index of the step in the recipe.
    pub step: u16,
}

/// A cleaned dataset and how it came about.
#[derive(Clone, Debug)]
pub struct Applied {
    pub dataset: Dataset,
    pub steps: Vec<StepReport>,
    /// Content hash of the result: names, types and cells.
    pub hash: ContentHash,
    pub recipe: ContentHash,
    /// Hash of the dataset the recipe was applied to.
    pub input: ContentHash,
    /// In step order, then row order.
    pub dropped: Vec<DroppedRow>,
    /// For each row of the result, its row in the input.
    pub rows: Arc<Vec<u32>>,
    pub elapsed_ms: u64,
}

/// Applies the recipe's enabled steps in order.
pub fn apply(dataset: &Dataset, recipe: &Recipe, progress: &Progress) -> Result<Applied, RecipeError> {
    let start = Instant::now();
    let mut dropped = Vec::new();
    let (table, steps) = run(dataset, recipe, progress, |index, table, effect| {
        if let Effect::Keep(keep) = effect {
            let gone = table.rows.iter().zip(keep).filter(|(_, keep)| !**keep);
            let step = u16::try_from(index).unwrap_or(u16::MAX);
            dropped.extend(gone.map(|(row, _)| DroppedRow { row: *row, step }));
        }
    })?;
    progress.phase("hashing the result", "计算结果哈希");
    let hash = content_hash(&table.frame).map_err(|refused| in_step(recipe, recipe.steps.len(), refused.into()))?;
    progress.check()?;
    let rows = Arc::new(table.rows.clone());
    let dataset = cleaned(dataset, table, &hash, start);
    progress.set(1.0);
    Ok(Applied {
        input: dataset.1,
        dataset: dataset.0,
        steps,
        hash,
        recipe: recipe.hash(),
        dropped,
        rows,
        elapsed_ms: start.elapsed().as_millis() as u64,
    })
}

fn in_step(recipe: &Recipe, index: usize, source: StepError) -> RecipeError {
    match source {
        StepError::Cancelled(cancelled) => RecipeError::Cancelled(cancelled),
        source => RecipeError::Step {
            number: index + 1,
            kind: recipe.steps.get(index).map_or("result", |step| step.action.kind()),
            source,
        },
    }
}

/// Runs all steps; `see` is shown each enabled step's effect before it is carried out.
pub(super) fn run(
    dataset: &Dataset,
    recipe: &Recipe,
    progress: &Progress,
    mut see: impl FnMut(usize, &Table, &Effect),
) -> Result<(Table, Vec<StepReport>), RecipeError> {
    let mut table = start_table(dataset, progress)?;
    let mut reports = Vec::with_capacity(recipe.steps.len());
    for index in 0..recipe.steps.len() {
        progress.check()?;
        progress.set(index as f64 / (recipe.steps.len() + 1) as f64);
        reports.push(run_step(&mut table, recipe, index, &mut see)?);
    }
    Ok((table, reports))
}

pub(super) fn start_table(dataset: &Dataset, progress: &Progress) -> Result<Table, RecipeError> {
    if dataset.num_rows() > MAX_ROWS {
        return Err(RecipeError::TooManyRows {
            rows: dataset.num_rows(),
            max: MAX_ROWS,
        });
    }
    Ok(Table::of(dataset, progress))
}

pub(super) fn run_step(
    table: &mut Table,
    recipe: &Recipe,
    index: usize,
    see: &mut impl FnMut(usize, &Table, &Effect),
) -> Result<StepReport, RecipeError> {
    let step = &recipe.steps[index];
    let rows_in = table.num_rows() as u64;
    let mut report = StepReport {
        number: index + 1,
        step: step.action.kind().to_owned(),
        enabled: step.enabled,
        rows_in,
        rows_out: rows_in,
        cells_changed: 0,
        columns_removed: 0,
    };
    if !step.enabled {
        return Ok(report);
    }
    let title = step.action.title();
    table.progress.phase(&title.en, &title.zh);
    let effect = effect_of(table, &step.action).map_err(|error| in_step(recipe, index, error))?;
    see(index, table, &effect);
    match &effect {
        Effect::Keep(_) => {}
        Effect::Replace(columns) => {
            let changed = columns
                .iter()
                .flat_map(|column| &column.changed)
                .filter(|c| **c)
                .count();
            report.cells_changed = changed as u64;
        }
        Effect::RemoveColumn(_) => report.columns_removed = 1,
    }
    table.apply(effect)?;
    report.rows_out = table.num_rows() as u64;
    Ok(report)
}

fn effect_of(table: &Table, action: &Action) -> Result<Effect, StepError> {
    Ok(match action {
        Action::DropDuplicates { columns, keep } => Effect::Keep(drop_duplicates(table, columns, *keep)?),
        Action::DropMissing { columns } => Effect::Keep(drop_missing(table, columns)?),
        Action::FillMissing { column, with } => Effect::Replace(fill_missing(table, column, with)?),
        Action::Clip {
            column,
            min,
            max,
            lower_quantile,
            upper_quantile,
        } => {
            let bounds = Bounds {
                min: *min,
                max: *max,
                lower_quantile: *lower_quantile,
                upper_quantile: *upper_quantile,
            };
            Effect::Replace(clip(table, column, bounds)?)
        }
        Action::Filter { condition } => Effect::Keep(by_condition(table, condition, true)?),
        Action::DropRows { condition } => Effect::Keep(by_condition(table, condition, false)?),
        Action::NormalizeText {
            columns,
            trim,
            nfkc,
            collapse_whitespace,
            case,
        } => {
            let how = Normalization {
                trim: *trim,
                nfkc: *nfkc,
                collapse_whitespace: *collapse_whitespace,
                case: *case,
            };
            Effect::Replace(normalize(table, columns, how)?)
        }
        Action::ParseTime { column, format } => Effect::Replace(parse_time(table, column, format)?),
        Action::ParseNumber { column } => Effect::Replace(parse_number(table, column)?),
        Action::MapValues { column, map } => Effect::Replace(map_values(table, column, map)?),
        Action::Mask { column, method } => Effect::Replace(mask(table, column, method)?),
        Action::DropColumn { column } => Effect::RemoveColumn(table.index_of(column)?),
        Action::DropDoubleFire {
            seconds,
            columns,
            time,
            slow_events,
            slow_seconds,
        } => {
            let rule = DoubleFire {
                seconds: *seconds,
                columns,
                time: time.as_deref(),
                slow_events,
                slow_seconds: *slow_seconds,
            };
            Effect::Keep(drop_double_fire(table, &rule)?)
        }
        Action::DropUsers { users, column } => Effect::Keep(drop_users(table, users, column.as_deref())?),
    })
}

/// The result as a dataset of its own, and the input's hash. Its counts are of its own rows: nothing is rejected.
fn cleaned(source: &Dataset, table: Table, hash: &ContentHash, start: Instant) -> (Dataset, ContentHash) {
    let Table {
        frame,
        rows,
        mut columns,
        source_columns,
        invalid,
        ..
    } = table;
    for (info, column) in columns.iter_mut().zip(frame.columns()) {
        info.nulls = column.null_count() as u64;
    }
    let accepted = frame.height() as u64;
    let info = DatasetInfo {
        rows: RowCounts {
            total: accepted,
            accepted,
            rejected: 0,
            skipped: 0,
        },
        columns,
        hash: hash.clone(),
        elapsed_ms: start.elapsed().as_millis() as u64,
        ..(*source.info).clone()
    };
    let pick = |values: &Vec<u16>| Arc::new(rows.iter().map(|&row| values[row as usize]).collect::<Vec<u16>>());
    let dataset = Dataset {
        info: Arc::new(info),
        frame: frame.into(),
        lines: Arc::new(rows.iter().filter_map(|&row| source.lines.get(row as usize)).collect()),
        source_of_row: source.source_of_row.as_deref().map(pick),
        rejects: Arc::new(Vec::new()),
        invalid: Arc::new(kept_invalid(invalid, &rows, &source_columns)),
    };
    (dataset, source.info.hash.clone())
}

/// Unreadable cells that are still there, numbered as in the result.
fn kept_invalid(invalid: Vec<InvalidCell>, rows: &[u32], source_columns: &[usize]) -> Vec<InvalidCell> {
    let mut kept: Vec<InvalidCell> = invalid
        .into_iter()
        .filter_map(|cell| {
            let row = rows.binary_search(&u32::try_from(cell.row).ok()?).ok()? as u64;
            let column = source_columns.iter().position(|&source| source == cell.column)?;
            Some(InvalidCell { row, column, ..cell })
        })
        .collect();
    kept.sort_by_key(|cell| (cell.row, cell.column));
    kept
}
