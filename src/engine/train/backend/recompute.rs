//! Gradient checkpointing (Chen et al. 2016, "Training deep nets with sublinear memory cost"): a forward pass that
//! keeps only what enters each layer, and a backward pass that computes each layer again.
//!
//! libtorch's own needs Python hooks, so each layer's backward is that of a surrogate: with g the gradient of the loss
//! at a layer's output y, Σ g·y has the layer's gradients (vector-Jacobian product). Dropout draws are a pure function
//! of seed, step, place and index, so the second pass of a layer drops what the first one did. Invariant: the gradients
//! are those of the plain pass up to rounding.

use super::batch::Batch;
use super::dropout::DropoutDraws;
use super::model::{Compute, Model};
use super::{During as _, TrainError};
use tch::{Kind, TchError, Tensor};

const DURING: &str = "training";

/// Logits → (the loss, a scalar; each row's loss).
pub type LossOf<'a> = dyn Fn(&Tensor) -> Result<(Tensor, Tensor), TrainError> + 'a;

/// What entered each layer, and the draws as they stood then.
struct Kept {
    inputs: Vec<Tensor>,
    draws: Vec<Option<DropoutDraws>>,
    /// The last layer's output.
    output: Tensor,
}

/// Adds the gradients of the loss to the weights; returns the rows' losses.
pub fn backward(model: &Model, batch: &Batch, draws: DropoutDraws, loss_of: &LossOf<'_>) -> Result<Tensor, TrainError> {
    let mut draws = Some(draws);
    let kept = keep(model, batch, &mut draws)?;
    let top = detached(&kept.output).during(DURING)?;
    if let Some(draws) = &draws {
        draws.begin_layer(kept.inputs.len() as u64 + 1);
    }
    let (loss, losses) = {
        let _autocast = model.compute.autocast()?;
        let logits = model
            .head_forward(top.shallow_clone(), batch, &mut draws)
            .during(DURING)?;
        loss_of(&logits)?
    };
    loss.f_backward().during(DURING)?;
    let mut above = top.grad();
    for layer in (0..kept.inputs.len()).rev() {
        if !model.learns_below(layer + 1) {
            return Ok(losses);
        }
        let input = detached(&kept.inputs[layer]).during(DURING)?;
        let mut draws = kept.draws[layer + 1].clone();
        let output = {
            let _autocast = model.compute.autocast()?;
            begin(&draws, layer + 1);
            model.layer(layer, &input, batch, &mut draws).during(DURING)?
        };
        surrogate(&output, &above).and_then(|s| s.f_backward()).during(DURING)?;
        above = input.grad();
    }
    if model.learns_below(0) {
        let mut draws = kept.draws[0].clone();
        let output = {
            let _autocast = model.compute.autocast()?;
            begin(&draws, 0);
            model.embed(batch, &mut draws).during(DURING)?
        };
        surrogate(&output, &above).and_then(|s| s.f_backward()).during(DURING)?;
    }
    Ok(losses)
}

fn begin(draws: &Option<DropoutDraws>, layer: usize) {
    if let Some(draws) = draws {
        draws.begin_layer(layer as u64);
    }
}

/// The first pass, without a graph.
fn keep(model: &Model, batch: &Batch, draws: &mut Option<DropoutDraws>) -> Result<Kept, TrainError> {
    let compute: Compute = model.compute;
    let _no_grad = tch::no_grad_guard();
    let _autocast = compute.autocast()?;
    let mut at = vec![draws.clone()];
    begin(draws, 0);
    let mut x = model.embed(batch, draws).during(DURING)?;
    let mut inputs = Vec::new();
    for layer in 0..model.config.num_layers {
        at.push(draws.clone());
        begin(draws, layer + 1);
        let output = model.layer(layer, &x, batch, draws).during(DURING)?;
        inputs.push(std::mem::replace(&mut x, output));
    }
    Ok(Kept {
        inputs,
        draws: at,
        output: x,
    })
}

/// A leaf that gathers a gradient.
fn detached(tensor: &Tensor) -> Result<Tensor, TchError> {
    tensor.detach().f_set_requires_grad(true)
}

/// Σ g·y: its gradient at y is g.
fn surrogate(output: &Tensor, gradient: &Tensor) -> Result<Tensor, TchError> {
    let gradient = gradient.detach().f_to_kind(Kind::Float)?;
    output.f_to_kind(Kind::Float)?.f_mul(&gradient)?.f_sum(Kind::Float)
}
