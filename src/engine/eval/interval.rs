//! Bootstrap intervals: resamples of rows or of whole groups, bias-corrected and accelerated.
//!
//! Efron, "Better bootstrap confidence intervals", JASA 82 (1987) 171–185; the acceleration comes from a jackknife
//! over at most 200 random blocks, whose skewness estimates the same constant as the delete-one jackknife.
//!
//! Invariant: resample b is a pure function of (seed, stream, b), so threads do not change the result.

use super::delong::{normal_cdf, normal_quantile};
use crate::engine::artifact::Bilingual;
use crate::engine::progress::{Cancelled, Progress};
use crate::engine::random::Draws;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

const JACKKNIFE_BLOCKS: usize = 200;
/// Share of resamples that may leave a metric undefined.
const MAX_UNDEFINED: f64 = 0.05;

/// How many resamples, drawn from which stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub resamples: usize,
    pub seed: u64,
    /// Different for each set of units, so that their draws are unrelated.
    pub stream: u64,
    /// The part of the job's progress this covers.
    pub progress: (f64, f64),
}

/// Statistics of the resamples and of the jackknife, `width` values each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Replicates {
    boot: Vec<f64>,
    jackknife: Vec<f64>,
    width: usize,
}

impl Replicates {
    /// Runs `statistic` on the weights of each resample. The weights say how often each unit was drawn.
    pub fn run<S: Default + Send>(
        num_units: usize,
        plan: Plan,
        progress: &Progress,
        statistic: impl Fn(&[u32], &mut S) -> Vec<f64> + Sync,
    ) -> Result<Self, Cancelled> {
        if plan.resamples == 0 || num_units < 2 {
            return Ok(Self::default());
        }
        let done = AtomicUsize::new(0);
        let (from, to) = plan.progress;
        let state = || (vec![0_u32; num_units], S::default());
        let boot: Vec<Vec<f64>> = (0..plan.resamples)
            .into_par_iter()
            .map_init(state, |(weights, scratch), resample| {
                progress.check()?;
                let mut draws = Draws::new(plan.seed, &[plan.stream, resample as u64]);
                weights.fill(0);
                for _ in 0..num_units {
                    weights[draws.below(num_units as u64) as usize] += 1;
                }
                let values = statistic(weights, scratch);
                let share = done.fetch_add(1, Ordering::Relaxed) as f64 / plan.resamples as f64;
                progress.set(from + (to - from) * share);
                Ok(values)
            })
            .collect::<Result<_, Cancelled>>()?;
        let block_of_unit = jackknife_blocks(num_units, plan);
        let num_blocks = num_units.min(JACKKNIFE_BLOCKS);
        let jackknife: Vec<Vec<f64>> = (0..num_blocks as u32)
            .into_par_iter()
            .map_init(state, |(weights, scratch), left_out| {
                progress.check()?;
                for (weight, &block) in weights.iter_mut().zip(&block_of_unit) {
                    *weight = u32::from(block != left_out);
                }
                Ok(statistic(weights, scratch))
            })
            .collect::<Result<_, Cancelled>>()?;
        Ok(Self {
            width: boot.first().map_or(0, Vec::len),
            boot: boot.concat(),
            jackknife: jackknife.concat(),
        })
    }

    pub fn is_empty(&self) -> bool {
        self.boot.is_empty()
    }

    /// Resamples and jackknife values of a function of the statistics, e.g. one of them or a difference.
    pub fn derive(&self, of: impl Fn(&[f64]) -> f64) -> Sample {
        if self.width == 0 {
            return Sample::default();
        }
        Sample {
            boot: self.boot.chunks_exact(self.width).map(&of).collect(),
            jackknife: self.jackknife.chunks_exact(self.width).map(&of).collect(),
        }
    }

    pub fn column(&self, at: usize) -> Sample {
        self.derive(|values| values[at])
    }
}

/// Assigns units to blocks of nearly equal size at random, so that an order in the data has no say.
fn jackknife_blocks(num_units: usize, plan: Plan) -> Vec<u32> {
    let num_blocks = num_units.min(JACKKNIFE_BLOCKS);
    let mut blocks: Vec<u32> = (0..num_units).map(|unit| (unit % num_blocks) as u32).collect();
    if num_units > num_blocks {
        Draws::new(plan.seed, &[plan.stream, u64::MAX]).shuffle(&mut blocks);
    }
    blocks
}

