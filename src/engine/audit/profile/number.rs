//! Moments and quantiles of a numeric column from its distinct values and their counts.
//!
//! Invariant: sums run over distinct values in ascending order with compensation, so results do not
//! depend on the order of rows or on threads.

use crate::engine::audit::cells::{Cells, Value};
use crate::engine::audit::distinct::Distinct;
use serde::{Deserialize, Serialize};

/// Distinct finite values, ascending, with how many rows hold each.
#[derive(Clone, Debug, Default)]
pub struct WeightedValues {
    pub values: Vec<(f64, u64)>,
    /// Rows with a finite value.
    pub total: u64,
    /// Rows with an infinite value.
    pub infinite: u64,
}

/// Quantiles at fixed percentages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    pub p0: Value,
    pub p1: Value,
    pub p5: Value,
    pub p25: Value,
    pub p50: Value,
    pub p75: Value,
    pub p95: Value,
    pub p99: Value,
    pub p100: Value,
}

impl Quantiles {
    /// The quantiles with their names, for tables.
    pub fn named(&self) -> [(&'static str, &Value); 9] {
        [
            ("0 %", &self.p0),
            ("1 %", &self.p1),
            ("5 %", &self.p5),
            ("25 %", &self.p25),
            ("50 %", &self.p50),
            ("75 %", &self.p75),
            ("95 %", &self.p95),
            ("99 %", &self.p99),
            ("100 %", &self.p100),
        ]
    }
}

pub struct Moments {
    pub mean: f64,
    pub std: Option<f64>,
    pub skewness: Option<f64>,
    /// Excess kurtosis.
    pub kurtosis: Option<f64>,
}

impl WeightedValues {
    /// Collects and sorts the values of a numeric column.
    pub fn of(cells: Cells<'_>, distinct: &Distinct) -> Self {
        let mut out = Self::default();
        for (code, &row) in distinct.first_row.iter().enumerate() {
            let count = u64::from(distinct.counts[code]);
            match cells.number(row as usize) {
                Some(value) if value.is_finite() => {
                    out.values.push((value, count));
                    out.total += count;
                }
                Some(_) => out.infinite += count,
                None => {}
            }
        }
        out.values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        out
    }

    /// Rows whose value meets the condition.
    pub fn count_where(&self, condition: impl Fn(f64) -> bool) -> u64 {
        self.values
            .iter()
            .filter(|(value, _)| condition(*value))
            .map(|(_, count)| count)
            .sum()
    }

    /// Two-pass central moments; `None` without values. Standard deviation needs two rows, skewness
    /// and kurtosis need spread.
    pub fn moments(&self) -> Option<Moments> {
        if self.total == 0 {
            return None;
        }
        let n = self.total as f64;
        // Shifting by a central value keeps 19-digit identifiers and epoch times from losing digits.
        let shift = self.values[self.values.len() / 2].0;
        let central = |center: f64, power: i32| {
            compensated_sum(
                self.values
                    .iter()
                    .map(|&(value, count)| count as f64 * (value - center).powi(power)),
            )
        };
        let mean = shift + central(shift, 1) / n;
        let m2 = central(mean, 2) / n;
        let (m3, m4) = (central(mean, 3) / n, central(mean, 4) / n);
        let has_spread = m2 > 0.0 && m2.is_finite();
        let shape = |value: f64| has_spread.then_some(value).filter(|value| value.is_finite());
        Some(Moments {
            mean,
            std: (self.total > 1)
                .then(|| (m2 * n / (n - 1.0)).sqrt())
                .filter(|std| std.is_finite()),
            skewness: shape(m3 / m2.powf(1.5)),
            kurtosis: shape(m4 / (m2 * m2) - 3.0),
        })
        .filter(|moments| moments.mean.is_finite())
    }

    /// Quantiles with `show` turning a number into a cell value.
    pub fn quantiles(&self, show: impl Fn(f64) -> Value) -> Option<Quantiles> {
        let at = |probability: f64| self.quantile(probability).map(&show);
        Some(Quantiles {
            p0: at(0.0)?,
            p1: at(0.01)?,
            p5: at(0.05)?,
            p25: at(0.25)?,
            p50: at(0.5)?,
            p75: at(0.75)?,
            p95: at(0.95)?,
            p99: at(0.99)?,
            p100: at(1.0)?,
        })
    }

    /// Type-7 quantile of Hyndman & Fan (1996): position (n − 1)·p between order statistics.
    pub fn quantile(&self, probability: f64) -> Option<f64> {
        if self.total == 0 {
            return None;
        }
        let position = (self.total - 1) as f64 * probability;
        let below = position.floor() as u64;
        let mut passed = 0;
        let mut values = self.values.iter();
        while let Some(&(value, count)) = values.next() {
            passed += count;
            if below < passed {
                let above = if below + 1 < passed {
                    value
                } else {
                    values.next().map_or(value, |next| next.0)
                };
                let fraction = position - below as f64;
                // Equal neighbours need no arithmetic, which would cost large integers their last digits.
                return Some(if fraction == 0.0 || above == value {
                    value
                } else {
                    value + fraction * (above - value)
                });
            }
        }
        self.values.last().map(|last| last.0)
    }
}

/// Neumaier's compensated summation.
pub fn compensated_sum(terms: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
    for term in terms {
        let next = sum + term;
        lost += if sum.abs() >= term.abs() {
            (sum - next) + term
        } else {
            (term - next) + sum
        };
        sum = next;
    }
    sum + lost
}
