//! Does the answer hang on a few large values? The same test with values above a high quantile set to it.
//!
//! The limit is a quantile of the pooled unit values, so both arms are cut alike. Invariant: ranks are kept.

use super::arm::ArmValues;
use super::config::MetricKind;
use super::difference::compare;
use super::quantile::interpolated;
use super::report::{Inference, InferenceMethod, Outliers};

const TOP_SHARE_OF_UNITS: f64 = 0.001;

/// Winsorised inference beside the raw one; sums only (`Mean`), `None` where nothing is cut.
pub(super) fn winsorise(
    kind: MetricKind,
    (control, treatment): (&ArmValues, &ArmValues),
    raw: &Inference,
    (quantile, alpha): (f64, f64),
) -> Option<(Inference, Outliers)> {
    if kind != MetricKind::Mean {
        return None;
    }
    let mut pooled = [control.numerator.as_slice(), &treatment.numerator].concat();
    if pooled.is_empty() {
        return None;
    }
    pooled.sort_unstable_by(f64::total_cmp);
    let limit = interpolated(&pooled, quantile);
    let units_above = pooled.len() - pooled.partition_point(|value| *value <= limit);
    let total: f64 = pooled.iter().sum();
    let top = ((pooled.len() as f64 * TOP_SHARE_OF_UNITS).ceil() as usize).min(pooled.len());
    let top_sum: f64 = pooled[pooled.len() - top..].iter().sum();
    let top_share = (pooled[0] >= 0.0 && total > 0.0).then(|| top_sum / total);
    let cut = |arm: &ArmValues| ArmValues {
        numerator: arm.numerator.iter().map(|value| value.min(limit)).collect(),
        ..ArmValues::default()
    };
    let (control, treatment) = (cut(control).summary(kind)?, cut(treatment).summary(kind)?);
    let found = Inference {
        method: InferenceMethod::Winsorised,
        ..compare(kind, &control, &treatment, alpha)
    };
    let changes_the_answer = reading(raw) != reading(&found);
    let outliers = Outliers {
        limit,
        units_above: units_above as u64,
        top_share,
        changes_the_answer,
    };
    Some((found, outliers))
}

/// -1, 0 or 1: worse, not told, better.
fn reading(inference: &Inference) -> i8 {
    match inference.interval {
        Some([low, _]) if low > 0.0 => 1,
        Some([_, high]) if high < 0.0 => -1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_huge_value_is_cut_and_told() {
        let arm = |extra: f64| ArmValues {
            numerator: (0..1000).map(|i| f64::from(i % 10)).chain([extra]).collect(),
            ..ArmValues::default()
        };
        let (control, treatment) = (arm(5.0), arm(1e6));
        let summary = |arm: &ArmValues| arm.summary(MetricKind::Mean).expect("defined");
        let raw = compare(MetricKind::Mean, &summary(&control), &summary(&treatment), 0.05);
        let (found, outliers) = winsorise(MetricKind::Mean, (&control, &treatment), &raw, (0.999, 0.05)).expect("cut");
        assert_eq!((outliers.limit, outliers.units_above), (9.0, 1));
        assert!(outliers.top_share.expect("positive") > 0.98);
        assert!(found.delta.expect("defined").abs() < 0.01 && raw.delta.expect("defined") > 900.0);
    }
}
