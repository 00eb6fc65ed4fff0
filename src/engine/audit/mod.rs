//! Audit: Dataset → AuditReport. Exact column profiles, the profile of the log, and the checks.
//!
//! Every check is one file in `checks/`; `registry::RULES` lists them all.
//! Invariant: no sampling, no clock; the same dataset and options give the same report.

pub mod acceptance;
pub mod associations;
pub mod cells;
pub mod changes;
mod column_changes;
pub mod concentration;
pub mod distinct;
pub mod drift;
pub mod explain;
pub mod failing_rows;
pub mod finding;
pub mod fix;
pub mod history;
pub mod log_profile;
pub mod options;
pub mod personal;
pub mod plot;
pub mod profile;
pub mod registry;
pub mod report;
pub mod row_index;
pub mod row_view;
pub mod score;

mod bot_plots;
mod checks;
mod column_index;
mod column_words;
mod context;
mod core_time;
mod duplicates;
mod laid_texts;
mod neighbours;
mod odd_cells;
mod odd_rows;
mod orphans;
mod pace;
mod personal_codes;
mod personal_columns;
mod plots;
mod repeated_ids;
mod row_filter;
mod row_keys;
mod row_set;
mod row_sort;
mod rule;
mod session_spans;
mod split_parts;
mod text_keys;
mod text_marks;
mod time_slips;
mod user_items;
mod value_plot;
mod wording;

#[cfg(test)]
pub(crate) mod fixture;

pub use acceptance::{Acceptance, AcceptanceError, Acceptances};
pub use cells::Value;
pub use changes::{AuditChanges, FindingState, audit_changes};
pub use column_changes::{ColumnChange, ColumnState};
pub use finding::{Dimension, Example, Fact, Finding, Unit};
pub use fix::{Condition, Fix};
pub use history::{AuditRecord, ColumnFigures, FindingRecord};
pub use options::{AuditOptions, SideTables, Thresholds};
pub use plot::FindingPlot;
pub use profile::ColumnProfile;
pub use report::{AuditReport, CheckOutcome, CheckStatus};
pub use wording::{duration, percent, plain, shortened, thousands};
pub(in crate::engine) use {
    core_time::{CoreTime, DAY_MICROS, HOUR_MICROS, bucket_counts},
    finding::example,
};

use crate::engine::artifact::{Bilingual, ContentHash, Provenance};
use crate::engine::ingest::dataset::Dataset;
use crate::engine::progress::{Cancelled, Progress};
use associations::{Associations, ColumnPart};
use context::{ColumnContext, Context};
use log_profile::LogProfile;
use rayon::prelude::*;
use rule::{Check, Outcome, Rule};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("column `{column}` is announced but not in the table; read the file again")]
    NoSuchColumn { column: String },
    #[error("column `{column}` should hold {expected} but holds {found}; read the file again")]
    WrongType {
        column: String,
        expected: &'static str,
        found: String,
    },
    #[error("{rows} rows are more than the {most} this program can number; split the log")]
    TooManyRows { rows: usize, most: usize },
}

/// Rows are numbered with 32 bits, the last value being reserved.
const MOST_ROWS: usize = u32::MAX as usize - 1;

