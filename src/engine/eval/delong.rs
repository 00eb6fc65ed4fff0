//! DeLong's variance of an AUC and of the difference of two AUCs on the same rows.
//!
//! DeLong, DeLong, Clarke-Pearson, Biometrics 44 (1988) 837–845, computed from sorted blocks in the manner of
//! Sun and Xu, IEEE SPL 21 (2014); for rows that come in groups, Obuchowski, Biometrics 53 (1997) 567–578.
//!
//! Invariant: a negative variance is never returned; an undefined one is `None`.

use super::sorted::SortedScores;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// The structural components of one model's AUC.
#[derive(Clone, Debug)]
pub(crate) struct Components {
    pub auc: f64,
    /// For a positive row the share of negatives it beats, for a negative row the share of positives that beat it.
    pub value: Vec<f64>,
}

impl Components {
    /// Components in row order; `None` unless both classes are there.
    pub fn of(sorted: &SortedScores) -> Option<Self> {
        if !sorted.two_classes() {
            return None;
        }
        let (positives, negatives) = (sorted.positives as f64, sorted.negatives as f64);
        let mut value = vec![0.0; sorted.len()];
        let mut sum = 0.0;
        for block in sorted.blocks() {
            let below = sorted.negatives - block.negatives_above - block.negatives;
            let beats = (below as f64 + 0.5 * block.negatives as f64) / negatives;
            let beaten = (block.positives_above as f64 + 0.5 * block.positives as f64) / positives;
            sum += block.positives as f64 * beats;
            for at in block.start..block.end {
                value[sorted.order[at] as usize] = if sorted.positive[at] { beats } else { beaten };
            }
        }
        Some(Self {
            auc: sum / positives,
            value,
        })
    }
}

/// Variance of the mean of `contrast` components, where `contrast[row]` is one model's component, or the
/// difference of two models'. Rows are independent, or whole `groups` are.
///
/// `None` with fewer than two positives or negatives (rows) or two groups.
pub(crate) fn contrast_variance(labels: &[bool], contrast: &[f64], groups: Option<&[u32]>) -> Option<f64> {
    match groups {
        None => row_variance(labels, contrast),
        Some(groups) => group_variance(labels, contrast, groups),
    }
}

fn row_variance(labels: &[bool], contrast: &[f64]) -> Option<f64> {
    let class = |wanted: bool| -> Option<f64> {
        let values = || {
            labels
                .iter()
                .zip(contrast)
                .filter(move |&(&label, _)| label == wanted)
                .map(|(_, &value)| value)
        };
        let count = values().count();
        if count < 2 {
            return None;
        }
        let mean = values().sum::<f64>() / count as f64;
        let squares: f64 = values().map(|value| (value - mean).powi(2)).sum();
        Some(squares / (count - 1) as f64 / count as f64)
    };
    Some(class(true)? + class(false)?)
}

/// Obuchowski's sums over clusters; rows whose code repeats belong together.
fn group_variance(labels: &[bool], contrast: &[f64], groups: &[u32]) -> Option<f64> {
    let mean = |wanted: bool| -> Option<(f64, f64)> {
        let picked = labels.iter().zip(contrast).filter(|&(&label, _)| label == wanted);
        let (count, sum) = picked.fold((0.0, 0.0), |(count, sum), (_, &value)| (count + 1.0, sum + value));
        (count > 0.0).then(|| (count, sum / count))
    };
    let (positives, mean_positive) = mean(true)?;
    let (negatives, mean_negative) = mean(false)?;
    let num_codes = groups.iter().copied().max()? as usize + 1;
    // Deviations summed within each group, positives and negatives apart, and whether the group has any.
    let mut sums = vec![(0.0_f64, 0.0_f64, false, false); num_codes];
    for ((&label, &value), &group) in labels.iter().zip(contrast).zip(groups) {
        let sum = &mut sums[group as usize];
        if label {
            sum.0 += value - mean_positive;
            sum.2 = true;
        } else {
            sum.1 += value - mean_negative;
            sum.3 = true;
        }
    }
    let count = |has: fn(&(f64, f64, bool, bool)) -> bool| sums.iter().filter(|sum| has(sum)).count() as f64;
    let with_positives = count(|sum| sum.2);
    let with_negatives = count(|sum| sum.3);
    let used = count(|sum| sum.2 || sum.3);
    if with_positives < 2.0 || with_negatives < 2.0 {
        return None;
    }
    let correct = |n: f64| n / (n - 1.0);
    let s10: f64 = correct(with_positives) * sums.iter().map(|sum| sum.0 * sum.0).sum::<f64>();
    let s01: f64 = correct(with_negatives) * sums.iter().map(|sum| sum.1 * sum.1).sum::<f64>();
    let s11: f64 = correct(used) * sums.iter().map(|sum| sum.0 * sum.1).sum::<f64>();
    let variance = s10 / (positives * positives) + s01 / (negatives * negatives) + 2.0 * s11 / (positives * negatives);
    Some(variance.max(0.0))
}

