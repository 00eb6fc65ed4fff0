//! The gradient of one step: forward and backward over a batch, in parts where it is too large for memory.
//!
//! Invariant: the gradient is that of the mean loss over all rows of the batch, however it is cut, up to rounding:
//! dropout draws are counted through the whole batch.

use super::batch::{Batch, Prepared};
use super::dropout::{DropoutDraws, Part};
use super::loss::RowLoss;
use super::model::Model;
use super::{During as _, TrainError, recompute};
use crate::engine::train::faults::Faults;
use tch::{Kind, TchError, Tensor};

/// What a step is computed from beside its rows.
pub struct Work<'a> {
    pub model: &'a Model,
    pub rows: &'a Prepared,
    pub loss: &'a RowLoss,
    pub draws: DropoutDraws,
    /// Rows at one time; `None` = all.
    pub micro_batch: Option<usize>,
    /// Gradient checkpointing: keeps only what enters each layer, and computes layers again for the backward pass.
    pub recompute: bool,
    /// Multiplies the loss, and so the gradients (0-d).
    pub loss_scale: Option<&'a Tensor>,
    pub faults: Faults,
}

/// What was computed beside the gradients, which lie with the weights.
pub struct Gradient {
    /// Loss of each row, fp32, in the order of the rows.
    pub losses: Tensor,
    pub tokens: usize,
}

/// Adds the batch's gradient to the weights' gradients. After an error they hold those of some parts.
pub fn gradient(work: &Work<'_>, rows: &[u32]) -> Result<Gradient, TrainError> {
    let size = work.micro_batch.unwrap_or(rows.len()).max(1);
    let mut losses = Vec::new();
    let mut tokens = 0;
    for (part, some) in rows.chunks(size).enumerate() {
        work.faults.check_memory(part, some.len())?;
        let batch = work.rows.batch(some, work.model.compute.device).during("training")?;
        let draws = work.draws.of_part(Part {
            first_row: (part * size) as u64,
            first_token: tokens as u64,
            tokens: batch.tokens as u64,
        });
        losses.push(backward(work, &batch, draws, rows.len())?);
        tokens += batch.tokens;
    }
    let losses = match losses.len() {
        1 => losses.swap_remove(0),
        _ => Tensor::f_cat(&losses, 0).during("training")?,
    };
    Ok(Gradient { losses, tokens })
}

/// Forward and backward over rows that are a part of `all`; the rows' losses.
fn backward(work: &Work<'_>, batch: &Batch, draws: DropoutDraws, all: usize) -> Result<Tensor, TrainError> {
    let loss_of = |logits: &Tensor| -> Result<(Tensor, Tensor), TrainError> {
        let labels = batch
            .labels
            .as_ref()
            .ok_or_else(|| TrainError::config("data.label", "has no values"))?;
        let found = work.loss.of(logits, labels).during("training")?;
        let mut loss = share_of_mean(&found, all).during("training")?;
        if let Some(scale) = work.loss_scale {
            loss = loss.f_mul(scale).during("training")?;
        }
        Ok((loss, found.detach()))
    };
    if work.recompute && !work.model.encoder_is_frozen() {
        return recompute::backward(work.model, batch, draws, &loss_of);
    }
    let (loss, losses) = {
        let _autocast = work.model.compute.autocast()?;
        let logits = work.model.forward(batch, Some(draws)).during("training")?;
        loss_of(&logits)?
    };
    loss.f_backward().during("training")?;
    Ok(losses)
}

/// These rows' share of the mean over `all` rows.
fn share_of_mean(losses: &Tensor, all: usize) -> Result<Tensor, TchError> {
    if losses.size1()? == all as i64 {
        return losses.f_mean(Kind::Float);
    }
    losses.f_sum(Kind::Float)?.f_div_scalar(all as f64)
}
