//! From a row's text vector (and numbers) to two logits.
//!
//! Text only: the head of the family's `…ForSequenceClassification`. With numbers, late fusion:
//! z = gelu(dense(numbers)); g = σ(gate([text, z])); logits = classifier([text, g ⊙ z]). The gate lets the model
//! decide row by row how much the numbers count.

use super::dropout::DropoutDraws;
use super::encoder::drop_out;
use super::linear::Linear;
use crate::engine::models::Family;
use tch::{TchError, Tensor};

/// The numeric branch.
#[derive(Debug)]
pub struct Fusion {
    pub dense: Linear,
    pub gate: Linear,
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
    /// `pooled` [rows, hidden], `numeric` [rows, inputs] → logits [rows, labels].
    pub fn forward(
        &self,
        pooled: &Tensor,
        numeric: Option<&Tensor>,
        draws: &mut Option<DropoutDraws>,
    ) -> Result<Tensor, TchError> {
        let text = match &self.pooler {
            Some(pooler) => self.pool(pooler, pooled, draws)?,
            None => pooled.shallow_clone(),
        };
        let text = drop_out(draws, &text, self.dropout)?;
        let (Some(fusion), Some(numeric)) = (&self.fusion, numeric) else {
            return self.classifier.forward(&text, None);
        };
        let z = fusion.dense.forward(numeric, None)?.f_gelu("none")?;
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
