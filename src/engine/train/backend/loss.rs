//! The loss of each row: cross-entropy, weighted, focal, with label smoothing; the squared error of a grade.
//!
//! loss = w_y · (1 − p_y)^γ · CE_ε(y), where w is 1, or for label 1 the positive weight, or for each class what balances
//! them (`tasks::balanced_weights`), γ the focusing of Lin et al. 2017 (Focal Loss for Dense Object Detection, eq. 4) and CE_ε torch's cross-entropy with label
//! smoothing ε (Szegedy et al. 2016). A batch's loss is the mean over its rows, whatever their weights.

use crate::engine::run::config::{Loss, TrainConfig};
use crate::engine::run::task::Task;
use crate::engine::train::tasks::balanced_weights;
use tch::{Kind, Reduction, TchError, Tensor};

/// What the losses of a run depend on.
#[derive(Clone, Debug, PartialEq)]
pub struct RowLoss {
    task: Task,
    kind: Loss,
    /// Of each class; empty unless they are balanced.
    class_weights: Vec<f32>,
    smoothing: f64,
    /// Added to the log-odds of label 1 first, where an epoch does not take all negatives.
    shift: f64,
}

impl RowLoss {
    /// `labels` are those of all training rows, `classes` the number of logits.
    pub fn new(config: &TrainConfig, shift: f64, (labels, classes): (&[f32], usize)) -> Self {
        Self {
            task: config.task,
            kind: config.loss,
            class_weights: match config.loss {
                Loss::Balanced => balanced_weights(labels, classes),
                _ => Vec::new(),
            },
            smoothing: config.label_smoothing,
            shift,
        }
    }

