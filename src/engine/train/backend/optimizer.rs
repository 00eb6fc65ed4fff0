//! AdamW with state of our own, so that it can be saved and restored bit by bit.
//!
//! Decoupled weight decay (Loshchilov and Hutter 2019), off for biases and layer norms as in Transformers; the
//! update is libtorch's fused kernel. Clipping divides inside the kernel, so nothing waits for the device.
//! Invariant: a step whose gradient norm is not finite changes neither weights nor moments nor the step count.

use super::model::{Model, is_head, layer_of};
use super::scaler::LossScaler;
use super::shim::{self, AdamConstants, AdamGroup};
use super::weights::Named;
use super::{During as _, TrainError};
use tch::{Kind, TchError, Tensor};

/// torch.optim.AdamW's defaults.
pub const CONSTANTS: AdamConstants = AdamConstants {
    beta1: 0.9,
    beta2: 0.999,
    eps: 1e-8,
};

#[derive(Debug)]
struct Group {
    names: Vec<String>,
    params: Vec<Tensor>,
    exp_avgs: Vec<Tensor>,
    exp_avg_sqs: Vec<Tensor>,
    /// Multiplies the step's learning rate.
    rate_factor: f64,
    weight_decay: f64,
}

/// Moments of all tensors that learn.
#[derive(Debug)]
pub struct Optimizer {
    groups: Vec<Group>,
    all: Vec<Tensor>,
    /// 0-d float: steps done.
    step: Tensor,
    /// In fp16 only.
    scaler: Option<LossScaler>,
}

/// How fast the weights of a model learn beside each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    pub weight_decay: f64,
    /// Head tensors learn this many times as fast as the others.
    pub head_factor: f64,
    /// See `TrainConfig::layer_decay`.
    pub layer_decay: f64,
}

impl Rates {
    /// Multiplies the step's learning rate for a tensor of a model of so many layers: decay^(L − k) for layer k,
    /// decay^(L + 1) for the embeddings (Howard and Ruder 2018, discriminative fine-tuning; counted as ELECTRA does).
    fn factor(&self, name: &str, num_layers: usize) -> f64 {
        if is_head(name) {
            return self.head_factor;
        }
        let depth = layer_of(name).map_or(num_layers + 1, |layer| num_layers.saturating_sub(layer));
        self.layer_decay.powi(i32::try_from(depth).unwrap_or(i32::MAX))
    }
}

impl Optimizer {
    /// Fresh moments.
    pub fn new(model: &Model, rates: &Rates) -> Result<Self, TrainError> {
        let mut groups = Vec::new();
        let num_layers = model.config.num_layers;
        let factor_of = |name: &String| rates.factor(name, num_layers);
        let mut factors: Vec<f64> = model.trainable.iter().map(factor_of).collect();
        factors.sort_by(f64::total_cmp);
        factors.dedup();
        for rate_factor in factors {
            for decays in [true, false] {
                let names: Vec<String> = model
                    .trainable
                    .iter()
                    .filter(|name| factor_of(name) == rate_factor && decays_weight(name) == decays)
                    .cloned()
                    .collect();
                if names.is_empty() {
                    continue;
                }
                let params: Vec<Tensor> = names.iter().map(|name| model.params[name].shallow_clone()).collect();
                let zeros = || {
                    params
                        .iter()
                        .map(Tensor::f_zeros_like)
                        .collect::<Result<Vec<_>, TchError>>()
                };
                groups.push(Group {
                    exp_avgs: zeros().during("making the optimiser")?,
                    exp_avg_sqs: zeros().during("making the optimiser")?,
                    names,
                    params,
                    rate_factor,
                    weight_decay: if decays { rates.weight_decay } else { 0.0 },
                });
            }
        }
        let step = Tensor::f_zeros([], (Kind::Float, model.compute.device)).during("making the optimiser")?;
        let scaler = model.compute.fp16.then(|| LossScaler::new(model.compute.device));
        Ok(Self {
            groups,
            all: model.trainable_tensors(),
            step,
            scaler: scaler.transpose().during("making the optimiser")?,
        })
    }

    /// With loss scaling, for tests on the CPU.
    #[cfg(test)]
    pub fn with_scaler(mut self) -> Self {
        self.scaler = LossScaler::new(tch::Device::Cpu).ok();
        self
    }

    /// What the loss is multiplied by before its gradient is taken; `None` = nothing.
    pub fn loss_scale(&self) -> Option<&Tensor> {
        self.scaler.as_ref().map(LossScaler::scale)
    }

    /// Drops gradients of a step that was given up.
    pub fn drop_gradients(&self) -> Result<(), TrainError> {
        shim::clear_grads(&self.all)
    }

