//! `evaluate`: labels and scores → `Evaluation`.
//!
//! Invariant: a pure function of its arguments; the seed decides the intervals, nothing else is random.

use super::calibration::Calibration;
use super::curves::Curves;
use super::delong::{Components, DelongInterval, delong_interval};
use super::evaluation::{Evaluation, IntervalMethod, RowUse, ThresholdRule};
use super::explain;
use super::input::{EvalConfig, EvalError, EvalInput, UsableRows, check_length};
use super::interval::{NoInterval, Plan, Replicates, Sample};
use super::metric::{Metric, RowMetric};
use super::ranking::{RankingTable, grouped_rows};
use super::row_table::{RowTable, Scratch};
use super::segments;
use super::sorted::SortedScores;
use super::threshold::ThresholdTable;
use super::units::Units;
use crate::engine::artifact::Bilingual;
use crate::engine::progress::{Cancelled, Progress};
use std::collections::BTreeMap;

/// Entries of the threshold table kept in the artefact.
const MAX_THRESHOLDS: usize = 2000;
const ROW_STREAM: u64 = 1;
const GROUP_STREAM: u64 = 2;

/// Assesses one model on one set of rows.
///
/// Rows whose label or score is missing (NaN) are left out and counted.
///
/// # Errors
/// Lengths that differ, a label other than 0 or 1, no usable row, a bad setting, or cancelled.
pub fn evaluate(input: &EvalInput<'_>, config: &EvalConfig, progress: &Progress) -> Result<Evaluation, EvalError> {
    config.validate()?;
    check_columns(input)?;
    progress.phase("sorting scores", "得分排序");
    let usable = UsableRows::of(input.labels, &[input.scores])?;
    let scores = usable.take(input.scores);
    let sorted = SortedScores::new(&usable.labels, &scores);
    let thresholds = ThresholdTable::new(&sorted);
    let (threshold, rule) = choose_threshold(config, &thresholds);
    let codes: Option<Vec<u32>> = input.groups.map(|groups| usable.take(groups.codes));
    let units = Units::new(config.resample, codes.as_deref(), usable.rows.len());
    progress.check()?;

    progress.phase("ranking within groups", "组内排序");
    progress.set(0.05);
    let ranking = match input.groups {
        None => None,
        Some(groups) => {
            let grouped = grouped_rows(&usable.take(groups.codes));
            let settings = (&config.k[..], config.map_denominator);
            Some(RankingTable::new(
                &usable.labels,
                &scores,
                &grouped,
                settings,
                progress,
            )?)
        }
    };
    let delong = delong(&usable, &sorted, &units, config.alpha);
    let calibration = Calibration::of(&sorted, config.ece_bins, config.alpha);
    let curves = Curves::of(&sorted);
    let table = RowTable::new(sorted, threshold, config.ece_bins);
    let point = table.point();
    let mut evaluation = Evaluation {
        n: usable.rows.len() as u64,
        positives: table.sorted.positives,
        rows: RowUse {
            total: input.labels.len() as u64,
            used: usable.rows.len() as u64,
            missing_label: usable.missing_label as u64,
            missing_score: usable.missing_score as u64,
        },
        auc: defined(point[RowMetric::Auc as usize]),
        average_precision: defined(point[RowMetric::AveragePrecision as usize]),
        log_loss: defined(point[RowMetric::LogLoss as usize]),
        brier: defined(point[RowMetric::Brier as usize]),
        ece: defined(point[RowMetric::Ece as usize]),
        accuracy: defined(point[RowMetric::Accuracy as usize]),
        precision: defined(point[RowMetric::Precision as usize]),
        recall: defined(point[RowMetric::Recall as usize]),
        f1: defined(point[RowMetric::F1 as usize]),
        threshold,
        mcc: defined(point[RowMetric::Mcc as usize]),
        threshold_rule: rule,
        confusion: threshold.map(|threshold| thresholds.at(threshold).confusion),
        at_half: calibration.as_ref().map(|_| thresholds.at(0.5)),
        ranking: ranking_values(ranking.as_ref()),
        groups: ranking.as_ref().map(|ranking| ranking.summary.clone()),
        intervals: BTreeMap::new(),
        interval_method: None,
        auc_delong: delong,
        calibration,
        segments: segments::evaluate_segments(input, &usable, &scores, threshold, config),
        curves,
        thresholds: thresholds.compact(MAX_THRESHOLDS, threshold),
        undefined: BTreeMap::new(),
        warnings: Vec::new(),
        conventions: explain::conventions(config, input.groups.is_some()),
        config: config.clone(),
    };
    explain::undefined_metrics(&mut evaluation);
    add_intervals(&mut evaluation, &table, ranking.as_ref(), &units, progress)?;
    evaluation.warnings = explain::warnings(&evaluation);
    progress.set(1.0);
    Ok(evaluation)
}

fn check_columns(input: &EvalInput<'_>) -> Result<(), EvalError> {
    let rows = input.labels.len();
    if let Some(groups) = input.groups {
        check_length("the group column", rows, groups.codes.len())?;
    }
    for segment in &input.segments {
        let what = format!("the segment column `{}`", segment.column);
        check_length(&what, rows, segment.values.codes.len())?;
    }
    Ok(())
}

