//! `compare`: scores of several models → `Comparison`.
//!
//! Invariant: a pure function of its arguments; results stand in the order metric, then pair.

use super::comparison::{CompareConfig, CompareInput, ComparedModel, Comparison, PairResult, SegmentComparison};
use super::difference::{difference, largest_changes, pair_result};
use super::multiplicity::holm;
use super::prepare::{CommonRows, Prepared};
use super::verdict;
use crate::engine::artifact::Bilingual;
use crate::engine::eval::{EvalError, Metric, RowUse, UsableRows, split, value_name};
use crate::engine::progress::Progress;

/// Share of the progress left for the segments.
const SEGMENT_SHARE: f64 = 0.25;
const FEW_GROUPS: u64 = 30;

/// Compares every pair of models on every metric.
///
/// Rows in which the label or any model's score is missing are left out for all and counted.
///
/// # Errors
/// Fewer than two models, lengths that differ, labels other than 0 or 1, no common row, a bad setting, or cancelled.
pub fn compare(input: &CompareInput<'_>, config: &CompareConfig, progress: &Progress) -> Result<Comparison, EvalError> {
    config.validate()?;
    progress.phase("preparing models", "准备模型");
    let (rows, usable) = CommonRows::of(input)?;
    let metrics = config.family(input.groups.is_some());
    let thresholds = rows.thresholds(config);
    let to = if input.segments.is_empty() {
        0.9
    } else {
        0.9 - SEGMENT_SHARE
    };
    progress.phase("resampling", "重抽样");
    let prepared = Prepared::new(&rows, &thresholds, &metrics, config, (progress, (0.05, to)))?;
    progress.phase("testing differences", "检验差异");
    let mut pairs = all_pairs(input, &prepared, &metrics, progress)?;
    let adjusted = holm(&pairs.iter().map(|pair| pair.p_value).collect::<Vec<_>>());
    for (pair, adjusted) in pairs.iter_mut().zip(&adjusted) {
        pair.p_adjusted = *adjusted;
        verdict::judge(pair, 1.0 - config.alpha, config.alpha);
    }
    progress.phase("comparing segments", "对比分段");
    let segments = compare_segments(input, &rows, &usable, &thresholds, (&metrics, config, progress))?;
    let summary = prepared
        .models
        .first()
        .and_then(|model| model.ranking.as_ref())
        .map(|table| &table.summary);
    let mut comparison = Comparison {
        models: compared_models(input, &prepared, &metrics),
        primary_metric: metrics[0],
        metrics,
        n: usable.rows.len() as u64,
        positives: rows.labels.iter().filter(|&&label| label).count() as u64,
        rows: RowUse {
            total: input.labels.len() as u64,
            used: usable.rows.len() as u64,
            missing_label: usable.missing_label as u64,
            missing_score: usable.missing_score as u64,
        },
        num_groups: summary.map(|summary| summary.used),
        unit: if prepared.units.are_groups() { "group" } else { "row" }.to_owned(),
        family_size: adjusted.iter().flatten().count() as u64,
        pairs,
        segments,
        correction: "holm".to_owned(),
        best: None,
        verdict: Bilingual::default(),
        warnings: Vec::new(),
        config: config.clone(),
    };
    comparison.best = verdict::best_model(&comparison);
    comparison.verdict = verdict::overall(&comparison);
    comparison.warnings = warnings(&comparison);
    progress.set(1.0);
    Ok(comparison)
}

fn positions(num_models: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..num_models).flat_map(move |a| (a + 1..num_models).map(move |b| (a, b)))
}

fn all_pairs(
    input: &CompareInput<'_>,
    prepared: &Prepared<'_>,
    metrics: &[Metric],
    progress: &Progress,
) -> Result<Vec<PairResult>, EvalError> {
    let mut pairs = Vec::new();
    for &metric in metrics {
        for (a, b) in positions(input.models.len()) {
            progress.check()?;
            let found = difference(prepared, (a, b), metric, progress)?;
            let names = (input.models[a].name, input.models[b].name);
            let mut result = pair_result(prepared, (a, b), names, metric, found);
            if let (Metric::Ranking(ranking), Some(groups)) = (metric, input.groups) {
                result.largest_changes = largest_changes(prepared, (a, b), ranking, groups);
            }
            pairs.push(result);
        }
    }
    Ok(pairs)
}

