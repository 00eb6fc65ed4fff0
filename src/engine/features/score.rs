//! How much a binned feature says about the label, and how much it moves: chi-square, mutual information,
//! information value, population stability, single-feature AUC.
//!
//! Invariant: a score that is not defined (one class, one bin) is `None`, never 0.

use statrs::distribution::{ChiSquared, ContinuousCDF as _};

/// Counts of a bin: `[negatives, positives]`.
pub type Contingency = Vec<[u64; 2]>;

/// Counts rows by bin and label. `num_bins` includes the bin of missing values.
pub fn contingency(bins: &[u16], labels: &[bool], num_bins: usize) -> Contingency {
    let mut table = vec![[0; 2]; num_bins];
    for (bin, label) in bins.iter().zip(labels) {
        table[usize::from(*bin)][usize::from(*label)] += 1;
    }
    table
}

fn totals(table: &Contingency) -> [f64; 2] {
    table.iter().fold([0.0; 2], |sums, cell| {
        [sums[0] + cell[0] as f64, sums[1] + cell[1] as f64]
    })
}

/// Pearson's test of independence of bins and label, without correction; empty bins do not count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquare {
    pub statistic: f64,
    pub p_value: f64,
    pub degrees_of_freedom: usize,
}

/// Pearson (1900): sum over cells of (observed - expected)² / expected; degrees of freedom = bins - 1.
pub fn chi_square(table: &Contingency) -> Option<ChiSquare> {
    let sums = totals(table);
    let n = sums[0] + sums[1];
    let used: Vec<&[u64; 2]> = table.iter().filter(|cell| cell[0] + cell[1] > 0).collect();
    if sums[0] == 0.0 || sums[1] == 0.0 || used.len() < 2 {
        return None;
    }
    let mut statistic = 0.0;
    for cell in &used {
        let row = (cell[0] + cell[1]) as f64;
        for class in 0..2 {
            let expected = row * sums[class] / n;
            statistic += (cell[class] as f64 - expected).powi(2) / expected;
        }
    }
    let degrees_of_freedom = used.len() - 1;
    let p_value = ChiSquared::new(degrees_of_freedom as f64).ok()?.sf(statistic);
    Some(ChiSquare {
        statistic,
        p_value,
        degrees_of_freedom,
    })
}

/// Mutual information of bins and label in nats (plug-in estimate from the counts).
pub fn mutual_information(table: &Contingency) -> Option<f64> {
    let sums = totals(table);
    let n = sums[0] + sums[1];
    if sums[0] == 0.0 || sums[1] == 0.0 {
        return None;
    }
    let mut information = 0.0;
    for cell in table {
        let row = (cell[0] + cell[1]) as f64;
        for class in 0..2 {
            let joint = cell[class] as f64;
            if joint > 0.0 {
                information += joint / n * (joint * n / (row * sums[class])).ln();
            }
        }
    }
    // Rounding can leave a value just below zero.
    Some(information.max(0.0))
}

/// Mutual information of two binned features in nats.
pub fn mutual_information_between(a: &[u16], bins_a: usize, b: &[u16], bins_b: usize) -> f64 {
    let mut joint = vec![0u64; bins_a * bins_b];
    for (a, b) in a.iter().zip(b) {
        joint[usize::from(*a) * bins_b + usize::from(*b)] += 1;
    }
    let n = a.len() as f64;
    let rows: Vec<f64> = joint.chunks(bins_b).map(|row| row.iter().sum::<u64>() as f64).collect();
    let mut columns = vec![0.0; bins_b];
    for (index, count) in joint.iter().enumerate() {
        columns[index % bins_b] += *count as f64;
    }
    let mut information = 0.0;
    for (index, &count) in joint.iter().enumerate() {
        if count > 0 {
            let count = count as f64;
            information += count / n * (count * n / (rows[index / bins_b] * columns[index % bins_b])).ln();
        }
    }
    information.max(0.0)
}

/// Information value (Siddiqi 2006): sum of (share of positives - share of negatives) · ln of their ratio.
/// In a bin where one class is absent both counts are raised by one half.
pub fn information_value(table: &Contingency) -> Option<f64> {
    let sums = totals(table);
    if sums[0] == 0.0 || sums[1] == 0.0 {
        return None;
    }
    let value = table.iter().filter(|cell| cell[0] + cell[1] > 0).map(|cell| {
        let half = if cell[0] == 0 || cell[1] == 0 { 0.5 } else { 0.0 };
        let negative = (cell[0] as f64 + half) / sums[0];
        let positive = (cell[1] as f64 + half) / sums[1];
        (positive - negative) * (positive / negative).ln()
    });
    Some(value.sum())
}

/// Share an empty bin is given in the population stability index.
const PSI_FLOOR: f64 = 1e-4;

/// Population stability index of test against training rows: sum of (actual - expected) · ln(actual / expected)
/// over the training bins; shares below 1e-4 count as 1e-4.
pub fn population_stability(train: &[u64], test: &[u64]) -> Option<f64> {
    let (n, m) = (train.iter().sum::<u64>() as f64, test.iter().sum::<u64>() as f64);
    if n == 0.0 || m == 0.0 {
        return None;
    }
    let pairs = train.iter().zip(test).filter(|(a, b)| **a + **b > 0);
    let index = pairs.map(|(&a, &b)| {
        let expected = (a as f64 / n).max(PSI_FLOOR);
        let actual = (b as f64 / m).max(PSI_FLOOR);
        (actual - expected) * (actual / expected).ln()
    });
    Some(index.sum())
}