    /// One update from the gradients at hand, which are dropped. Returns their global L2 norm before clipping
    /// (0-d, on the device). `max_grad_norm` 0 = no clipping.
    pub fn step(&mut self, learning_rate: f64, max_grad_norm: f64) -> Result<Tensor, TrainError> {
        let mut norm = shim::grad_norm(&self.all)?;
        if let Some(scale) = self.loss_scale() {
            norm = norm.f_div(scale).during("clipping the gradient")?;
        }
        let (mut scale, not_finite) = self.clip_scale(&norm, max_grad_norm).during("clipping the gradient")?;
        if let Some(loss_scale) = self.loss_scale() {
            scale = scale.f_mul(loss_scale).during("clipping the gradient")?;
        }
        for group in &self.groups {
            let group = AdamGroup {
                params: &group.params,
                exp_avgs: &group.exp_avgs,
                exp_avg_sqs: &group.exp_avg_sqs,
                learning_rate: learning_rate * group.rate_factor,
                weight_decay: group.weight_decay,
            };
            shim::fused_adamw(&group, CONSTANTS, &self.step, &scale, &not_finite)?;
        }
        // A skipped step does not count for the bias correction.
        self.step = self.step.f_sub(&not_finite).during("updating the weights")?;
        if let Some(scaler) = &mut self.scaler {
            scaler.update(&not_finite).during("scaling the loss")?;
        }
        shim::clear_grads(&self.all)?;
        Ok(norm)
    }

    /// Counts the step; (divisor of the gradients, 1 where the norm is not finite).
    fn clip_scale(&mut self, norm: &Tensor, max_grad_norm: f64) -> Result<(Tensor, Tensor), TchError> {
        let _no_grad = tch::no_grad_guard();
        self.step = self.step.f_add_scalar(1.0)?;
        let scale = if max_grad_norm > 0.0 {
            // torch.nn.utils.clip_grad_norm_ multiplies by max/(norm + 1e-6), at most 1.
            norm.f_add_scalar(1e-6)?.f_div_scalar(max_grad_norm)?.f_clamp_min(1.0)?
        } else {
            norm.f_ones_like()?
        };
        let not_finite = norm.f_isfinite()?.f_logical_not()?.f_to_kind(Kind::Float)?;
        Ok((scale, not_finite))
    }

    /// Moments and step count under names `exp_avg.…`, `exp_avg_sq.…`, `step`.
    pub fn state(&self) -> Named {
        let mut state = Named::new();
        state.insert("step".to_owned(), self.step.shallow_clone());
        for group in &self.groups {
            for ((name, first), second) in group.names.iter().zip(&group.exp_avgs).zip(&group.exp_avg_sqs) {
                state.insert(format!("exp_avg.{name}"), first.shallow_clone());
                state.insert(format!("exp_avg_sq.{name}"), second.shallow_clone());
            }
        }
        if let Some(scaler) = &self.scaler {
            scaler.save(&mut state);
        }
        state
    }

    /// Restores what `state` gave; the error names the first tensor that is missing.
    pub fn restore(&mut self, state: &Named) -> Result<(), String> {
        let _no_grad = tch::no_grad_guard();
        let get = |name: String| state.get(&name).ok_or(format!("'{name}' is missing"));
        let text = |error: TchError| error.to_string();
        for group in &mut self.groups {
            for ((name, first), second) in group.names.iter().zip(&mut group.exp_avgs).zip(&mut group.exp_avg_sqs) {
                first.f_copy_(get(format!("exp_avg.{name}"))?).map_err(text)?;
                second.f_copy_(get(format!("exp_avg_sq.{name}"))?).map_err(text)?;
            }
        }
        self.step.f_copy_(get("step".to_owned())?).map_err(text)?;
        match &mut self.scaler {
            Some(scaler) => scaler.restore(state).map_err(text),
            None => Ok(()),
        }
    }
}

/// Transformers' rule: all but biases and layer-norm weights.
fn decays_weight(name: &str) -> bool {
    !name.ends_with(".bias") && !name.contains("LayerNorm")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deeper_layers_learn_slower() {
        let rates = Rates {
            weight_decay: 0.0,
            head_factor: 5.0,
            layer_decay: 0.5,
        };
        for (name, factor) in [
            ("classifier.weight", 5.0),
            ("bert.encoder.layer.3.output.dense.weight", 0.5),
            ("bert.encoder.layer.0.attention.self.query.lora_A.weight", 0.0625),
            ("bert.embeddings.LayerNorm.bias", 0.03125),
        ] {
            assert_eq!(rates.factor(name, 4), factor, "{name}");
        }
    }
}
