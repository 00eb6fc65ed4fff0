//! The encoder of BERT and its kin over a flat list of tokens (Devlin et al. 2019; tensor names of Transformers).
//!
//! Post-layer-norm blocks: x ← LN(x + dropout(f(x))). Everything but attention is computed on [tokens, hidden]
//! at once; attention on one group of equal-length rows at a time, without mask or padding. With CLS pooling only
//! the first token of the last block is ever read, so only that is computed there. On the CPU what stands between two
//! products of matrices is one operation (`native/fused.cpp`), which equals the plain path up to rounding.

use super::batch::{Batch, Group};
use super::dropout::{DropoutDraws, Drops};
use super::linear::Linear;
use super::shim;
use crate::engine::models::{Activation, BertConfig};
use crate::engine::train::card::Pooling;
use crate::engine::train::memory;
use tch::{Kind, TchError, Tensor};

/// Scale and shift of a layer normalisation.
#[derive(Debug)]
pub struct Norm {
    pub weight: Tensor,
    pub bias: Tensor,
    pub eps: f64,
}

impl Norm {
    fn forward(&self, input: &Tensor) -> Result<Tensor, TchError> {
        let size = self.weight.size();
        input.f_layer_norm(&size[..], Some(&self.weight), Some(&self.bias), self.eps, true)
    }
}

/// Tables of words, positions and segment kinds.
#[derive(Debug)]
pub struct Embeddings {
    pub words: Tensor,
    pub positions: Tensor,
    /// `None` for an encoder that knows no segments.
    pub kinds: Option<Tensor>,
    /// Row of `positions` that the first token takes.
    pub first_position: i64,
    pub norm: Norm,
}

#[derive(Debug)]
pub struct Block {
    pub query: Linear,
    pub key: Linear,
    pub value: Linear,
    pub attention_output: Linear,
    pub attention_norm: Norm,
    pub intermediate: Linear,
    pub output: Linear,
    pub output_norm: Norm,
}

/// All layers, sharing their tensors with the parameter map.
#[derive(Debug)]
pub struct Encoder {
    pub embeddings: Embeddings,
    pub blocks: Vec<Block>,
    heads: i64,
    head_size: i64,
    activation: Activation,
    hidden_dropout: f64,
    attention_dropout: f64,
    /// Blocks are computed by the fused operations of the CPU.
    fused: bool,
}

impl Encoder {
    /// `fused`: by the fused operations where the processor and the sizes allow it.
    pub fn new(config: &BertConfig, embeddings: Embeddings, blocks: Vec<Block>, fused: bool) -> Self {
        Self {
            fused: fused && shim::fused_lanes().is_some_and(|lanes| memory::fuses(config, lanes)),
            embeddings,
            blocks,
            heads: config.num_heads as i64,
            head_size: config.head_size() as i64,
            activation: config.activation,
            hidden_dropout: config.hidden_dropout,
            attention_dropout: config.attention_dropout,
        }
    }

    /// Whether blocks are computed by the fused operations.
    pub fn is_fused(&self) -> bool {
        self.fused
    }

    /// [rows, hidden]: the first token's vector, or the mean over a row's tokens. `draws` only while training.
    pub fn forward(
        &self,
        batch: &Batch,
        pooling: Pooling,
        draws: &mut Option<DropoutDraws>,
    ) -> Result<Tensor, TchError> {
        let mut x = self.embed(batch, draws)?;
        for n in 0..self.blocks.len() {
            x = self.layer(n, &x, batch, pooling, draws)?;
        }
        self.pool(x, batch, pooling)
    }

    /// Block n of the stack.
    pub fn layer(
        &self,
        n: usize,
        x: &Tensor,
        batch: &Batch,
        pooling: Pooling,
        draws: &mut Option<DropoutDraws>,
    ) -> Result<Tensor, TchError> {
        let first = (n + 1 == self.blocks.len() && pooling == Pooling::Cls).then_some(&batch.first);
        match self.fused {
            true => self.fused_block(&self.blocks[n], x, batch, first, draws),
            false => self.block(&self.blocks[n], x, &batch.groups, first, draws),
        }
    }

