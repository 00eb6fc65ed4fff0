//! A dense layer y = x·Wᵀ + b, with an optional low-rank adapter beside it.
//!
//! LoRA (Hu et al. 2021) with PEFT's semantics: y += (α/r)·B·A·dropout(x), A drawn, B zero, W frozen.

use super::dropout::DropoutDraws;
use tch::{TchError, Tensor};

/// A low-rank adapter; `a` is [r, in], `b` is [out, r].
#[derive(Debug)]
pub struct Adapter {
    pub a: Tensor,
    pub b: Tensor,
    /// α/r
    pub scale: f64,
    pub dropout: f64,
}

/// Weight [out, in] and bias [out], shared with the parameter map.
#[derive(Debug)]
pub struct Linear {
    pub weight: Tensor,
    pub bias: Tensor,
    pub adapter: Option<Adapter>,
}

impl Linear {
    /// `draws` only while training.
    pub fn forward(&self, input: &Tensor, draws: Option<&mut DropoutDraws>) -> Result<Tensor, TchError> {
        self.with_adapter(input.f_linear(&self.weight, Some(&self.bias))?, input, draws)
    }

    /// The same without the bias, for an operation that adds it by itself.
    pub fn forward_unbiased(&self, input: &Tensor, draws: Option<&mut DropoutDraws>) -> Result<Tensor, TchError> {
        self.with_adapter(input.f_linear::<&Tensor>(&self.weight, None)?, input, draws)
    }

    fn with_adapter(
        &self,
        output: Tensor,
        input: &Tensor,
        draws: Option<&mut DropoutDraws>,
    ) -> Result<Tensor, TchError> {
        let Some(adapter) = &self.adapter else {
            return Ok(output);
        };
        let input = match draws {
            Some(draws) => draws.apply(input, adapter.dropout)?,
            None => input.shallow_clone(),
        };
        let low = input.f_linear::<&Tensor>(&adapter.a, None)?;
        let delta = low.f_linear::<&Tensor>(&adapter.b, None)?;
        output.f_add(&delta.f_mul_scalar(adapter.scale)?)
    }
}

impl Adapter {
    /// scale·B·A, what merging adds to the weight.
    pub fn delta(&self) -> Result<Tensor, TchError> {
        self.b.f_matmul(&self.a)?.f_mul_scalar(self.scale)
    }
}
