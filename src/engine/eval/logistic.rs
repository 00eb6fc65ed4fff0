//! Logistic regression with an L2 penalty, fitted by Newton's method on standardised features.
//!
//! Minimises C · Σ ln(1 + exp(−yᵢ zᵢ)) + ‖w‖² / 2, the objective of scikit-learn's `LogisticRegression(C)`; the
//! intercept is not penalised. The problem is strictly convex, so the optimum does not depend on the method.
//!
//! Invariant: a missing value is its feature's mean, in fitting and in scoring.

use super::input::{EvalError, UsableRows};
use super::newton::{Problem, sigmoid};
use crate::engine::progress::Progress;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

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
            rows.extend(
                values
                    .iter()
                    .enumerate()
                    .map(|(feature, &value)| self.standard(feature, value)),
            );
        }
        rows
    }
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
            assert!(
                (weight - expected).abs() < 1e-7,
                "{:?} {}",
                model.weights,
                model.intercept
            );
        }
        let scores = model.predict(&x).expect("whole rows");
        assert!((scores[0] - 0.167_106_774_247).abs() < 1e-7, "{}", scores[0]);
    }

    #[test]
    fn separable_constant_and_missing_features_are_survived() {
        let x = [
            -1.0,
            5.0,
            f32::NAN,
            -2.0,
            5.0,
            1.0,
            1.0,
            5.0,
            f32::INFINITY,
            2.0,
            5.0,
            3.0,
        ];
        let model = fit(&x, 3, &[0.0, 0.0, 1.0, 1.0]).expect("two classes");
        assert!(model.converged && model.weights[0] > 0.0);
        assert_eq!(
            (model.weights[1], model.deviations[1], model.missing_values),
            (0.0, 0.0, 2)
        );
        let scores = model.predict(&x).expect("whole rows");
        assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)));
        assert!(scores[0] < 0.5 && scores[3] > 0.5);
    }

    #[test]
    fn one_class_and_ragged_input_are_refused() {
        assert_eq!(fit(&[1.0, 2.0], 1, &[1.0, 1.0]), Err(EvalError::OneClass { rows: 2 }));
        assert!(matches!(
            fit(&[1.0; 3], 2, &[1.0, 0.0]),
            Err(EvalError::LengthMismatch { .. })
        ));
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
        assert!(
            (model.weights[0] - model.weights[1]).abs() < 1e-9,
            "{:?}",
            model.weights
        );
    }
}
