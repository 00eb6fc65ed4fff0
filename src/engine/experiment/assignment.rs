//! Sample-ratio check: do the variants have as many units as planned?
//!
//! Fabijan et al., "Diagnosing sample ratio mismatch in online controlled experiments", KDD 2019. Chi-square
//! test of goodness of fit; exact binomial for two variants under 1000 units. Invariant: expected counts add
//! up to the observed ones.

use super::config::ExperimentConfig;
use super::error::ExperimentError;
use super::report::{CheckStatus, SampleRatio, SegmentRatio};
use super::table::{MISSING, UnitTable};
use super::tails::{binomial_two_sided, chi_square_upper};

/// Below this the verdict is withheld, as is common practice: the check is made on every experiment.
pub(super) const BLOCK_P: f64 = 0.001;
pub(super) const WARN_P: f64 = 0.01;
const EXACT_UNITS: u64 = 1000;
/// Expected units an arm must have for a part of a segment to be tested.
const LEAST_EXPECTED: f64 = 8.0;
const MOST_PARTS: usize = 10;

pub(super) fn check(table: &UnitTable, config: &ExperimentConfig) -> Result<SampleRatio, ExperimentError> {
    let shares = shares(table, config)?;
    let observed = table.arm_sizes();
    let (chi2, p_value, exact) = test(&observed, &shares);
    let total: u64 = observed.iter().sum();
    let status = match p_value {
        Some(p) if p < BLOCK_P => CheckStatus::Failed,
        Some(p) if p < WARN_P => CheckStatus::Warning,
        Some(_) => CheckStatus::Passed,
        None => CheckStatus::Skipped,
    };
    Ok(SampleRatio {
        expected: shares.iter().map(|share| share * total as f64).collect(),
        df: observed.len() as u64 - 1,
        chi2,
        p_value,
        test: if exact { "exact_binomial" } else { "chi_square" }.to_owned(),
        status,
        by_segment: by_segment(table, &shares),
        observed,
    })
}

/// Planned shares in the order of the arms, adding to 1.
fn shares(table: &UnitTable, config: &ExperimentConfig) -> Result<Vec<f64>, ExperimentError> {
    if config.allocation.is_empty() {
        return Ok(vec![1.0 / table.arms.len() as f64; table.arms.len()]);
    }
    let find = |arm: &String| {
        config
            .allocation
            .iter()
            .find(|(name, _)| name == arm)
            .map(|(_, share)| *share)
    };
    let found: Option<Vec<f64>> = table.arms.iter().map(find).collect();
    let (Some(found), true) = (found, config.allocation.len() == table.arms.len()) else {
        return Err(ExperimentError::BadSetting {
            what: format!(
                "the planned shares must name exactly the variants {}",
                table.arms.join(", ")
            ),
        });
    };
    let total: f64 = found.iter().sum();
    Ok(found.into_iter().map(|share| share / total).collect())
}

/// Chi-square statistic, p-value, and whether the p-value is exact.
fn test(observed: &[u64], shares: &[f64]) -> (Option<f64>, Option<f64>, bool) {
    let total: u64 = observed.iter().sum();
    if total == 0 {
        return (None, None, false);
    }
    let terms = observed.iter().zip(shares).map(|(&observed, share)| {
        let expected = share * total as f64;
        (observed as f64 - expected).powi(2) / expected
    });
    let chi2: f64 = terms.sum();
    if observed.len() == 2 && total < EXACT_UNITS {
        return (
            Some(chi2),
            Some(binomial_two_sided(observed[0], total, shares[0])),
            true,
        );
    }
    (Some(chi2), chi_square_upper(chi2, observed.len() as f64 - 1.0), false)
}

fn by_segment(table: &UnitTable, shares: &[f64]) -> Vec<SegmentRatio> {
    let mut parts = Vec::new();
    for segment in &table.segments {
        let mut counts = vec![vec![0u64; table.arms.len()]; segment.values.len()];
        for (&code, &arm) in segment.codes.iter().zip(&table.arm_of_unit) {
            if code != MISSING {
                counts[code as usize][usize::from(arm)] += 1;
            }
        }
        for (value, observed) in segment.values.iter().zip(counts) {
            let total: u64 = observed.iter().sum();
            if shares.iter().any(|share| share * (total as f64) < LEAST_EXPECTED) {
                continue;
            }
            if let (_, Some(p_value), _) = test(&observed, shares) {
                parts.push(SegmentRatio {
                    column: segment.name.clone(),
                    value: value.clone(),
                    observed,
                    p_value,
                    p_adjusted: p_value,
                });
            }
        }
    }
    let number = parts.len() as f64;
    for part in &mut parts {
        part.p_adjusted = (part.p_value * number).min(1.0);
    }
    parts.sort_by(|a, b| a.p_value.total_cmp(&b.p_value));
    parts.truncate(MOST_PARTS);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookie_cats_ratio() {
        // 44,700 / 45,489: chi-square 6.9024, p 0.008608 (scipy.stats.chisquare).
        let (chi2, p, exact) = test(&[44_700, 45_489], &[0.5, 0.5]);
        assert!((chi2.expect("defined") - 6.902_404_949_6).abs() < 1e-9 && !exact);
        assert!((p.expect("defined") - 0.008_607_987_8).abs() < 1e-9);
    }

    #[test]
    fn small_samples_are_tested_exactly() {
        // scipy.stats.binomtest(30, 90).pvalue, scipy 1.17
        let (_, p, exact) = test(&[30, 60], &[0.5, 0.5]);
        assert!(exact && (p.expect("defined") - SMALL_P).abs() < 1e-9, "{p:?}");
    }
    const SMALL_P: f64 = 0.002_060_265_680_963_074_5;
}
