//! The effect in parts of the units, and whether it is the same in all.
//!
//! Cochran's Q over the parts (Cochran, Biometrics 1954), Holm over the questions asked. Invariant: a unit is in
//! one part of a column at most, by the value of its first row.

use super::analyse::infer;
use super::config::ExperimentConfig;
use super::report::{SegmentColumn, SegmentPart};
use super::table::{MISSING, UnitTable};
use super::tails::chi_square_upper;
use super::values::UnitSums;
use crate::engine::compare::holm;
use crate::engine::experiment::config::MetricSpec;

/// Parts beyond this are left to a smaller question.
const MOST_PARTS: usize = 30;
const LEAST_UNITS: u64 = 2;

pub(super) fn segments(
    spec: &MetricSpec,
    sums: &UnitSums<'_>,
    table: &UnitTable,
    config: &ExperimentConfig,
) -> Vec<SegmentColumn> {
    let mut columns = Vec::new();
    for segment in &table.segments {
        for arm in 1..table.arms.len() {
            let mut order: Vec<u32> = (0..segment.values.len() as u32).collect();
            order.sort_by(|a, b| segment.values[*a as usize].cmp(&segment.values[*b as usize]));
            let parts = order.into_iter().take(MOST_PARTS).filter_map(|code| {
                let keep = |unit: usize| segment.codes[unit] == code && code != MISSING;
                part(spec, sums, arm, (&segment.values[code as usize], config), keep)
            });
            let parts: Vec<SegmentPart> = parts.collect();
            columns.push(SegmentColumn {
                column: segment.name.clone(),
                metric: spec.name.clone(),
                treatment: table.arms[arm].clone(),
                interaction_p_value: interaction(&parts),
                interaction_p_adjusted: None,
                parts,
            });
        }
    }
    let p_values: Vec<Option<f64>> = columns.iter().map(|column| column.interaction_p_value).collect();
    for (column, adjusted) in columns.iter_mut().zip(holm(&p_values)) {
        column.interaction_p_adjusted = adjusted;
    }
    columns
}

fn part(
    spec: &MetricSpec,
    sums: &UnitSums<'_>,
    arm: usize,
    (value, config): (&str, &ExperimentConfig),
    keep: impl Fn(usize) -> bool + Copy,
) -> Option<SegmentPart> {
    let (control_units, _) = sums.summary(0, keep);
    let (treatment_units, _) = sums.summary(arm, keep);
    if control_units < LEAST_UNITS || treatment_units < LEAST_UNITS {
        return None;
    }
    Some(SegmentPart {
        value: value.to_owned(),
        control_units,
        treatment_units,
        inference: infer(spec, sums, arm, config, keep)?,
    })
}

/// p-value of "the absolute effect is the same in all parts".
fn interaction(parts: &[SegmentPart]) -> Option<f64> {
    let known: Vec<(f64, f64)> = parts
        .iter()
        .filter_map(|part| {
            let error = part.inference.standard_error.filter(|error| *error > 0.0)?;
            Some((part.inference.delta?, error.powi(-2)))
        })
        .collect();
    if known.len() < 2 {
        return None;
    }
    let total: f64 = known.iter().map(|(_, weight)| weight).sum();
    let average = known.iter().map(|(delta, weight)| delta * weight).sum::<f64>() / total;
    let q: f64 = known
        .iter()
        .map(|(delta, weight)| weight * (delta - average).powi(2))
        .sum();
    chi_square_upper(q, known.len() as f64 - 1.0)
}