/// Audits a log: profiles every column, runs every check, scores the dimensions.
pub fn audit(dataset: &Dataset, options: &AuditOptions<'_>, progress: &Progress) -> Result<AuditReport, AuditError> {
    let rows = dataset.num_rows();
    if rows > MOST_ROWS {
        return Err(AuditError::TooManyRows { rows, most: MOST_ROWS });
    }
    progress.phase("indexing the log", "建立索引");
    progress.set(0.0);
    let context = Context::new(dataset, options, progress)?;
    progress.phase("profiling columns", "分析各列");
    progress.set(0.15);
    let (mut columns, mut parts, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    for examined in examine_columns(&context)? {
        columns.push(examined.profile);
        parts.push(examined.part);
        outcomes.extend(examined.outcomes);
    }
    progress.phase("checking the log", "检查日志");
    progress.set(0.6);
    // Some checks run on one core for a while: the other one associates columns meanwhile.
    let (checked, associations) = rayon::join(
        || examine_log(&context),
        || associations::associate(&columns, &parts, progress),
    );
    let associations = associations?;
    drop(parts);
    let (checked, log) = checked?;
    outcomes.extend(checked);
    progress.set(1.0);
    Ok(assemble(&context, (columns, associations), log, outcomes))
}

type CodedOutcome = (&'static str, Outcome);

/// What is kept of a column once its dictionary is gone.
struct Examined {
    profile: ColumnProfile,
    part: ColumnPart,
    outcomes: Vec<CodedOutcome>,
}

/// Profiles the columns in parallel and runs the column checks while each dictionary is in memory.
fn examine_columns(context: &Context<'_>) -> Result<Vec<Examined>, Cancelled> {
    let done = AtomicUsize::new(0);
    let num_columns = context.columns.len();
    (0..num_columns)
        .into_par_iter()
        .with_max_len(1)
        .map(|index| {
            let examined = examine_column(context, index)?;
            let finished = done.fetch_add(1, Ordering::Relaxed) + 1;
            context.progress.set(0.15 + 0.45 * finished as f64 / num_columns as f64);
            Ok(examined)
        })
        .collect()
}

fn examine_column(context: &Context<'_>, index: usize) -> Result<Examined, Cancelled> {
    let (info, cells) = (&context.dataset.info.columns[index], &context.columns[index]);
    let distinct = context.distinct(index)?;
    context.add_to_row_hashes(index, &distinct.codes);
    let profile = profile::profile(info, cells, &distinct, context.progress)?;
    let column = ColumnContext {
        context,
        index,
        info,
        cells: cells.cells(),
        distinct: &distinct,
        profile: &profile,
        marks: OnceLock::new(),
        personal: OnceLock::new(),
    };
    let mut outcomes = Vec::new();
    for rule in registry::RULES {
        if let Check::Column(check) = rule.check {
            outcomes.push((rule.info.code, Outcome::Checked(check(&column)?)));
        }
    }
    let part = ColumnPart::cheap(cells, &distinct, &profile);
    Ok(Examined {
        profile,
        part,
        outcomes,
    })
}

/// Checks that walk each user's events item by item. They come first, so that the order they need is gone before
/// the others make theirs.
const BY_USER_AND_ITEM: [&str; 9] = ["B01", "B02", "B04", "B05", "B06", "B07", "B09", "U02", "U03"];

/// Outcomes of the checks of the whole log, and its profile.
type ExaminedLog = (Vec<CodedOutcome>, Option<LogProfile>);

fn examine_log(context: &Context<'_>) -> Result<ExaminedLog, Cancelled> {
    // What several checks share is computed first, so that no two threads compute it twice.
    context.duplicates()?;
    context.num_pairs()?;
    context.time_bins();
    context.progress.set(0.7);
    let run = |rule: &Rule| match rule.check {
        Check::Log(check) => Some(check(context).map(|outcome| (rule.info.code, outcome))),
        Check::Column(_) => None,
    };
    let (first, then): (Vec<&Rule>, Vec<&Rule>) = registry::RULES
        .iter()
        .partition(|rule| BY_USER_AND_ITEM.contains(&rule.info.code));
    let examine = |rules: Vec<&Rule>| -> Result<Vec<CodedOutcome>, Cancelled> {
        rules.into_par_iter().with_max_len(1).filter_map(run).collect()
    };
    let mut outcomes = examine(first)?;
    context.forget_user_items();
    context.progress.phase("profiling the log", "分析日志");
    context.progress.set(0.85);
    let (examined, profile) = rayon::join(|| examine(then), || log_profile::log_profile(context));
    outcomes.extend(examined?);
    Ok((outcomes, profile?))
}

fn assemble(
    context: &Context<'_>,
    (columns, associations): (Vec<ColumnProfile>, Associations),
    log: Option<LogProfile>,
    outcomes: Vec<CodedOutcome>,
) -> AuditReport {
    let checks = registry::RULES.iter().map(|rule| status(rule, &outcomes)).collect();
    let mut findings: Vec<Finding> = outcomes
        .into_iter()
        .flat_map(|(_, outcome)| match outcome {
            Outcome::Checked(findings) => findings,
            Outcome::NotApplicable(_) => Vec::new(),
        })
        .collect();
    Finding::sort(&mut findings);
    let (scores, score_parts) = score::score(&findings);
    let (info, options) = (&context.dataset.info, context.options);
    let tables = [options.tables.items, options.tables.users].into_iter().flatten();
    let inputs = std::iter::once(context.dataset)
        .chain(tables)
        .map(|table| table.info.hash.clone())
        .collect();
    let config = ContentHash::of_json(&options.thresholds);
    AuditReport {
        provenance: Provenance::new(options.now_ms, inputs, config, None),
        name: info.name.clone(),
        rows: info.rows,
        columns,
        associations: Some(associations),
        log,
        findings,
        checks,
        scores,
        score_parts,
        drift: None,
        accepted: Acceptances::default(),
        scores_without_accepted: None,
    }
}

fn status(rule: &Rule, outcomes: &[CodedOutcome]) -> CheckStatus {
    let own = || {
        outcomes
            .iter()
            .filter(|(code, _)| *code == rule.info.code)
            .map(|(_, outcome)| outcome)
    };
    let found = own().any(|outcome| matches!(outcome, Outcome::Checked(findings) if !findings.is_empty()));
    let reason: Option<Bilingual> = own().find_map(|outcome| match outcome {
        Outcome::NotApplicable(reason) => Some(reason.clone()),
        Outcome::Checked(_) => None,
    });
    CheckStatus {
        code: rule.info.code.to_owned(),
        name: rule.info.name(),
        outcome: match (found, &reason) {
            (true, _) => CheckOutcome::Found,
            (false, Some(_)) => CheckOutcome::NotApplicable,
            (false, None) => CheckOutcome::Passed,
        },
        reason,
    }
}

#[cfg(test)]
mod real_data_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod truth_tests;
