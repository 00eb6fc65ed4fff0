//! From a row's text vector (and numbers and categories) to its logits.
//!
//! Text only: the head of the family's `…ForSequenceClassification`. With numbers or categories, late
//! fusion: f = [numbers, an embedding of each category]; z = gelu(dense(f)); g = σ(gate([text, z])); logits = classifier([text, g ⊙ z]). The gate lets the model
//! decide row by row how much they count.

use super::dropout::DropoutDraws;
use super::encoder::drop_out;
use super::linear::Linear;
use crate::engine::models::Family;
use tch::{TchError, Tensor};

/// The branch of numbers and categories.
#[derive(Debug)]
pub struct Fusion {
    /// Of each categorical column: [codes, width].
    pub embeddings: Vec<Tensor>,
    pub dense: Linear,
    pub gate: Linear,
}

/// What stands beside the text of some rows.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// [rows, inputs]
    pub numeric: Option<&'a Tensor>,
    /// A column's codes [rows] each.
    pub categories: &'a [Tensor],
}

impl Fusion {
    /// Numbers and embeddings side by side: [rows, inputs of `dense`].
    fn inputs(&self, side: Side<'_>) -> Result<Tensor, TchError> {
        let mut parts: Vec<Tensor> = side.numeric.map(Tensor::shallow_clone).into_iter().collect();
        for (table, codes) in self.embeddings.iter().zip(side.categories) {
            parts.push(Tensor::f_embedding(table, codes, -1, false, false)?);
        }
        match parts.len() {
            1 => Ok(parts.swap_remove(0)),
            _ => Tensor::f_cat(&parts, 1),
        }
    }
}

#[derive(Debug)]
pub struct Head {
    /// A dense layer and a non-linearity over the first token; absent with mean pooling.
    pub pooler: Option<Linear>,
    pub fusion: Option<Fusion>,
    pub classifier: Linear,
    pub dropout: f64,
    pub family: Family,
}

impl Head {
    /// `pooled` [rows, hidden], `side` what stands beside the text → logits [rows, labels].
    pub fn forward(
        &self,
        pooled: &Tensor,
        side: Side<'_>,
        draws: &mut Option<DropoutDraws>,
    ) -> Result<Tensor, TchError> {
        let text = match &self.pooler {
            Some(pooler) => self.pool(pooler, pooled, draws)?,
            None => pooled.shallow_clone(),
        };
        let text = drop_out(draws, &text, self.dropout)?;
        let Some(fusion) = &self.fusion else {
            return self.classifier.forward(&text, None);
        };
        let z = fusion.dense.forward(&fusion.inputs(side)?, None)?.f_gelu("none")?;
        let gate = fusion
            .gate
            .forward(&Tensor::f_cat(&[&text, &z], 1)?, None)?
            .f_sigmoid()?;
        self.classifier
            .forward(&Tensor::f_cat(&[&text, &gate.f_mul(&z)?], 1)?, None)
    }

    /// BERT: tanh(dense(x)). RoBERTa: the same after dropout. DistilBERT: relu(dense(x)).
    fn pool(&self, pooler: &Linear, x: &Tensor, draws: &mut Option<DropoutDraws>) -> Result<Tensor, TchError> {
        match self.family {
            Family::Bert => pooler.forward(x, None)?.f_tanh(),
            Family::Roberta | Family::XlmRoberta => {
                let x = drop_out(draws, x, self.dropout)?;
                pooler.forward(&x, None)?.f_tanh()
            }
            Family::DistilBert => pooler.forward(x, None)?.f_relu(),
        }
    }
}