/// Why there is no interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoInterval {
    NotAsked,
    OftenUndefined,
    NoSpread,
}

impl NoInterval {
    pub fn reason(self) -> Bilingual {
        let (en, zh) = match self {
            Self::NotAsked => (
                "no resamples were drawn (bootstrap 0, or fewer than two rows or groups)",
                "没有重抽样（bootstrap 为 0，或不足两行/两组）",
            ),
            Self::OftenUndefined => (
                "the metric is undefined in more than 5 % of the resamples; there are too few rows of a class",
                "超过 5% 的重抽样中该指标无定义；某一类的行太少",
            ),
            Self::NoSpread => (
                "every resample gave the same value, so the data say nothing about the spread",
                "所有重抽样结果相同，数据无法反映离散程度",
            ),
        };
        Bilingual::new(en, zh)
    }
}

/// Bootstrap and jackknife values of one number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    pub boot: Vec<f64>,
    pub jackknife: Vec<f64>,
}

impl Sample {
    /// Sorted defined resamples, or why they do not carry an interval.
    fn sorted(&self) -> Result<Vec<f64>, NoInterval> {
        if self.boot.is_empty() {
            return Err(NoInterval::NotAsked);
        }
        let mut defined: Vec<f64> = self.boot.iter().copied().filter(|value| value.is_finite()).collect();
        if ((self.boot.len() - defined.len()) as f64) > MAX_UNDEFINED * self.boot.len() as f64 {
            return Err(NoInterval::OftenUndefined);
        }
        defined.sort_unstable_by(f64::total_cmp);
        match (defined.first(), defined.last()) {
            (Some(first), Some(last)) if first < last => Ok(defined),
            _ => Err(NoInterval::NoSpread),
        }
    }

    /// Bias-corrected and accelerated interval around `point`.
    pub fn bca(&self, point: f64, alpha: f64) -> Result<[f64; 2], NoInterval> {
        let sorted = self.sorted()?;
        let below = sorted.partition_point(|&value| value < point);
        let up_to = sorted.partition_point(|&value| value <= point);
        let share = (below + up_to) as f64 / 2.0 / sorted.len() as f64;
        if share <= 0.0 || share >= 1.0 {
            // The bias correction would be infinite: fall back to the plain percentiles.
            return Ok([quantile(&sorted, alpha / 2.0), quantile(&sorted, 1.0 - alpha / 2.0)]);
        }
        let bias = normal_quantile(share);
        let acceleration = self.acceleration();
        let level = |p: f64| {
            let z = bias + normal_quantile(p);
            normal_cdf(bias + z / (1.0 - acceleration * z))
        };
        Ok([
            quantile(&sorted, level(alpha / 2.0)),
            quantile(&sorted, level(1.0 - alpha / 2.0)),
        ])
    }

    /// Basic (reflected) interval, for a number that resampling pushes up, such as the ECE; never below 0.
    pub fn basic(&self, point: f64, alpha: f64) -> Result<[f64; 2], NoInterval> {
        let sorted = self.sorted()?;
        let reflect = |p: f64| (2.0 * point - quantile(&sorted, p)).max(0.0);
        Ok([reflect(1.0 - alpha / 2.0), reflect(alpha / 2.0)])
    }

    /// Two-sided p-value of "the number is 0": twice the smaller tail, with (count + 1) / (B + 1).
    pub fn p_value_of_zero(&self) -> Result<f64, NoInterval> {
        let sorted = self.sorted()?;
        let not_above = sorted.partition_point(|&value| value <= 0.0);
        let not_below = sorted.len() - sorted.partition_point(|&value| value < 0.0);
        Ok((2.0 * (not_above.min(not_below) + 1) as f64 / (sorted.len() + 1) as f64).min(1.0))
    }

    /// Standard deviation of the resamples.
    pub fn standard_error(&self) -> Option<f64> {
        let sorted = self.sorted().ok()?;
        let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
        let squares: f64 = sorted.iter().map(|value| (value - mean).powi(2)).sum();
        Some((squares / (sorted.len() - 1) as f64).sqrt())
    }