/// An AUC's standard error and Wald interval by DeLong, a check on the bootstrap.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DelongInterval {
    pub standard_error: f64,
    /// AUC ± z·SE, cut to 0..=1.
    pub interval: [f64; 2],
    /// True when whole groups were taken as independent (Obuchowski), false for rows.
    pub clustered: bool,
}

/// `None` where the variance is undefined or zero.
pub(crate) fn delong_interval(
    labels: &[bool],
    components: &Components,
    groups: Option<&[u32]>,
    alpha: f64,
) -> Option<DelongInterval> {
    let variance = contrast_variance(labels, &components.value, groups)?;
    if variance <= 0.0 {
        return None;
    }
    let standard_error = variance.sqrt();
    let half = normal_quantile(1.0 - alpha / 2.0) * standard_error;
    Some(DelongInterval {
        standard_error,
        interval: [(components.auc - half).max(0.0), (components.auc + half).min(1.0)],
        clustered: groups.is_some(),
    })
}

/// Quantile of the standard normal distribution, `0 < p < 1`.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// Distribution function of the standard normal.
pub(crate) fn normal_cdf(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_definition_over_pairs() {
        // Brute force over the psi(x, y) matrix of DeLong's section 2.
        let labels = [true, true, true, false, false, false, false];
        let scores = [0.9, 0.6, 0.3, 0.6, 0.2, 0.1, 0.3];
        let components = Components::of(&SortedScores::new(&labels, &scores)).expect("two classes");
        let psi = |x: f64, y: f64| {
            if x > y {
                1.0
            } else if x == y {
                0.5
            } else {
                0.0
            }
        };
        for row in 0..7 {
            let others: Vec<usize> = (0..7).filter(|&other| labels[other] != labels[row]).collect();
            let expected = others
                .iter()
                .map(|&other| {
                    if labels[row] {
                        psi(scores[row], scores[other])
                    } else {
                        psi(scores[other], scores[row])
                    }
                })
                .sum::<f64>()
                / others.len() as f64;
            assert!((components.value[row] - expected).abs() < 1e-15, "row {row}");
        }
        // Wins 4 + 3.5 + 2.5 of 12 pairs; variances 0.1458333/3 and 0.0787037/4 by hand from the components.
        assert!((components.auc - 10.0 / 12.0).abs() < 1e-15);
        let v10 = [1.0, 0.875, 0.625];
        let v01 = [0.5, 1.0, 1.0, 2.5 / 3.0];
        let var = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64 / values.len() as f64
        };
        let variance = contrast_variance(&labels, &components.value, None).expect("defined");
        assert!((variance - var(&v10) - var(&v01)).abs() < 1e-15, "{variance}");
    }

    #[test]
    fn single_row_groups_agree_with_rows_up_to_the_small_sample_factor() {
        let mut draws = crate::engine::random::Draws::new(8, &[]);
        let labels: Vec<bool> = (0..2000).map(|_| draws.chance(0.4)).collect();
        let scores: Vec<f64> = labels.iter().map(|&label| draws.normal() + f64::from(label)).collect();
        let components = Components::of(&SortedScores::new(&labels, &scores)).expect("two classes");
        let groups: Vec<u32> = (0..2000).collect();
        let rows = contrast_variance(&labels, &components.value, None).expect("defined");
        let grouped = contrast_variance(&labels, &components.value, Some(&groups)).expect("defined");
        assert!((grouped / rows - 1.0).abs() < 1e-9, "{grouped} {rows}");
        // Rows copied four times carry no news: the grouped variance stays, the row variance shrinks by four.
        let copy = |values: &[bool]| values.iter().flat_map(|&v| [v; 4]).collect::<Vec<_>>();
        let labels4 = copy(&labels);
        let scores4: Vec<f64> = scores.iter().flat_map(|&v| [v; 4]).collect();
        let groups4: Vec<u32> = groups.iter().flat_map(|&v| [v; 4]).collect();
        let components4 = Components::of(&SortedScores::new(&labels4, &scores4)).expect("two classes");
        let grouped4 = contrast_variance(&labels4, &components4.value, Some(&groups4)).expect("defined");
        assert!((grouped4 / grouped - 1.0).abs() < 1e-9);
        assert!(contrast_variance(&labels4, &components4.value, None).expect("defined") < grouped * 0.26);
    }

    #[test]
    fn degenerate_input_has_no_interval() {
        let labels = [true, false];
        let components = Components::of(&SortedScores::new(&labels, &[0.9, 0.1])).expect("two classes");
        assert_eq!(delong_interval(&labels, &components, None, 0.05), None);
        assert!(Components::of(&SortedScores::new(&[true, true], &[0.9, 0.1])).is_none());
    }
}