/// The given threshold, or the one with the best F1.
pub(crate) fn choose_threshold(config: &EvalConfig, table: &ThresholdTable) -> (Option<f64>, ThresholdRule) {
    match (config.threshold, table.best_f1()) {
        (Some(given), _) => (Some(given), ThresholdRule::Given),
        (None, Some(best)) => (Some(best), ThresholdRule::BestF1),
        (None, None) => (None, ThresholdRule::None),
    }
}

/// NaN, which marks "undefined" inside the engine, becomes `None`.
pub(crate) fn defined(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn delong(usable: &UsableRows, sorted: &SortedScores, units: &Units, alpha: f64) -> Option<DelongInterval> {
    let components = Components::of(sorted)?;
    delong_interval(&usable.labels, &components, units.of_row.as_deref(), alpha)
}

fn ranking_values(ranking: Option<&RankingTable>) -> BTreeMap<String, Option<f64>> {
    let Some(ranking) = ranking else { return BTreeMap::new() };
    let names = ranking.metrics.iter().map(|&metric| Metric::Ranking(metric).name());
    names.zip(ranking.point()).collect()
}

fn add_intervals(
    evaluation: &mut Evaluation,
    table: &RowTable,
    ranking: Option<&RankingTable>,
    units: &Units,
    progress: &Progress,
) -> Result<(), Cancelled> {
    let config = evaluation.config.clone();
    progress.phase("resampling", "重抽样");
    let share = if ranking.is_some() { 0.6 } else { 0.95 };
    let plan = |stream, progress| Plan {
        resamples: config.bootstrap,
        seed: config.seed,
        stream,
        progress,
    };
    let rows = row_replicates(table, units, plan(ROW_STREAM, (0.1, share)), progress)?;
    for metric in RowMetric::ALL {
        let metric_any = Metric::Row(metric);
        let interval = evaluation.value(metric_any).map(|point| {
            let sample = rows.column_or_empty(metric as usize);
            match metric {
                RowMetric::Ece => sample.basic(point, config.alpha),
                _ => sample.bca(point, config.alpha),
            }
        });
        record(evaluation, metric_any, interval);
    }
    if let Some(ranking) = ranking {
        let groups = ranking_replicates_of(&[ranking], plan(GROUP_STREAM, (share, 0.95)), progress)?;
        for (at, &metric) in ranking.metrics.iter().enumerate() {
            let metric = Metric::Ranking(metric);
            let interval = evaluation
                .value(metric)
                .map(|point| groups.column_or_empty(at).bca(point, config.alpha));
            record(evaluation, metric, interval);
        }
    }
    evaluation.interval_method = (!rows.is_empty()).then(|| IntervalMethod {
        level: 1.0 - config.alpha,
        resamples: config.bootstrap as u64,
        unit: if units.are_groups() { "group" } else { "row" }.to_owned(),
        num_units: units.count as u64,
        seed: config.seed,
    });
    Ok(())
}

/// Stores an interval or why there is none. A metric that is itself undefined has its reason already.
fn record(evaluation: &mut Evaluation, metric: Metric, interval: Option<Result<[f64; 2], NoInterval>>) {
    let name = metric.name();
    let interval: Option<[f64; 2]> = match interval {
        None => None,
        Some(Ok(interval)) => Some(interval),
        Some(Err(why)) => {
            let reason: Bilingual = why.reason();
            evaluation.undefined.insert(format!("interval of {name}"), reason);
            None
        }
    };
    evaluation.intervals.insert(name, interval);
}

impl Replicates {
    fn column_or_empty(&self, at: usize) -> Sample {
        if self.is_empty() {
            Sample::default()
        } else {
            self.column(at)
        }
    }
}

/// All row metrics of every resample.
fn row_replicates(table: &RowTable, units: &Units, plan: Plan, progress: &Progress) -> Result<Replicates, Cancelled> {
    match &units.of_row {
        // Rows are exchangeable, so a weight may be read by sorted position at once.
        None => Replicates::run(units.count, plan, progress, |weights, scratch: &mut Scratch| {
            table.weighted(&|at| weights[at], scratch).to_vec()
        }),
        Some(_) => {
            let unit_at = units.in_order(&table.sorted.order);
            Replicates::run(units.count, plan, progress, |weights, scratch: &mut Scratch| {
                table.weighted(&|at| weights[unit_at[at] as usize], scratch).to_vec()
            })
        }
    }
}

/// All ranking metrics of all tables, one after the other, in every resample of the groups they share.
pub(crate) fn ranking_replicates_of(
    tables: &[&RankingTable],
    plan: Plan,
    progress: &Progress,
) -> Result<Replicates, Cancelled> {
    let num_groups = tables.first().map_or(0, |table| table.num_groups());
    Replicates::run(num_groups, plan, progress, |weights, (): &mut ()| {
        tables.iter().flat_map(|table| table.weighted_means(weights)).collect()
    })
}