    /// The rows' vectors from what the last block gives.
    pub fn pool(&self, x: Tensor, batch: &Batch, pooling: Pooling) -> Result<Tensor, TchError> {
        match pooling {
            Pooling::Cls => Ok(x),
            Pooling::Mean => mean_over_rows(&x, &batch.groups),
        }
    }

    pub fn embed(&self, batch: &Batch, draws: &mut Option<DropoutDraws>) -> Result<Tensor, TchError> {
        let Embeddings {
            words,
            positions,
            kinds,
            first_position,
            norm,
        } = &self.embeddings;
        let mut x = Tensor::f_embedding(words, &batch.ids, -1, false, false)?;
        if let Some(kinds) = kinds {
            // An encoder with one segment reads both texts of a pair as that.
            let last = kinds.size()[0] - 1;
            let known = batch.kinds.f_clamp_max(last)?;
            x = x.f_add(&Tensor::f_embedding(kinds, &known, -1, false, false)?)?;
        }
        let places = batch.positions.f_add_scalar(*first_position)?;
        let x = x.f_add(&Tensor::f_embedding(positions, &places, -1, false, false)?)?;
        drop_out(draws, &norm.forward(&x)?, self.hidden_dropout)
    }

    /// One block; with `first`, only these tokens of its output.
    fn block(
        &self,
        block: &Block,
        x: &Tensor,
        groups: &[Group],
        first: Option<&Tensor>,
        draws: &mut Option<DropoutDraws>,
    ) -> Result<Tensor, TchError> {
        let asking = match first {
            Some(first) => x.f_index_select(0, first)?,
            None => x.shallow_clone(),
        };
        let query = block.query.forward(&asking, draws.as_mut())?;
        let key = block.key.forward(x, draws.as_mut())?;
        let value = block.value.forward(x, draws.as_mut())?;
        let context = self.attend([&query, &key, &value], groups, first.is_some(), draws)?;
        let attended = block.attention_output.forward(&context, draws.as_mut())?;
        let attended = drop_out(draws, &attended, self.hidden_dropout)?;
        let x = block.attention_norm.forward(&attended.f_add(&asking)?)?;
        let inner = block.intermediate.forward(&x, draws.as_mut())?;
        let inner = match self.activation {
            Activation::Gelu => inner.f_gelu("none")?,
            Activation::GeluTanh => inner.f_gelu("tanh")?,
            Activation::Relu => inner.f_relu()?,
        };
        let output = block.output.forward(&inner, draws.as_mut())?;
        let output = drop_out(draws, &output, self.hidden_dropout)?;
        block.output_norm.forward(&output.f_add(&x)?)
    }

    /// The same by operations that join what stands between two products of matrices.
    fn fused_block(
        &self,
        block: &Block,
        x: &Tensor,
        batch: &Batch,
        first: Option<&Tensor>,
        draws: &mut Option<DropoutDraws>,
    ) -> Result<Tensor, TchError> {
        let asking = match first {
            Some(first) => x.f_index_select(0, first)?,
            None => x.shallow_clone(),
        };
        let query = block.query.forward(&asking, draws.as_mut())?;
        let key = block.key.forward(x, draws.as_mut())?;
        let value = block.value.forward(x, draws.as_mut())?;
        let shares = draws.as_mut().map_or(Drops::NONE, |draws| {
            draws.next_place();
            draws.share_drops(self.attention_dropout)
        });
        let heads = (self.heads, first.is_some());
        let context = shim::attention([&query, &key, &value], &batch.starts, heads, &shares)?;
        let attended = block.attention_output.forward_unbiased(&context, draws.as_mut())?;
        let x = self.fused_norm(
            &attended,
            &block.attention_output,
            &asking,
            &block.attention_norm,
            draws,
        )?;
        let inner = block.intermediate.forward_unbiased(&x, draws.as_mut())?;
        let inner = shim::bias_gelu(&inner, &block.intermediate.bias)?;
        let output = block.output.forward_unbiased(&inner, draws.as_mut())?;
        self.fused_norm(&output, &block.output, &x, &block.output_norm, draws)
    }

