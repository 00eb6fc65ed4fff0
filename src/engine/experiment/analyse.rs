//! One metric from unit sums to a result: estimates, the chosen inference, the others beside it.
//!
//! Invariant: all methods of a treatment read the same units.

use super::arm::ArmSummary;
use super::config::{ExperimentConfig, Method, MetricKind, MetricSpec};
use super::difference::{compare, relative};
use super::report::{ArmResult, Inference, InferenceMethod, MetricResult, Reading, TreatmentResult};
use super::sequential::always_valid;
use super::table::UnitTable;
use super::tails::normal_quantile;
use super::values::{MetricColumns, UnitSums};
use super::{bayes, bootstrap, cuped, outlier, over_time, wording};
use crate::engine::progress::{Cancelled, Progress};

/// Power of "the effect this test could show".
const POWER: f64 = 0.8;

pub(super) fn metric(
    spec: &MetricSpec,
    columns: &MetricColumns,
    table: &UnitTable,
    config: &ExperimentConfig,
    progress: &Progress,
) -> Result<MetricResult, Cancelled> {
    let sums = UnitSums::of_all_rows(spec, columns, table);
    let (n, control) = sums.summary(0, |_| true);
    let control_result = arm_result(table, 0, (n, sums.missing(0)), control.as_ref());
    let mut treatments = Vec::new();
    for arm in 1..table.arms.len() {
        progress.check()?;
        treatments.push(treatment(
            spec,
            &sums,
            (arm, control.as_ref()),
            table,
            config,
            progress,
        )?);
    }
    if !table.rows_by_day.is_empty() {
        let over_days = over_time::effects((spec, columns), table, config, progress)?;
        for (treatment, (cumulative, daily)) in treatments.iter_mut().zip(over_days) {
            treatment.trend_p_value = over_time::trend(&daily);
            treatment.cumulative = cumulative;
            treatment.daily = daily;
        }
    }
    Ok(MetricResult {
        name: spec.name.clone(),
        kind: spec.kind,
        role: spec.role,
        lower_is_better: spec.lower_is_better,
        definition: wording::definition(spec),
        control: control_result,
        treatments,
    })
}

fn arm_result(table: &UnitTable, arm: usize, (n, missing): (u64, u64), summary: Option<&ArmSummary>) -> ArmResult {
    ArmResult {
        name: table.arms[arm].clone(),
        n,
        missing,
        estimate: summary.map(|summary| summary.estimate),
        standard_deviation: summary.map(|summary| summary.variance.sqrt()),
        estimate_standard_error: summary.map(ArmSummary::standard_error),
    }
}

/// The inference of the chosen method on some of the units, without bootstrap (which falls back to the formula).
pub(super) fn infer(
    spec: &MetricSpec,
    sums: &UnitSums<'_>,
    arm: usize,
    config: &ExperimentConfig,
    keep: impl Fn(usize) -> bool + Copy,
) -> Option<Inference> {
    let (control_units, control) = sums.summary(0, keep);
    let (treatment_units, treatment) = sums.summary(arm, keep);
    let raw = compare(spec.kind, &control?, &treatment?, config.alpha);
    let units = (control_units + treatment_units) as f64;
    let chosen = match config.method {
        Method::Cuped if config.covariate_of(spec).is_some() => {
            cuped::adjust(spec.kind, &sums.arm(0, keep), &sums.arm(arm, keep), config.alpha).map(|found| found.0)
        }
        Method::Sequential => always_valid(&raw, units, config.alpha, config.sequential_units),
        Method::Bayes => Some(credible(&raw, config.alpha)),
        Method::Cuped | Method::Welch | Method::Bootstrap => None,
    };
    Some(chosen.unwrap_or(raw))
}

