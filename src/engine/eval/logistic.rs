//! Logistic regression with an L2 penalty, fitted by Newton's method on standardised features.
//!
//! Minimises C · Σ ln(1 + exp(−yᵢ zᵢ)) + ‖w‖² / 2, the objective of scikit-learn's `LogisticRegression(C)`; the
//! intercept is not penalised. The problem is strictly convex, so the optimum does not depend on the method.
//!
//! Invariant: sums run over fixed blocks of rows in order, so the result does not depend on threads.

use super::input::{EvalError, UsableRows};
use crate::engine::progress::{Cancelled, Progress};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

const ROWS_PER_BLOCK: usize = 4096;
const MAX_HALVINGS: u32 = 40;

/// Settings of the fit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogisticConfig {
    /// Inverse of the penalty's strength, scikit-learn's `C`.
    pub c: f64,
    pub max_iterations: usize,
    /// Stop when no part of the mean gradient is larger than this.
    pub tolerance: f64,
}

impl Default for LogisticConfig {
    fn default() -> Self {
        Self {
            c: 1.0,
            max_iterations: 100,
            tolerance: 1e-9,
        }
    }
}

/// A fitted model. Weights are for standardised features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogisticModel {
    pub weights: Vec<f64>,
    pub intercept: f64,
    /// Mean of each feature over the training rows that have it.
    pub means: Vec<f64>,
    /// Population standard deviation; 0 = constant feature, whose weight is 0.
    pub deviations: Vec<f64>,
    pub iterations: usize,
    pub converged: bool,
    pub train_rows: u64,
    /// Missing values in the training features, taken as the mean.
    pub missing_values: u64,
}

impl LogisticModel {
    /// Fits on `x`, row after row with `num_features` values each. A value that is not finite counts as missing and
    /// is taken as its feature's mean. Rows without a label are left out.
    ///
    /// # Errors
    /// Lengths that differ, a label other than 0 or 1, labels of one class, a bad setting, or cancelled.
    pub fn fit(
        x: &[f32],
        num_features: usize,
        labels: &[f64],
        config: &LogisticConfig,
        progress: &Progress,
    ) -> Result<Self, EvalError> {
        if x.len() != num_features * labels.len() {
            return Err(EvalError::LengthMismatch {
                what: format!("the feature matrix ({num_features} features)"),
                expected: num_features * labels.len(),
                found: x.len(),
            });
        }
        if !(config.c > 0.0 && config.c.is_finite()) {
            return Err(EvalError::BadSetting {
                what: "the inverse penalty C must be positive".to_owned(),
            });
        }
        progress.phase("fitting the logistic baseline", "拟合逻辑回归基线");
        let usable = UsableRows::of(labels, &[])?;
        let positives = usable.labels.iter().filter(|&&label| label).count();
        if positives == 0 || positives == usable.labels.len() {
            return Err(EvalError::OneClass {
                rows: usable.labels.len(),
            });
        }
        let mut model = Self::standardise(x, num_features, &usable);
        let rows = model.standardised_rows(x, num_features, &usable);
        let problem = Problem {
            rows: &rows,
            labels: &usable.labels,
            num_features,
            c: config.c,
        };
        let rate = positives as f64 / usable.labels.len() as f64;
        let mut start = vec![0.0; num_features + 1];
        start[num_features] = (rate / (1.0 - rate)).ln();
        let solution = problem.newton(start, config, progress)?;
        model.intercept = solution.parameters[num_features];
        model.weights = solution.parameters[..num_features].to_vec();
        model.iterations = solution.iterations;
        model.converged = solution.converged;
        Ok(model)
    }