/// AUC of a single feature used as a score, in whichever direction is better (0.5..=1); ties count one half and
/// missing values rank below all others.
pub fn single_feature_auc(values: &[f64], labels: &[bool]) -> Option<f64> {
    let mut pairs: Vec<(f64, bool)> = values
        .iter()
        .zip(labels)
        .map(|(v, label)| (if v.is_nan() { f64::NEG_INFINITY } else { *v }, *label))
        .collect();
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let groups = pairs.chunk_by(|a, b| a.0 == b.0).map(|tied| {
        let positives = tied.iter().filter(|(_, label)| *label).count() as u64;
        [tied.len() as u64 - positives, positives]
    });
    auc_of_ordered(groups)
}

/// AUC of bins used as a score by their own share of positives; for categories.
pub fn binned_auc(table: &Contingency) -> Option<f64> {
    let mut bins: Vec<[u64; 2]> = table.iter().filter(|cell| cell[0] + cell[1] > 0).copied().collect();
    let rate = |cell: &[u64; 2]| cell[1] as f64 / (cell[0] + cell[1]) as f64;
    bins.sort_by(|a, b| rate(a).total_cmp(&rate(b)));
    let tied = bins.chunk_by(|a, b| rate(a) == rate(b));
    auc_of_ordered(tied.map(|bins| {
        bins.iter()
            .fold([0; 2], |sum, cell| [sum[0] + cell[0], sum[1] + cell[1]])
    }))
}

/// Mann–Whitney over groups of tied scores in ascending order, folded to 0.5..=1.
fn auc_of_ordered(groups: impl Iterator<Item = [u64; 2]>) -> Option<f64> {
    let (mut below, mut positives, mut wins) = (0.0, 0.0, 0.0);
    for [negative, positive] in groups {
        let (negative, positive) = (negative as f64, positive as f64);
        wins += positive * (below + 0.5 * negative);
        below += negative;
        positives += positive;
    }
    let auc = wins / (below * positives);
    (below > 0.0 && positives > 0.0).then(|| auc.max(1.0 - auc))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(value: Option<f64>, expected: f64) {
        let value = value.expect("defined");
        assert!(
            (value - expected).abs() < 1e-10 * expected.abs().max(1.0),
            "{value} is not {expected}"
        );
    }

    /// Bins of 30, 45 and 25 rows.
    fn table() -> Contingency {
        vec![[25, 5], [30, 15], [10, 15]]
    }

    /// References: scipy 1.17 `chi2_contingency(correction=False)`, scikit-learn 1.9 `mutual_info_score` and
    /// `roc_auc_score`; information value and stability index from their formulas in numpy.
    #[test]
    fn scores_match_scipy_and_scikit_learn() {
        let test = chi_square(&table()).expect("defined");
        close(Some(test.statistic), 11.355311355311354);
        close(Some(test.p_value), 0.0034215703122601995);
        assert_eq!(test.degrees_of_freedom, 2);
        close(mutual_information(&table()), 0.05759398388976146);
        close(information_value(&table()), 0.5233373990981776);
        close(information_value(&vec![[20, 0], [30, 10]]), 0.961818545043671);
        close(
            population_stability(&[100, 200, 300, 400], &[120, 180, 0, 300]),
            2.5332852175365406,
        );
        let values = [0.5, 1.0, 1.0, 2.0, 3.0, 3.0, 3.0, 5.0, 8.0, 8.0];
        let labels = [0, 0, 1, 0, 1, 0, 1, 0, 1, 1].map(|label| label == 1);
        close(single_feature_auc(&values, &labels), 0.74);
        close(binned_auc(&table()), 0.6868131868131868);
        let (a, b) = ([0, 0, 1, 1, 2, 2, 0, 1, 2, 0], [0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
        close(Some(mutual_information_between(&a, 3, &b, 2)), 0.41588830833596746);
    }

    #[test]
    fn undefined_scores_are_none() {
        for table in [vec![[5, 0], [7, 0]], vec![]] {
            assert!(chi_square(&table).is_none() && mutual_information(&table).is_none());
            assert!(information_value(&table).is_none() && binned_auc(&table).is_none());
        }
        assert!(chi_square(&vec![[5, 5], [0, 0]]).is_none());
        assert_eq!(population_stability(&[1], &[0]), None);
        assert_eq!(single_feature_auc(&[1.0, 2.0], &[true, true]), None);
    }

    #[test]
    fn a_perfect_feature_scores_its_bounds() {
        let table = vec![[50, 0], [0, 50]];
        close(mutual_information(&table), std::f64::consts::LN_2);
        close(chi_square(&table).map(|test| test.statistic), 100.0);
        close(binned_auc(&table), 1.0);
        close(
            single_feature_auc(&[3.0, f64::NAN, 2.0, f64::NAN], &[true, false, true, false]),
            1.0,
        );
        close(single_feature_auc(&[1.0, 2.0, 3.0], &[true, false, false]), 1.0);
        close(single_feature_auc(&[1.0, 1.0], &[true, false]), 0.5);
    }

    proptest! {
        #[test]
        fn scores_do_not_depend_on_the_order_of_bins(cells in prop::collection::vec([0u64..50, 0u64..50], 2..8)) {
            let mut reversed = cells.clone();
            reversed.reverse();
            let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-9,
                (a, b) => a == b,
            };
            prop_assert!(near(mutual_information(&cells), mutual_information(&reversed)));
            prop_assert!(near(information_value(&cells), information_value(&reversed)));
            prop_assert!(near(chi_square(&cells).map(|c| c.statistic), chi_square(&reversed).map(|c| c.statistic)));
            prop_assert!(near(binned_auc(&cells), binned_auc(&reversed)));
        }

        #[test]
        fn a_population_is_stable_against_itself(counts in prop::collection::vec(0u64..100, 1..12)) {
            if let Some(index) = population_stability(&counts, &counts) {
                prop_assert_eq!(index, 0.0);
            }
        }
    }
}
