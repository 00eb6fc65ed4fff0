//! Calibration: is a score of 0.3 positive three times in ten? Log loss, Brier, ECE, reliability bins.
//!
//! Invariant: computed only when every score lies in 0..=1; anything else is "undefined", never clipped.

use super::delong::normal_quantile;
use super::sorted::SortedScores;
use serde::{Deserialize, Serialize};

/// Probabilities are kept this far from 0 and 1 in the log loss, as scikit-learn does for float64.
pub const LOG_LOSS_EPSILON: f64 = f64::EPSILON;

/// One bin of the reliability curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    pub lower: f64,
    pub upper: f64,
    pub count: u64,
    pub mean_score: f64,
    pub positive_rate: f64,
    /// Wilson interval of the positive rate.
    pub interval: [f64; 2],
}

/// How well scores are probabilities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Non-empty bins of equal width, ascending; the headline `ece` is over these.
    pub equal_width: Vec<ReliabilityBin>,
    /// As many bins of (nearly) equal row counts; rows of one score stay in one bin.
    pub equal_mass: Vec<ReliabilityBin>,
    pub num_bins: usize,
    pub ece_equal_mass: f64,
    /// Over 10 bins of equal width.
    pub ece_10_bins: f64,
    /// Largest gap of a bin of equal width.
    pub max_calibration_error: f64,
    /// The ECE expected from chance alone if the scores were perfectly calibrated.
    pub ece_noise_floor: f64,
    pub mean_score: f64,
    pub positive_rate: f64,
    /// Positives divided by the sum of scores; 1 = right on average. `None` when all scores are 0.
    pub observed_over_expected: Option<f64>,
    /// 1 − Brier / Brier of always predicting the positive rate; `None` with one class.
    pub brier_skill: Option<f64>,
    /// Log loss / entropy of the positive rate (He et al., ADKDD 2014); below 1 is better than the rate. `None` with one class.
    pub normalized_entropy: Option<f64>,
}

/// True when every score can be read as a probability.
pub(crate) fn all_probabilities(scores: &[f64]) -> bool {
    scores.iter().all(|score| (0.0..=1.0).contains(score))
}

/// −ln p(label) of one row.
pub(crate) fn negative_log_likelihood(positive: bool, score: f64) -> f64 {
    let p = score.clamp(LOG_LOSS_EPSILON, 1.0 - LOG_LOSS_EPSILON);
    if positive { -p.ln() } else { -(1.0 - p).ln() }
}

/// Squared difference of score and label.
pub(crate) fn squared_error(positive: bool, score: f64) -> f64 {
    (score - f64::from(u8::from(positive))).powi(2)
}

/// The bin of equal width a probability falls in: [lower, upper), the last one closed.
pub(crate) fn equal_width_bin(score: f64, num_bins: usize) -> usize {
    ((score * num_bins as f64) as usize).min(num_bins - 1)
}

/// Sums over one bin.
#[derive(Clone, Copy, Debug, Default)]
struct BinSums {
    count: u64,
    positives: u64,
    scores: f64,
    variance: f64,
}

impl BinSums {
    fn add(&mut self, positive: bool, score: f64) {
        self.count += 1;
        self.positives += u64::from(positive);
        self.scores += score;
        self.variance += score * (1.0 - score);
    }

    /// |Σ scores − positives|; divided by n it is the bin's part of the ECE.
    fn gap(&self) -> f64 {
        (self.scores - self.positives as f64).abs()
    }

    fn bin(&self, lower: f64, upper: f64, alpha: f64) -> ReliabilityBin {
        let count = self.count as f64;
        let positive_rate = self.positives as f64 / count;
        ReliabilityBin {
            lower,
            upper,
            count: self.count,
            mean_score: self.scores / count,
            positive_rate,
            interval: wilson(positive_rate, count, alpha),
        }
    }
}