    /// The probability of a positive for each row of `x`.
    ///
    /// # Errors
    /// When `x` does not hold whole rows of as many features as the model was fitted on.
    pub fn predict(&self, x: &[f32]) -> Result<Vec<f64>, EvalError> {
        let num_features = self.weights.len();
        if num_features == 0 || !x.len().is_multiple_of(num_features) {
            return Err(EvalError::LengthMismatch {
                what: format!("the feature matrix ({num_features} features)"),
                expected: x.len() / num_features.max(1) * num_features,
                found: x.len(),
            });
        }
        Ok(x.par_chunks_exact(num_features)
            .map(|row| {
                let z: f64 = row
                    .iter()
                    .enumerate()
                    .map(|(feature, &value)| self.weights[feature] * self.standard(feature, value))
                    .sum();
                sigmoid(z + self.intercept)
            })
            .collect())
    }

    fn standard(&self, feature: usize, value: f32) -> f64 {
        if value.is_finite() && self.deviations[feature] > 0.0 {
            (f64::from(value) - self.means[feature]) / self.deviations[feature]
        } else {
            0.0
        }
    }

    fn standardise(x: &[f32], num_features: usize, usable: &UsableRows) -> Self {
        let column = |feature: usize| {
            let value = move |&row: &u32| f64::from(x[row as usize * num_features + feature]);
            usable.rows.iter().map(value).filter(|value| value.is_finite())
        };
        let moments = |feature: usize| {
            let count = column(feature).count();
            let mean = column(feature).sum::<f64>() / count.max(1) as f64;
            let squares: f64 = column(feature).map(|value| (value - mean).powi(2)).sum();
            let deviation = (squares / count.max(1) as f64).sqrt();
            // A spread below rounding error is a constant.
            let constant = deviation <= 1e-12 * mean.abs();
            (mean, if constant { 0.0 } else { deviation }, usable.rows.len() - count)
        };
        let found: Vec<(f64, f64, usize)> = (0..num_features).into_par_iter().map(moments).collect();
        Self {
            weights: vec![0.0; num_features],
            intercept: 0.0,
            means: found.iter().map(|moments| moments.0).collect(),
            deviations: found.iter().map(|moments| moments.1).collect(),
            iterations: 0,
            converged: false,
            train_rows: usable.rows.len() as u64,
            missing_values: found.iter().map(|moments| moments.2 as u64).sum(),
        }
    }

    fn standardised_rows(&self, x: &[f32], num_features: usize, usable: &UsableRows) -> Vec<f64> {
        let mut rows = Vec::with_capacity(usable.rows.len() * num_features);
        for &row in &usable.rows {
            let values = &x[row as usize * num_features..][..num_features];
            rows.extend(values.iter().enumerate().map(|(feature, &value)| self.standard(feature, value)));
        }
        rows
    }
}

struct Problem<'a> {
    rows: &'a [f64],
    labels: &'a [bool],
    num_features: usize,
    c: f64,
}

struct Solution {
    parameters: Vec<f64>,
    iterations: usize,
    converged: bool,
}

/// Loss, gradient and lower triangle of the Hessian, all divided by C · rows.
struct Derivatives {
    gradient: Vec<f64>,
    hessian: Vec<f64>,
}