    /// Loss of each row, fp32; `logits` [rows, outputs], `labels` [rows], float.
    pub fn of(&self, logits: &Tensor, labels: &Tensor) -> Result<Tensor, TchError> {
        let mut logits = logits.f_to_kind(Kind::Float)?;
        if self.task == Task::Graded {
            return logits.f_select(1, 0)?.f_sub(labels)?.f_square();
        }
        let labels = &labels.f_to_kind(Kind::Int64)?;
        if self.shift != 0.0 {
            let shifts = Tensor::f_from_slice(&[0.0, self.shift as f32])?.f_to_device(logits.device())?;
            logits = logits.f_add(&shifts)?;
        }
        let losses = logits.f_cross_entropy_loss(labels, None::<&Tensor>, Reduction::None, -100, self.smoothing)?;
        match self.kind {
            Loss::CrossEntropy => Ok(losses),
            Loss::Weighted { positive_weight } => {
                // 1 for label 0, the weight for label 1.
                let weights = labels
                    .f_to_kind(Kind::Float)?
                    .f_mul_scalar(positive_weight - 1.0)?
                    .f_add_scalar(1.0)?;
                losses.f_mul(&weights)
            }
            Loss::Balanced => {
                let weights = Tensor::f_from_slice(&self.class_weights)?.f_to_device(logits.device())?;
                losses.f_mul(&weights.f_index_select(0, labels)?)
            }
            Loss::Focal { gamma } => {
                let right = logits
                    .f_softmax(-1, None::<Kind>)?
                    .f_gather(1, &labels.f_unsqueeze(1)?, false)?
                    .f_squeeze_dim(1)?;
                let missing = right.f_neg()?.f_add_scalar(1.0)?.f_clamp_min(0.0)?;
                losses.f_mul(&missing.f_pow_tensor_scalar(gamma)?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn losses(kind: Loss, smoothing: f64, shift: f64) -> Vec<f32> {
        let config = TrainConfig {
            loss: kind,
            label_smoothing: smoothing,
            ..TrainConfig::default()
        };
        let loss = RowLoss::new(&config, shift, (&[0.0, 1.0, 1.0, 1.0], 2));
        let logits = Tensor::from_slice(&[0.3f32, -0.2, -1.5, 2.0, 0.1, 0.4]).reshape([3, 2]);
        let labels = Tensor::from_slice(&[1f32, 1.0, 0.0]);
        Vec::try_from(loss.of(&logits, &labels).expect("losses")).expect("floats")
    }

    fn close(found: &[f32], expected: [f64; 3]) {
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (f64::from(*found) - expected).abs() < 1e-6,
                "{found} against {expected}"
            );
        }
    }

    // Expected by NumPy from the definition: z = log softmax(logits), CE = −(1 − ε)·z_y − ε/2·Σz.
    #[test]
    fn values_equal_the_definition() {
        close(&losses(Loss::CrossEntropy, 0.0, 0.0), PLAIN);
        close(
            &losses(Loss::Weighted { positive_weight: 3.0 }, 0.0, 0.0),
            [3.0 * PLAIN[0], 3.0 * PLAIN[1], PLAIN[2]],
        );
        // Weights of one row labelled 0 and three labelled 1: 4 / (2 · 1) and 4 / (2 · 3).
        let (zero, one) = (2.0, 2.0 / 3.0);
        close(
            &losses(Loss::Balanced, 0.0, 0.0),
            [one * PLAIN[0], one * PLAIN[1], zero * PLAIN[2]],
        );
        close(&losses(Loss::Focal { gamma: 2.0 }, 0.0, 0.0), FOCAL);
        close(&losses(Loss::CrossEntropy, 0.1, 0.0), SMOOTHED);
        close(&losses(Loss::CrossEntropy, 0.0, -0.7), SHIFTED);
        assert_eq!(
            losses(Loss::Focal { gamma: 0.0 }, 0.1, 0.0),
            losses(Loss::CrossEntropy, 0.1, 0.0)
        );
    }

    #[test]
    fn classes_and_grades() {
        let of = |task: Task, kind: Loss, smoothing: f64, classes: i64, labels: [f32; 2]| {
            let config = TrainConfig {
                task,
                loss: kind,
                label_smoothing: smoothing,
                ..TrainConfig::default()
            };
            let loss = RowLoss::new(&config, 0.0, (&[0.0, 1.0, 1.0, 2.0], classes as usize));
            let logits = Tensor::from_slice(&[0.3f32, -0.2, 1.1, -1.5, 2.0, 0.4]).reshape([2, 3]);
            let logits = logits.narrow(1, 0, classes);
            let found = loss.of(&logits, &Tensor::from_slice(&labels)).expect("losses");
            Vec::<f32>::try_from(found).expect("floats")
        };
        // NumPy and scipy.special.log_softmax from the definition, as above.
        let plain = of(Task::Multiclass, Loss::CrossEntropy, 0.0, 3, [2.0, 1.0]);
        close(&plain, [0.543_405_54, 0.208_715_08, 0.0]);
        close(
            &of(Task::Multiclass, Loss::CrossEntropy, 0.1, 3, [2.0, 1.0]),
            [0.613_405_54, 0.378_715_08, 0.0],
        );
        close(
            &of(Task::Multiclass, Loss::Focal { gamma: 2.0 }, 0.0, 3, [2.0, 1.0]),
            [0.095_506_93, 0.007_406_17, 0.0],
        );
        let balanced = of(Task::Multiclass, Loss::Balanced, 0.0, 3, [2.0, 1.0]);
        close(
            &balanced,
            [4.0 / 3.0 * f64::from(plain[0]), 2.0 / 3.0 * f64::from(plain[1]), 0.0],
        );
        close(
            &of(Task::Graded, Loss::CrossEntropy, 0.0, 1, [2.0, -1.0]),
            [2.89, 0.25, 0.0],
        );
    }

    const PLAIN: [f64; 3] = [0.974_076_984, 0.029_750_418, 0.854_355_244];
    const FOCAL: [f64; 3] = [0.377_411_601, 0.000_025_562, 0.281_923_736];
    const SMOOTHED: [f64; 3] = [0.949_076_984, 0.204_750_418, 0.839_355_244];
    const SHIFTED: [f64; 3] = [1.463_282_467, 0.059_032_826, 0.513_015_252];
}