/// Wilson's score interval of a proportion (Wilson, JASA 1927).
pub(crate) fn wilson(rate: f64, count: f64, alpha: f64) -> [f64; 2] {
    let z = normal_quantile(1.0 - alpha / 2.0);
    let z2 = z * z / count;
    let centre = (rate + z2 / 2.0) / (1.0 + z2);
    let half = z / (1.0 + z2) * (rate * (1.0 - rate) / count + z2 / (4.0 * count)).sqrt();
    [(centre - half).max(0.0), (centre + half).min(1.0)]
}

impl Calibration {
    /// `None` when a score is no probability.
    pub(crate) fn of(sorted: &SortedScores, num_bins: usize, alpha: f64) -> Option<Self> {
        if sorted.len() == 0 || !all_probabilities(&sorted.scores) {
            return None;
        }
        let n = sorted.len() as f64;
        let wide = equal_width_sums(sorted, num_bins);
        let ece = |sums: &[BinSums]| sums.iter().map(BinSums::gap).sum::<f64>() / n;
        let (equal_mass, mass_sums) = equal_mass_bins(sorted, num_bins, alpha);
        let filled = wide.iter().enumerate().filter(|(_, sums)| sums.count > 0);
        let equal_width: Vec<ReliabilityBin> = filled
            .clone()
            .map(|(at, sums)| {
                let edge = |at: usize| at as f64 / num_bins as f64;
                sums.bin(edge(at), edge(at + 1), alpha)
            })
            .collect();
        // A sum of independent Bernoulli errors is near normal, so E|gap| = √(2/π) · √Σ p(1 − p).
        let noise: f64 = filled.map(|(_, sums)| sums.variance.sqrt()).sum();
        let score_sum: f64 = sorted.scores.iter().sum();
        let rate = sorted.positives as f64 / n;
        let rows = || sorted.positive.iter().zip(&sorted.scores);
        let brier = rows().map(|(&label, &score)| squared_error(label, score)).sum::<f64>() / n;
        let log_loss = rows()
            .map(|(&label, &score)| negative_log_likelihood(label, score))
            .sum::<f64>()
            / n;
        let entropy = -rate * rate.ln() - (1.0 - rate) * (1.0 - rate).ln();
        Some(Self {
            max_calibration_error: equal_width
                .iter()
                .map(|bin| (bin.mean_score - bin.positive_rate).abs())
                .fold(0.0, f64::max),
            equal_width,
            equal_mass,
            num_bins,
            ece_equal_mass: ece(&mass_sums),
            ece_10_bins: ece(&equal_width_sums(sorted, 10)),
            ece_noise_floor: (2.0 / std::f64::consts::PI).sqrt() * noise / n,
            mean_score: score_sum / n,
            positive_rate: rate,
            observed_over_expected: (score_sum > 0.0).then(|| sorted.positives as f64 / score_sum),
            brier_skill: sorted.two_classes().then(|| 1.0 - brier / (rate * (1.0 - rate))),
            normalized_entropy: sorted.two_classes().then(|| log_loss / entropy),
        })
    }
}

fn equal_width_sums(sorted: &SortedScores, num_bins: usize) -> Vec<BinSums> {
    let mut sums = vec![BinSums::default(); num_bins];
    for (&positive, &score) in sorted.positive.iter().zip(&sorted.scores) {
        sums[equal_width_bin(score, num_bins)].add(positive, score);
    }
    sums
}