/// Flat prior: the posterior of the difference is N(delta, se²); no p-value.
fn credible(raw: &Inference, alpha: f64) -> Inference {
    let z = normal_quantile(1.0 - alpha / 2.0);
    let interval = raw
        .delta
        .zip(raw.standard_error)
        .map(|(delta, error)| [delta - z * error, delta + z * error]);
    Inference {
        method: InferenceMethod::Bayes,
        interval,
        statistic: None,
        degrees_of_freedom: None,
        p_value: None,
        ..raw.clone()
    }
}

fn treatment(
    spec: &MetricSpec,
    sums: &UnitSums<'_>,
    (arm, control): (usize, Option<&ArmSummary>),
    table: &UnitTable,
    config: &ExperimentConfig,
    progress: &Progress,
) -> Result<TreatmentResult, Cancelled> {
    let (n, summary) = sums.summary(arm, |_| true);
    let mut result = TreatmentResult {
        arm: arm_result(table, arm, (n, sums.missing(arm)), summary.as_ref()),
        inference: Inference::default(),
        p_adjusted: None,
        probability_to_beat: None,
        expected_loss: None,
        detectable: None,
        detectable_relative: None,
        alternatives: Vec::new(),
        cuped: None,
        cumulative: Vec::new(),
        daily: Vec::new(),
        trend_p_value: None,
        outliers: None,
        reading: Reading::default(),
        undefined: None,
    };
    let (Some(control), Some(treatment)) = (control, summary.as_ref()) else {
        result.undefined = Some(wording::no_estimate(spec));
        return Ok(result);
    };
    let raw = compare(spec.kind, control, treatment, config.alpha);
    let units = control.n + treatment.n;
    let mut all = vec![raw.clone()];
    if spec.kind != MetricKind::Quantile {
        let values = (sums.arm(0, |_| true), sums.arm(arm, |_| true));
        if config.covariate_of(spec).is_some()
            && let Some((adjusted, cuped)) = cuped::adjust(spec.kind, &values.0, &values.1, config.alpha)
        {
            all.push(adjusted);
            result.cuped = Some(cuped);
        }
        if let Some((winsorised, outliers)) =
            outlier::winsorise(spec.kind, (&values.0, &values.1), &raw, (config.winsor, config.alpha))
        {
            all.push(winsorised);
            result.outliers = Some(outliers);
        }
        if config.method == Method::Bootstrap {
            let setting = (config.bootstrap, config.seed, config.alpha);
            all.extend(bootstrap::bootstrap(
                spec.kind,
                (&values.0, &values.1),
                setting,
                progress,
            )?);
        }
    }
    all.extend(always_valid(&raw, units, config.alpha, config.sequential_units));
    if let Some(belief) = bayes::belief(spec.kind, (control, treatment), &raw) {
        let (probability, loss) = belief.of_better(spec.lower_is_better);
        result.probability_to_beat = Some(probability);
        result.expected_loss = Some(loss);
        all.push(credible(&raw, config.alpha));
    }
    choose(&mut result, all, config.method);
    if result.inference.standard_error.is_none() {
        result.undefined = Some(wording::no_error(spec));
    }
    let reach = normal_quantile(1.0 - config.alpha / 2.0) + normal_quantile(POWER);
    result.detectable = result.inference.standard_error.map(|error| reach * error);
    result.detectable_relative = result.detectable.and_then(|effect| relative(effect, control.estimate));
    Ok(result)
}

/// The chosen method becomes the result, the others its alternatives; a metric the method cannot read keeps
/// the formula of its kind.
fn choose(result: &mut TreatmentResult, mut all: Vec<Inference>, method: Method) {
    let wanted = match method {
        Method::Welch => None,
        Method::Cuped => Some(InferenceMethod::Cuped),
        Method::Sequential => Some(InferenceMethod::Sequential),
        Method::Bayes => Some(InferenceMethod::Bayes),
        Method::Bootstrap => Some(InferenceMethod::Bootstrap),
    };
    let at = all
        .iter()
        .position(|inference| Some(inference.method) == wanted)
        .unwrap_or(0);
    result.inference = all.remove(at);
    result.alternatives = all;
}
