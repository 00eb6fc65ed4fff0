//! The gradient of one step: forward and backward over a batch, in parts where it is too large for memory.
//!
//! Invariant: the gradient is that of the mean loss over all rows of the batch, however it is cut, up to rounding.

use super::batch::Prepared;
use super::dropout::DropoutDraws;
use super::loss::RowLoss;
use super::model::Model;
use super::{During as _, TrainError};
use tch::{Kind, TchError, Tensor};

/// What a step is computed from beside its rows.
pub struct Work<'a> {
    pub model: &'a Model,
    pub rows: &'a Prepared,
    pub loss: &'a RowLoss,
    pub draws: DropoutDraws,
    /// Rows at one time; `None` = all.
    pub micro_batch: Option<usize>,
}

/// What was computed beside the gradients, which lie with the weights.
pub struct Gradient {
    /// Loss of each row, fp32, in the order of the rows.
    pub losses: Tensor,
    pub tokens: usize,
}

/// Adds the batch's gradient to the weights' gradients.
pub fn gradient(work: &Work<'_>, rows: &[u32]) -> Result<Gradient, TrainError> {
    let size = work.micro_batch.unwrap_or(rows.len()).max(1);
    let mut losses = Vec::new();
    let mut tokens = 0;
    for (part, some) in rows.chunks(size).enumerate() {
        let batch = work.rows.batch(some, work.model.compute.device).during("training")?;
        let draws = work.draws.of_part(part as u64);
        let found = {
            let _autocast = work.model.compute.autocast()?;
            let logits = work.model.forward(&batch, Some(draws)).during("training")?;
            let labels = batch
                .labels
                .as_ref()
                .ok_or_else(|| TrainError::config("data.label", "has no values"))?;
            work.loss.of(&logits, labels).during("training")?
        };
        share_of_mean(&found, rows.len())
            .and_then(|loss| loss.f_backward())
            .during("training")?;
        losses.push(found.detach());
        tokens += batch.tokens;
    }
    let losses = match losses.len() {
        1 => losses.swap_remove(0),
        _ => Tensor::f_cat(&losses, 0).during("training")?,
    };
    Ok(Gradient { losses, tokens })
}

/// These rows' share of the mean over `all` rows.
fn share_of_mean(losses: &Tensor, all: usize) -> Result<Tensor, TchError> {
    if losses.size1()? == all as i64 {
        return losses.f_mean(Kind::Float);
    }
    losses.f_sum(Kind::Float)?.f_div_scalar(all as f64)
}