fn equal_mass_bins(sorted: &SortedScores, num_bins: usize, alpha: f64) -> (Vec<ReliabilityBin>, Vec<BinSums>) {
    let (mut bins, mut all_sums) = (Vec::new(), Vec::new());
    let mut sums = BinSums::default();
    let mut upper = None;
    for (at, (&positive, &score)) in sorted.positive.iter().zip(&sorted.scores).enumerate() {
        upper.get_or_insert(score);
        sums.add(positive, score);
        let due = (at + 1) * num_bins >= (bins.len() + 1) * sorted.len();
        if (due && sorted.block_end[at]) || at + 1 == sorted.len() {
            bins.push(sums.bin(score, upper.take().unwrap_or(score), alpha));
            all_sums.push(std::mem::take(&mut sums));
        }
    }
    bins.reverse();
    (bins, all_sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calibration(labels: &[bool], scores: &[f64], num_bins: usize) -> Option<Calibration> {
        Calibration::of(&SortedScores::new(labels, scores), num_bins, 0.05)
    }

    #[test]
    fn hand_computed_bins() {
        // Bins of width 0.5: {0.1:0, 0.3:1} mean 0.2 rate 0.5; {0.5:0, 0.9:1, 1.0:1} mean 0.8 rate 2/3.
        let result =
            calibration(&[false, true, false, true, true], &[0.1, 0.3, 0.5, 0.9, 1.0], 2).expect("probabilities");
        assert_eq!(
            result.equal_width.iter().map(|bin| bin.count).collect::<Vec<_>>(),
            [2, 3]
        );
        assert!((result.equal_width[0].mean_score - 0.2).abs() < 1e-15);
        assert!((result.equal_width[1].positive_rate - 2.0 / 3.0).abs() < 1e-15);
        assert!((result.max_calibration_error - 0.3).abs() < 1e-15);
        let rest = (0.8_f64 - 2.0 / 3.0) * 3.0 / 5.0 + 0.3 * 2.0 / 5.0;
        let over_two: f64 = result
            .equal_width
            .iter()
            .map(|bin| (bin.mean_score - bin.positive_rate).abs() * bin.count as f64 / 5.0)
            .sum();
        assert!((over_two - rest).abs() < 1e-15);
    }

    #[test]
    fn logits_have_no_calibration() {
        assert_eq!(calibration(&[true, false], &[2.0, -1.0], 10), None);
        assert_eq!(calibration(&[true, false], &[1.0 + 1e-9, 0.5], 10), None);
    }

    #[test]
    fn equal_mass_never_splits_a_tie_and_counts_every_row() {
        let scores = [0.2, 0.2, 0.2, 0.2, 0.7, 0.8, 0.9, 0.95];
        let labels = [false, true, false, false, true, true, false, true];
        let result = calibration(&labels, &scores, 4).expect("probabilities");
        assert_eq!(
            result.equal_mass.iter().map(|bin| bin.count).collect::<Vec<_>>(),
            [4, 2, 2]
        );
        assert_eq!((result.equal_mass[0].lower, result.equal_mass[0].upper), (0.2, 0.2));
    }

    #[test]
    fn the_noise_floor_is_the_ece_of_calibrated_scores() {
        let mut draws = crate::engine::random::Draws::new(9, &[]);
        let (mut ece, mut floor) = (0.0, 0.0);
        let repeats = 60;
        for _ in 0..repeats {
            let scores: Vec<f64> = (0..3000).map(|_| draws.uniform()).collect();
            let labels: Vec<bool> = scores.iter().map(|&score| draws.chance(score)).collect();
            let result = calibration(&labels, &scores, 10).expect("probabilities");
            ece += result.ece_10_bins / f64::from(repeats);
            floor += result.ece_noise_floor / f64::from(repeats);
        }
        assert!((ece / floor - 1.0).abs() < 0.1, "{ece} {floor}");
    }

    #[test]
    fn wilson_equals_scipy() {
        // scipy 1.17: binomtest(8, 20).proportion_ci(method="wilson")
        let [lower, upper] = wilson(0.4, 20.0, 0.05);
        assert!((lower - 0.218_806_532_37).abs() < 1e-9, "{lower}");
        assert!((upper - 0.613_418_499_24).abs() < 1e-9, "{upper}");
        assert_eq!(wilson(0.0, 5.0, 0.05)[0], 0.0);
    }
}