fn compared_models(input: &CompareInput<'_>, prepared: &Prepared<'_>, metrics: &[Metric]) -> Vec<ComparedModel> {
    let values = |tables: &super::prepare::ModelTables| {
        metrics
            .iter()
            .map(|&metric| (metric.name(), tables.value(metric)))
            .collect()
    };
    input
        .models
        .iter()
        .zip(&prepared.models)
        .map(|(model, tables)| ComparedModel {
            name: model.name.to_owned(),
            threshold: tables.threshold,
            metrics: values(tables),
        })
        .collect()
}

/// The deciding metric within each value of each segment column.
fn compare_segments(
    input: &CompareInput<'_>,
    rows: &CommonRows,
    usable: &UsableRows,
    thresholds: &[Option<f64>],
    (metrics, config, progress): (&[Metric], &CompareConfig, &Progress),
) -> Result<Vec<SegmentComparison>, EvalError> {
    let primary = &metrics[..1];
    let mut found = Vec::new();
    for segment in &input.segments {
        let parts = split(segment, usable);
        let mut column: Vec<SegmentComparison> = Vec::new();
        for part in &parts {
            progress.check()?;
            let subset = rows.subset(&part.positions);
            let at = 0.9 - SEGMENT_SHARE;
            let prepared = Prepared::new(&subset, thresholds, primary, config, (progress, (at, at)))?;
            for (a, b) in positions(input.models.len()) {
                let difference = difference(&prepared, (a, b), primary[0], progress)?;
                column.push(SegmentComparison {
                    column: segment.column.to_owned(),
                    value: value_name(segment, part.code),
                    a: input.models[a].name.to_owned(),
                    b: input.models[b].name.to_owned(),
                    metric: primary[0],
                    n: part.positions.len() as u64,
                    positives: subset.labels.iter().filter(|&&label| label).count() as u64,
                    value_a: prepared.models[a].value(primary[0]),
                    value_b: prepared.models[b].value(primary[0]),
                    delta: difference.delta,
                    interval: difference.interval,
                    p_value: difference.p_value,
                    p_adjusted: None,
                });
            }
        }
        adjust_by_pair(&mut column);
        found.extend(column);
    }
    Ok(found)
}

/// Holm within each pair over the segments of one column.
fn adjust_by_pair(column: &mut [SegmentComparison]) {
    let mut names: Vec<(String, String)> = column.iter().map(|part| (part.a.clone(), part.b.clone())).collect();
    names.sort();
    names.dedup();
    for (a, b) in names {
        let mut own: Vec<&mut SegmentComparison> =
            column.iter_mut().filter(|part| part.a == a && part.b == b).collect();
        let adjusted = holm(&own.iter().map(|part| part.p_value).collect::<Vec<_>>());
        for (part, adjusted) in own.iter_mut().zip(adjusted) {
            part.p_adjusted = adjusted;
        }
    }
}

fn warnings(comparison: &Comparison) -> Vec<Bilingual> {
    let mut found = Vec::new();
    let left_out = comparison.rows.total - comparison.rows.used;
    if left_out > 0 {
        found.push(Bilingual::new(
            format!(
                "{left_out} of {} rows are left out: the label or a model's score is missing",
                comparison.rows.total
            ),
            format!(
                "{} 行中有 {left_out} 行未参与：缺标签或某个模型的得分",
                comparison.rows.total
            ),
        ));
    }
    if let Some(groups) = comparison.num_groups.filter(|&groups| groups < FEW_GROUPS) {
        found.push(Bilingual::new(
            format!("only {groups} groups have a positive: tests over groups have little power"),
            format!("只有 {groups} 组含正样本：按组检验的功效很低"),
        ));
    }
    let at_best_f1 = comparison.config.threshold.is_none()
        && comparison
            .metrics
            .iter()
            .any(|metric| matches!(metric, Metric::Row(row) if row.needs_threshold()));
    if at_best_f1 {
        found.push(Bilingual::new(
            "threshold metrics are read at each model's own best-F1 threshold on these rows; give one threshold to compare at the same point",
            "阈值类指标按各模型在本数据上 F1 最优的阈值计算；如需同一阈值请指定",
        ));
    }
    found
}