    fn acceleration(&self) -> f64 {
        let defined = || self.jackknife.iter().copied().filter(|value| value.is_finite());
        let mean = defined().sum::<f64>() / defined().count().max(1) as f64;
        let cubes: f64 = defined().map(|value| (mean - value).powi(3)).sum();
        let squares: f64 = defined().map(|value| (mean - value).powi(2)).sum();
        let acceleration = cubes / (6.0 * squares.powf(1.5));
        if acceleration.is_finite() { acceleration } else { 0.0 }
    }
}

/// Quantile of sorted values by linear interpolation (type 7 of Hyndman and Fan 1996). `sorted` is not empty.
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let at = p.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let below = at.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (at - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(resamples: usize) -> Plan {
        Plan {
            resamples,
            seed: 1,
            stream: 0,
            progress: (0.0, 1.0),
        }
    }

    fn mean_replicates(values: &[f64], resamples: usize) -> Replicates {
        Replicates::run(
            values.len(),
            plan(resamples),
            &Progress::new(),
            |weights, (): &mut ()| {
                let (sum, count) = weights
                    .iter()
                    .zip(values)
                    .fold((0.0, 0.0), |(sum, count), (&weight, &value)| {
                        (sum + f64::from(weight) * value, count + f64::from(weight))
                    });
                vec![sum / count]
            },
        )
        .expect("not cancelled")
    }

    #[test]
    fn the_interval_of_a_skewed_mean_agrees_with_scipy() {
        // scipy 1.17: bootstrap((x,), np.mean, n_resamples=200_000, method="BCa") on these 20 values.
        const VALUES: [f64; 20] = [
            0.1, 0.2, 0.2, 0.3, 0.4, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.1, 1.3, 1.5, 1.9, 2.4, 3.0, 4.1, 6.0, 9.5,
        ];
        const SCIPY: [f64; 2] = [1.06, 3.275];
        let replicates = mean_replicates(&VALUES, 40_000);
        let point = VALUES.iter().sum::<f64>() / 20.0;
        let [lower, upper] = replicates.column(0).bca(point, 0.05).expect("spread");
        assert!(
            (lower - SCIPY[0]).abs() < 0.015 && (upper - SCIPY[1]).abs() < 0.05,
            "{lower} {upper}"
        );
    }

    #[test]
    fn coverage_is_near_the_level() {
        let mut draws = Draws::new(77, &[]);
        let repeats = 400;
        let covered = (0..repeats)
            .filter(|_| {
                let values: Vec<f64> = (0..60).map(|_| draws.exponential()).collect();
                let point = values.iter().sum::<f64>() / 60.0;
                let interval = mean_replicates(&values, 400).column(0).bca(point, 0.1).expect("spread");
                (interval[0]..=interval[1]).contains(&1.0)
            })
            .count();
        assert!((340..=376).contains(&covered), "{covered} of {repeats} at 90 %");
    }

    #[test]
    fn resamples_do_not_depend_on_threads() {
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .expect("pool");
            pool.install(|| mean_replicates(&values, 64).column(0).boot)
        };
        assert_eq!(run(1), run(3));
    }

    #[test]
    fn reasons_instead_of_numbers() {
        assert_eq!(Sample::default().bca(0.0, 0.05), Err(NoInterval::NotAsked));
        let constant = Sample {
            boot: vec![1.0; 100],
            jackknife: vec![],
        };
        assert_eq!(constant.bca(1.0, 0.05), Err(NoInterval::NoSpread));
        let holes = Sample {
            boot: [vec![f64::NAN; 10], vec![1.0, 2.0]].concat(),
            jackknife: vec![],
        };
        assert_eq!(holes.bca(1.0, 0.05), Err(NoInterval::OftenUndefined));
        assert!(!NoInterval::NoSpread.reason().zh.is_empty());
    }

    #[test]
    fn p_values_are_never_zero() {
        let above = Sample {
            boot: (1..=999).map(f64::from).collect(),
            jackknife: vec![],
        };
        assert_eq!(above.p_value_of_zero(), Ok(0.002));
        let around = Sample {
            boot: (-50..=50).map(f64::from).collect(),
            jackknife: vec![],
        };
        assert_eq!(around.p_value_of_zero(), Ok(1.0));
    }

    #[test]
    fn cancelling_stops() {
        let progress = Progress::new();
        progress.cancel();
        let result = Replicates::run(10, plan(10), &progress, |_, (): &mut ()| vec![0.0]);
        assert!(result.is_err());
    }
}
