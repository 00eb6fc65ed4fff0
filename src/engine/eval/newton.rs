//! Newton's method for the penalised logistic loss: derivatives over blocks of rows, Cholesky, step halving.
//!
//! Invariant: sums run over fixed blocks of rows in order, so the result does not depend on threads.

use super::logistic::LogisticConfig;
use crate::engine::progress::{Cancelled, Progress};
use rayon::prelude::*;

const ROWS_PER_BLOCK: usize = 4096;
const MAX_HALVINGS: u32 = 40;

/// Standardised rows with their labels.
pub(super) struct Problem<'a> {
    pub rows: &'a [f64],
    pub labels: &'a [bool],
    pub num_features: usize,
    /// Inverse of the penalty's strength.
    pub c: f64,
}

/// Weights, then the intercept.
pub(super) struct Solution {
    pub parameters: Vec<f64>,
    pub iterations: usize,
    pub converged: bool,
}

/// Gradient and lower triangle of the Hessian, divided by C · rows.
struct Derivatives {
    gradient: Vec<f64>,
    hessian: Vec<f64>,
}

impl Problem<'_> {
    /// Minimises the penalised loss from `parameters`.
    pub fn newton(
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
            let Some(step) = solve(derivatives.hessian, &derivatives.gradient) else {
                break;
            };
            let mut length = 1.0;
            let mut improved = false;
            for _ in 0..MAX_HALVINGS {
                let moved: Vec<f64> = parameters
                    .iter()
                    .zip(&step)
                    .map(|(at, step)| at - length * step)
                    .collect();
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
                converged = derivatives
                    .gradient
                    .iter()
                    .all(|part| part.abs() <= config.tolerance.max(1e-7));
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
        row.iter()
            .zip(parameters)
            .map(|(value, weight)| value * weight)
            .sum::<f64>()
            + parameters[self.num_features]
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
        let norm: f64 = parameters[..self.num_features]
            .iter()
            .map(|weight| weight * weight)
            .sum();
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
        for (i, weight) in parameters.iter().take(self.num_features).enumerate() {
            derivatives.gradient[i] += self.penalty() * weight;
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

/// 1 / (1 + e⁻ᶻ) without overflow.
pub(super) fn sigmoid(z: f64) -> f64 {
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
