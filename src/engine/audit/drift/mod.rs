//! Drift: how a log differs from a reference, column by column.
//!
//! In: a reference `Dataset` and the current one. Out: `DriftReport` with distances, tests and findings D01 to D04.
//! Invariant: all bins are the reference's quantiles, every row of both is counted, and no p-value stands without its
//! effect; what is not compared says why. Drift lowers no score: it says "other than before", not "wrong".

mod categories;
mod column;
mod finding;
mod missingness;
mod schema;
mod shift;
mod statistics;

#[cfg(test)]
mod tests;

pub use finding::{INFOS, summary};

use super::{AuditError, AuditReport, CheckOutcome, CheckStatus, Finding};
use crate::engine::artifact::{Bilingual, ContentHash};
use crate::engine::ingest::dataset::Dataset;
use crate::engine::progress::Progress;
use serde::{Deserialize, Serialize};

/// The reference against the current log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftReport {
    pub reference: String,
    pub reference_hash: ContentHash,
    pub reference_rows: u64,
    pub current_rows: u64,
    /// In the order of the current log's columns.
    pub columns: Vec<ColumnDrift>,
    /// Columns only the current log has.
    pub new_columns: Vec<String>,
    /// Columns only the reference has.
    pub vanished_columns: Vec<String>,
    /// Number of p-values adjusted together.
    pub family_size: usize,
}

/// How a column was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    Number,
    Category,
    /// Only missingness; `reason` says why.
    Missingness,
}

/// One column of both logs. Distances are `None` where they are not defined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnDrift {
    pub name: String,
    pub compared: Compared,
    pub reason: Option<Bilingual>,
    /// Population stability index on deciles of the reference (numbers) or on the categories.
    pub psi: Option<f64>,
    /// Jensen-Shannon distance on the same bins, base 2: 0..=1.
    pub jensen_shannon: Option<f64>,
    /// First Wasserstein distance over the reference's standard deviation; numbers only.
    pub wasserstein_over_sigma: Option<f64>,
    /// `kolmogorov_smirnov` or `chi_square`.
    pub test: Option<String>,
    pub statistic: Option<f64>,
    /// The largest difference of the distribution functions (numbers), Cramér's V (categories).
    pub effect: Option<f64>,
    pub p_value: Option<f64>,
    /// Benjamini-Hochberg over all p-values of the report.
    pub p_adjusted: Option<f64>,
    pub missing_reference: f64,
    pub missing_current: f64,
    /// χ² test that both shares of missing cells are one; absent where neither log misses a cell.
    pub missing_p_value: Option<f64>,
    pub missing_p_adjusted: Option<f64>,
    /// Categories of the current log that the reference has not, most rows first.
    pub new_categories: Vec<CategoryCount>,
    /// Categories of the reference that the current log has not, most rows first.
    pub vanished_categories: Vec<CategoryCount>,
    /// Shares by bin or category (the largest ones), for a plot.
    pub bins: Vec<BinShare>,
    /// `Some(reference type)` if the type changed.
    pub type_was: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CategoryCount {
    pub value: String,
    pub count: u64,
    /// Of the filled cells of the log that has it.
    pub share: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BinShare {
    pub label: String,
    pub reference: f64,
    pub current: f64,
}

/// Compares every column that both logs have.
///
/// # Errors
/// A column that cannot be read, or cancelled.
pub fn drift(reference: &Dataset, current: &Dataset, progress: &Progress) -> Result<DriftReport, AuditError> {
    let known = |data: &Dataset, name: &str| data.info.columns.iter().position(|column| column.name == name);
    progress.phase("comparing with the reference", "与参考数据比较");
    let mut columns = Vec::new();
    for (index, info) in current.info.columns.iter().enumerate() {
        progress.check()?;
        if let Some(before) = known(reference, &info.name) {
            columns.push(column::compare((reference, before), (current, index), progress)?);
        }
        progress.set((index + 1) as f64 / current.info.columns.len() as f64);
    }
    let only_in = |one: &Dataset, other: &Dataset| {
        let names = one.info.columns.iter().map(|column| &column.name);
        names.filter(|name| known(other, name).is_none()).cloned().collect()
    };
    let family_size = adjust(&mut columns);
    Ok(DriftReport {
        reference: reference.info.name.clone(),
        reference_hash: reference.info.hash.clone(),
        reference_rows: reference.num_rows() as u64,
        current_rows: current.num_rows() as u64,
        columns,
        new_columns: only_in(current, reference),
        vanished_columns: only_in(reference, current),
        family_size,
    })
}

/// Adjusts all p-values of all columns together.
fn adjust(columns: &mut [ColumnDrift]) -> usize {
    let all = || {
        columns
            .iter()
            .flat_map(|column| [column.p_value, column.missing_p_value])
    };
    let adjusted = statistics::benjamini_hochberg(&all().flatten().collect::<Vec<f64>>());
    let family_size = adjusted.len();
    let mut next = adjusted.into_iter();
    for column in columns {
        column.p_adjusted = column.p_value.and_then(|_| next.next());
        column.missing_p_adjusted = column.missing_p_value.and_then(|_| next.next());
    }
    family_size
}

/// Adds the drift from a reference to a finished audit: the numbers, the findings and the outcome of each check.
///
/// # Errors
/// As [`drift`].
pub fn add_drift(
    report: &mut AuditReport,
    reference: &Dataset,
    current: &Dataset,
    progress: &Progress,
) -> Result<(), AuditError> {
    let found = drift(reference, current, progress)?;
    let findings = finding::findings(&found, current)?;
    let status = |info: super::registry::RuleInfo| CheckStatus {
        code: info.code.to_owned(),
        name: info.name(),
        outcome: if findings.iter().any(|finding| finding.code == info.code) {
            CheckOutcome::Found
        } else {
            CheckOutcome::Passed
        },
        reason: None,
    };
    report.checks.extend(INFOS.into_iter().map(status));
    report.checks.sort_by(|a, b| a.code.cmp(&b.code));
    report.findings.extend(findings);
    Finding::sort(&mut report.findings);
    report.provenance.inputs.push(reference.info.hash.clone());
    report.drift = Some(found);
    Ok(())
}