impl Problem<'_> {
    fn newton(
        &self,
        mut parameters: Vec<f64>,
        config: &LogisticConfig,
        progress: &Progress,
    ) -> Result<Solution, Cancelled> {
        let mut converged = false;
        let mut iterations = 0;
        let mut loss = self.loss(&parameters, progress)?;
        while iterations < config.max_iterations {
            progress.set(iterations as f64 / 12.0);
            let derivatives = self.derivatives(&parameters, progress)?;
            if derivatives.gradient.iter().all(|part| part.abs() <= config.tolerance) {
                converged = true;
                break;
            }
            iterations += 1;
            let Some(step) = solve(derivatives.hessian, &derivatives.gradient) else { break };
            let mut length = 1.0;
            let mut improved = false;
            for _ in 0..MAX_HALVINGS {
                let moved: Vec<f64> = parameters.iter().zip(&step).map(|(at, step)| at - length * step).collect();
                let next = self.loss(&moved, progress)?;
                if next <= loss {
                    improved = next < loss;
                    (parameters, loss) = (moved, next);
                    break;
                }
                length /= 2.0;
            }
            if !improved {
                // The loss is flat to rounding error: this is the optimum as far as f64 can tell.
                converged = derivatives.gradient.iter().all(|part| part.abs() <= config.tolerance.max(1e-7));
                break;
            }
        }
        Ok(Solution {
            parameters,
            iterations,
            converged,
        })
    }

    fn scale(&self) -> f64 {
        1.0 / self.labels.len() as f64
    }

    fn penalty(&self) -> f64 {
        self.scale() / self.c
    }

    fn linear(&self, row: &[f64], parameters: &[f64]) -> f64 {
        row.iter().zip(parameters).map(|(value, weight)| value * weight).sum::<f64>() + parameters[self.num_features]
    }

    /// Runs `sum` over blocks of rows in parallel and adds the results in order.
    fn over_blocks(
        &self,
        width: usize,
        progress: &Progress,
        sum: impl Fn(&[f64], bool, &mut [f64]) + Sync,
    ) -> Result<Vec<f64>, Cancelled> {
        let num_blocks = self.labels.len().div_ceil(ROWS_PER_BLOCK);
        let parts: Vec<Vec<f64>> = (0..num_blocks)
            .into_par_iter()
            .map(|block| {
                progress.check()?;
                let mut sums = vec![0.0; width];
                let end = ((block + 1) * ROWS_PER_BLOCK).min(self.labels.len());
                for at in block * ROWS_PER_BLOCK..end {
                    let row = &self.rows[at * self.num_features..][..self.num_features];
                    sum(row, self.labels[at], &mut sums);
                }
                Ok(sums)
            })
            .collect::<Result<_, Cancelled>>()?;
        let mut total = vec![0.0; width];
        for part in parts {
            for (total, part) in total.iter_mut().zip(part) {
                *total += part;
            }
        }
        Ok(total)
    }

    fn loss(&self, parameters: &[f64], progress: &Progress) -> Result<f64, Cancelled> {
        let sums = self.over_blocks(1, progress, |row, label, sum| {
            let z = self.linear(row, parameters);
            sum[0] += softplus(if label { -z } else { z });
        })?;
        let norm: f64 = parameters[..self.num_features].iter().map(|weight| weight * weight).sum();
        Ok(sums[0] * self.scale() + self.penalty() * norm / 2.0)
    }

    fn derivatives(&self, parameters: &[f64], progress: &Progress) -> Result<Derivatives, Cancelled> {
        let size = self.num_features + 1;
        let mut sums = self.over_blocks(size + size * size, progress, |row, label, sums| {
            let p = sigmoid(self.linear(row, parameters));
            let (residual, curvature) = (p - f64::from(u8::from(label)), p * (1.0 - p));
            let (gradient, hessian) = sums.split_at_mut(size);
            for i in 0..size {
                let value = row.get(i).copied().unwrap_or(1.0);
                gradient[i] += residual * value;
                let weighted = curvature * value;
                for (sum, other) in hessian[i * size..].iter_mut().zip(&row[..i.min(row.len())]) {
                    *sum += weighted * other;
                }
                hessian[i * size + i] += weighted * value;
            }
        })?;
        for sum in &mut sums {
            *sum *= self.scale();
        }
        let hessian = sums.split_off(size);
        let mut derivatives = Derivatives {
            gradient: sums,
            hessian,
        };
        for i in 0..self.num_features {
            derivatives.gradient[i] += self.penalty() * parameters[i];
            derivatives.hessian[i * size + i] += self.penalty();
        }
        Ok(derivatives)
    }
}