    fn fused_norm(
        &self,
        h: &Tensor,
        made_by: &Linear,
        residual: &Tensor,
        norm: &Norm,
        draws: &mut Option<DropoutDraws>,
    ) -> Result<Tensor, TchError> {
        let (rows, width) = h.size2()?;
        let size = (rows.unsigned_abs(), width.unsigned_abs());
        let drops = draws
            .as_mut()
            .map_or(Drops::NONE, |draws| draws.next_drops(size, self.hidden_dropout));
        let weights = (&norm.weight, &norm.bias, norm.eps);
        shim::residual_norm((h, &made_by.bias), residual, weights, &drops)
    }

    /// softmax(QKᵀ/√d)·V of each group; `single` = one query a row. Flat in, flat out.
    fn attend(
        &self,
        [query, key, value]: [&Tensor; 3],
        groups: &[Group],
        single: bool,
        draws: &mut Option<DropoutDraws>,
    ) -> Result<Tensor, TchError> {
        let mut contexts = Vec::with_capacity(groups.len());
        let mut first_row = 0;
        if let Some(draws) = draws {
            draws.next_place();
        }
        for group in groups {
            let split = |flat: &Tensor, start: i64, length: i64| {
                flat.f_narrow(0, start, group.rows * length)?
                    .f_view([group.rows, length, self.heads, self.head_size])?
                    .f_transpose(1, 2)
            };
            let (start, length) = if single {
                (first_row, 1)
            } else {
                (group.start, group.length)
            };
            let query = split(query, start, length)?;
            let key = split(key, group.start, group.length)?;
            let value = split(value, group.start, group.length)?;
            let context = self.attend_group([&query, &key, &value], group.start, draws.as_ref())?;
            contexts.push(
                context
                    .f_transpose(1, 2)?
                    .f_reshape([-1, self.heads * self.head_size])?,
            );
            first_row += group.rows;
        }
        match contexts.len() {
            1 => Ok(contexts.swap_remove(0)),
            _ => Tensor::f_cat(&contexts, 0),
        }
    }

    fn attend_group(
        &self,
        [query, key, value]: [&Tensor; 3],
        start: i64,
        draws: Option<&DropoutDraws>,
    ) -> Result<Tensor, TchError> {
        let rate = if draws.is_some() { self.attention_dropout } else { 0.0 };
        match draws {
            Some(draws) if rate > 0.0 && !draws.is_native() => {
                // libtorch's CPU attention with dropout falls back to this too, with a serial generator.
                let scaled = query.f_mul_scalar(1.0 / (self.head_size as f64).sqrt())?;
                let scores = scaled.f_matmul(&key.f_transpose(-2, -1)?)?;
                let shares = scores.f_softmax(-1, None::<Kind>)?;
                draws.apply_shares(&shares, rate, start)?.f_matmul(value)
            }
            _ => Tensor::f_scaled_dot_product_attention(query, key, value, None::<&Tensor>, rate, false, None, false),
        }
    }
}

pub fn drop_out(draws: &mut Option<DropoutDraws>, x: &Tensor, rate: f64) -> Result<Tensor, TchError> {
    match draws {
        Some(draws) => draws.apply(x, rate),
        None => Ok(x.shallow_clone()),
    }
}

fn mean_over_rows(x: &Tensor, groups: &[Group]) -> Result<Tensor, TchError> {
    let width = x.size()[1];
    let means: Vec<Tensor> = groups
        .iter()
        .map(|group| {
            x.f_narrow(0, group.start, group.rows * group.length)?
                .f_view([group.rows, group.length, width])?
                .f_mean_dim(1, false, Kind::Float)
        })
        .collect::<Result<_, _>>()?;
    Tensor::f_cat(&means, 0)
}

impl Encoder {
    /// Path and layer of every dense layer that may carry an adapter.
    pub fn adapted(&self) -> impl Iterator<Item = (String, &Linear)> {
        self.blocks.iter().enumerate().flat_map(|(n, block)| {
            [
                ("attention.self.query", &block.query),
                ("attention.self.key", &block.key),
                ("attention.self.value", &block.value),
                ("attention.output.dense", &block.attention_output),
                ("intermediate.dense", &block.intermediate),
                ("output.dense", &block.output),
            ]
            .map(|(part, linear)| (format!("bert.encoder.layer.{n}.{part}"), linear))
        })
    }
}
