//! Experiment: a randomised test read from a log.
//!
//! `Dataset` and `ExperimentConfig` in, `ExperimentReport` out: rows → units and arms (`table`) → sums by unit
//! (`values`) → estimates (`arm`, `quantile`) → differences (`difference`, `cuped`, `sequential`, `bayes`,
//! `bootstrap`, `outlier`) → time, segments, checks, verdict. `design` plans a test before it runs.
//! Invariant: units, not rows, are taken as independent; rows are each accounted for.

mod analyse;
mod arm;
mod assignment;
mod bayes;
mod bootstrap;
mod checks;
pub mod config;
mod cuped;
pub mod design;
mod difference;
mod error;
mod input;
mod outlier;
mod over_time;
mod propose;
mod quantile;
pub mod report;
mod segments;
mod sequential;
mod table;
mod tails;
mod values;
mod verdict;
mod wording;

#[cfg(test)]
mod real_data_tests;
#[cfg(test)]
mod reference_tests;

pub use config::{ExperimentConfig, Method, MetricKind, MetricRole, MetricSpec};
pub use design::{Design, DesignError, DesignKind, Plan, plan};
pub use error::ExperimentError;
pub use propose::propose;
pub use report::{CheckStatus, Decision, ExperimentReport, Inference, InferenceMethod, Reading, TreatmentResult};

use crate::engine::compare::holm;
use crate::engine::ingest::Dataset;
use crate::engine::progress::Progress;
use report::{MetricResult, Variant};
use table::{LogColumns, UnitTable};
use values::{MetricColumns, UnitSums};

/// Reads an experiment. The first metric is the goal where none is.
///
/// # Errors
/// Settings that contradict each other or the table; cancellation.
pub fn experiment(
    dataset: &Dataset,
    config: &ExperimentConfig,
    progress: &Progress,
) -> Result<ExperimentReport, ExperimentError> {
    let mut config = config.clone();
    config.validate()?;
    if config.metrics.iter().all(|metric| metric.role != MetricRole::Goal)
        && let Some(first) = config.metrics.first_mut()
    {
        first.role = MetricRole::Goal;
    }
    progress.phase("grouping rows by unit", "按单元归并");
    let log = input::log_columns(dataset, &config)?;
    progress.check()?;
    let table = UnitTable::new(&log, &config)?;
    let columns = input::metric_columns(dataset, &config, &table)?;
    progress.set(0.3);
    let mut report = analyse(&log, (&table, &columns), &config, progress)?;
    report.name = dataset.info.name.clone();
    report.input = dataset.info.hash.clone();
    progress.set(1.0);
    Ok(report)
}

/// Everything after reading.
fn analyse(
    log: &LogColumns,
    (table, columns): (&UnitTable, &[MetricColumns]),
    config: &ExperimentConfig,
    progress: &Progress,
) -> Result<ExperimentReport, ExperimentError> {
    let srm = assignment::check(table, config)?;
    progress.phase("estimating effects", "估计效果");
    let mut metrics = Vec::with_capacity(columns.len());
    for (number, (spec, columns)) in config.metrics.iter().zip(columns).enumerate() {
        metrics.push(analyse::metric(spec, columns, table, config, progress)?);
        progress.set(0.3 + 0.6 * (number + 1) as f64 / config.metrics.len() as f64);
    }
    adjust(&mut metrics);
    verdict::read(&mut metrics, config.alpha);
    progress.phase("comparing segments", "比较分群");
    let goal = config.metrics.iter().position(|metric| metric.role == MetricRole::Goal);
    let segments = goal.map_or_else(Vec::new, |goal| {
        let spec = &config.metrics[goal];
        segments::segments(spec, &UnitSums::of_all_rows(spec, &columns[goal], table), table, config)
    });
    progress.check()?;
    let days = over_time::day_range(table);
    let checks = checks::checks(&checks::Seen {
        config,
        table,
        columns,
        srm: &srm,
        metrics: &metrics,
        days: days.as_ref(),
    });
    let sizes = table.arm_sizes();
    let variants = table.arms.iter().zip(&sizes).map(|(name, &units)| Variant {
        name: name.clone(),
        units,
        share: units as f64 / table.num_units() as f64,
    });
    debug_assert_eq!(table.rows.total, log.units.len() as u64);
    Ok(ExperimentReport {
        name: String::new(),
        input: crate::engine::artifact::ContentHash::default(),
        config: config.clone(),
        rows: table.rows,
        units: table.num_units() as u64,
        variants: variants.collect(),
        days,
        verdict: verdict::verdict(&metrics, &srm, &checks, config),
        srm,
        metrics,
        segments,
        checks,
    })
}

/// Holm within each role, over metrics and treatments.
fn adjust(metrics: &mut [MetricResult]) {
    for role in [MetricRole::Goal, MetricRole::Secondary, MetricRole::Guardrail] {
        let mut family: Vec<&mut TreatmentResult> = metrics
            .iter_mut()
            .filter(|metric| metric.role == role)
            .flat_map(|metric| &mut metric.treatments)
            .collect();
        let p_values: Vec<Option<f64>> = family.iter().map(|treatment| treatment.inference.p_value).collect();
        for (treatment, adjusted) in family.iter_mut().zip(holm(&p_values)) {
            treatment.p_adjusted = adjusted;
        }
    }
}