/// Solves H s = g by Cholesky on the lower triangle; `None` when H is not positive definite.
fn solve(mut h: Vec<f64>, g: &[f64]) -> Option<Vec<f64>> {
    let n = g.len();
    for i in 0..n {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| h[i * n + k] * h[j * n + k]).sum();
            let rest = h[i * n + j] - dot;
            if i == j {
                if rest.is_nan() || rest <= 0.0 {
                    return None;
                }
                h[i * n + i] = rest.sqrt();
            } else {
                h[i * n + j] = rest / h[j * n + j];
            }
        }
    }
    let mut s = g.to_vec();
    for i in 0..n {
        let dot: f64 = (0..i).map(|k| h[i * n + k] * s[k]).sum();
        s[i] = (s[i] - dot) / h[i * n + i];
    }
    for i in (0..n).rev() {
        let dot: f64 = (i + 1..n).map(|k| h[k * n + i] * s[k]).sum();
        s[i] = (s[i] - dot) / h[i * n + i];
    }
    Some(s)
}

fn sigmoid(z: f64) -> f64 {
    if z >= 0.0 {
        1.0 / (1.0 + (-z).exp())
    } else {
        let e = z.exp();
        e / (1.0 + e)
    }
}

/// ln(1 + eᶻ) without overflow.
fn softplus(z: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(x: &[f32], num_features: usize, labels: &[f64]) -> Result<LogisticModel, EvalError> {
        LogisticModel::fit(x, num_features, labels, &LogisticConfig::default(), &Progress::new())
    }

    #[test]
    fn weights_equal_scikit_learn() {
        // scikit-learn 1.9: LogisticRegression(C=1.0, tol=1e-12, solver="newton-cholesky") on
        // StandardScaler().fit_transform(X) with the 12 rows below.
        let x: [f32; 24] = [
            1.0, 20.0, 2.0, 14.0, 3.0, 19.0, 4.0, 11.0, 5.0, 16.0, 6.0, 9.0, 7.0, 15.0, 8.0, 7.0, 9.0, 12.0, 10.0, 5.0,
            11.0, 10.0, 12.0, 4.0,
        ];
        let labels = [0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0];
        let model = fit(&x, 2, &labels).expect("two classes");
        assert!(model.converged);
        let expected = [0.351_714_833_812, -0.631_933_957_394, -0.002_671_653_522];
        for (weight, expected) in model.weights.iter().chain([&model.intercept]).zip(expected) {
            assert!((weight - expected).abs() < 1e-7, "{:?} {}", model.weights, model.intercept);
        }
        let scores = model.predict(&x).expect("whole rows");
        assert!((scores[0] - 0.167_106_774_247).abs() < 1e-7, "{}", scores[0]);
    }

    #[test]
    fn separable_constant_and_missing_features_are_survived() {
        let x = [
            -1.0, 5.0, f32::NAN, -2.0, 5.0, 1.0, 1.0, 5.0, f32::INFINITY, 2.0, 5.0, 3.0,
        ];
        let model = fit(&x, 3, &[0.0, 0.0, 1.0, 1.0]).expect("two classes");
        assert!(model.converged && model.weights[0] > 0.0);
        assert_eq!((model.weights[1], model.deviations[1], model.missing_values), (0.0, 0.0, 2));
        let scores = model.predict(&x).expect("whole rows");
        assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)));
        assert!(scores[0] < 0.5 && scores[3] > 0.5);
    }

    #[test]
    fn one_class_and_ragged_input_are_refused() {
        assert_eq!(fit(&[1.0, 2.0], 1, &[1.0, 1.0]), Err(EvalError::OneClass { rows: 2 }));
        assert!(matches!(fit(&[1.0; 3], 2, &[1.0, 0.0]), Err(EvalError::LengthMismatch { .. })));
    }

    #[test]
    fn copied_features_share_the_weight() {
        let mut draws = crate::engine::random::Draws::new(6, &[]);
        let (mut x, mut labels) = (Vec::new(), Vec::new());
        for _ in 0..500 {
            let value = draws.normal();
            x.extend([value as f32, value as f32]);
            labels.push(f64::from(u8::from(draws.chance(sigmoid(1.5 * value)))));
        }
        let model = fit(&x, 2, &labels).expect("two classes");
        assert!(model.converged);
        assert!((model.weights[0] - model.weights[1]).abs() < 1e-9, "{:?}", model.weights);
    }
}
