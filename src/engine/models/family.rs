//! Families of encoders: BERT, RoBERTa, XLM-RoBERTa and DistilBERT are one computation under different names.
//!
//! The program knows the tensors by BERT's names. In: names of a file. Out: those names, and back for export.
//! Invariant: `own_name(file_name(x)) == x` for every tensor the program holds.

/// Which of Transformers' model types an encoder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Bert,
    Roberta,
    XlmRoberta,
    DistilBert,
}

/// BERT's names of the parts of a DistilBERT layer.
const DISTILBERT_PARTS: [(&str, &str); 8] = [
    ("attention.q_lin", "attention.self.query"),
    ("attention.k_lin", "attention.self.key"),
    ("attention.v_lin", "attention.self.value"),
    ("attention.out_lin", "attention.output.dense"),
    ("sa_layer_norm", "attention.output.LayerNorm"),
    ("ffn.lin1", "intermediate.dense"),
    ("ffn.lin2", "output.dense"),
    ("output_layer_norm", "output.LayerNorm"),
];

/// The dense layer between the first token and the classifier.
const POOLER: &str = "bert.pooler.dense.";

impl Family {
    pub const ALL: [Self; 4] = [Self::Bert, Self::Roberta, Self::XlmRoberta, Self::DistilBert];

    /// The family of a `model_type`.
    pub fn of(model_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.model_type() == model_type)
    }

    /// Transformers' `model_type`.
    pub fn model_type(self) -> &'static str {
        match self {
            Self::Bert => "bert",
            Self::Roberta => "roberta",
            Self::XlmRoberta => "xlm-roberta",
            Self::DistilBert => "distilbert",
        }
    }

    /// Transformers' class of the encoder with its own classification head.
    pub fn plain_class(self) -> &'static str {
        match self {
            Self::Bert => "BertForSequenceClassification",
            Self::Roberta => "RobertaForSequenceClassification",
            Self::XlmRoberta => "XLMRobertaForSequenceClassification",
            Self::DistilBert => "DistilBertForSequenceClassification",
        }
    }

    /// The class in `modeling_touchstone.py` for every other head.
    pub fn own_class(self) -> &'static str {
        match self {
            Self::Bert => "TouchstoneTextClassifier",
            Self::Roberta => "TouchstoneRobertaClassifier",
            Self::XlmRoberta => "TouchstoneXLMRobertaClassifier",
            Self::DistilBert => "TouchstoneDistilBertClassifier",
        }
    }

    /// First part of the names of its tensors, with the dot.
    fn prefix(self) -> &'static str {
        match self {
            Self::Bert => "bert.",
            Self::Roberta | Self::XlmRoberta => "roberta.",
            Self::DistilBert => "distilbert.",
        }
    }

    /// True if the pooler is part of the pre-trained encoder; elsewhere it is part of the head that is learnt.
    pub fn has_trained_pooler(self) -> bool {
        self == Self::Bert
    }

    /// The program's name of a tensor of a file, or `None` for what is not needed (heads of other tasks, position ids).
    pub fn own_name(self, name: &str) -> Option<String> {
        let name = name
            .replace("LayerNorm.gamma", "LayerNorm.weight")
            .replace("LayerNorm.beta", "LayerNorm.bias");
        let bare = name.strip_prefix(self.prefix()).unwrap_or(&name);
        if bare.ends_with("position_ids") {
            return None;
        }
        if let Some(part) = self.pooler_parts().iter().find_map(|part| name.strip_prefix(part)) {
            return Some(format!("{POOLER}{part}"));
        }
        if let Some(part) = name.strip_prefix("classifier.out_proj.") {
            return Some(format!("classifier.{part}"));
        }
        if ["classifier.", "numeric."].iter().any(|part| name.starts_with(part)) {
            return Some(name);
        }
        if self == Self::DistilBert
            && let Some(layer) = bare.strip_prefix("transformer.")
        {
            return distilbert_part(layer, |(theirs, ours)| (theirs, ours)).map(|name| format!("bert.encoder.{name}"));
        }
        // RoBERTa's own pooler is none that its classification head reads.
        let is_pooler = bare.starts_with("pooler.") && self == Self::Bert;
        (is_pooler || bare.starts_with("embeddings.") || bare.starts_with("encoder.")).then(|| format!("bert.{bare}"))
    }

    /// The name of a tensor in an exported file; `plain` for Transformers' own class.
    pub fn file_name(self, name: &str, plain: bool) -> String {
        if self == Self::Bert {
            return name.to_owned();
        }
        if let Some(part) = name.strip_prefix(POOLER) {
            return format!("{}{part}", self.pooler_parts()[usize::from(!plain)]);
        }
        if plain
            && self != Self::DistilBert
            && let Some(part) = name.strip_prefix("classifier.")
        {
            return format!("classifier.out_proj.{part}");
        }
        let Some(bare) = name.strip_prefix("bert.") else {
            return name.to_owned();
        };
        if self == Self::DistilBert
            && let Some(layer) = bare.strip_prefix("encoder.")
            && let Some(named) = distilbert_part(layer, |(theirs, ours)| (ours, theirs))
        {
            return format!("distilbert.transformer.{named}");
        }
        format!("{}{bare}", self.prefix())
    }

    /// The pooler's names: in Transformers' own class, and in the class beside the weights.
    fn pooler_parts(self) -> [&'static str; 2] {
        match self {
            Self::Bert => ["pooler.dense.", POOLER],
            Self::Roberta | Self::XlmRoberta => ["classifier.dense.", "head_pooler.dense."],
            Self::DistilBert => ["pre_classifier.", "head_pooler.dense."],
        }
    }
}

/// `layer.3.<from>.rest` → `layer.3.<to>.rest` for the pair whose `from` is there.
fn distilbert_part(
    layer: &str,
    pair: impl Fn((&'static str, &'static str)) -> (&'static str, &'static str),
) -> Option<String> {
    let rest = layer.strip_prefix("layer.")?;
    let (number, part) = rest.split_once('.')?;
    DISTILBERT_PARTS.into_iter().map(pair).find_map(|(from, to)| {
        let tail = part.strip_prefix(from)?.strip_prefix('.')?;
        Some(format!("layer.{number}.{to}.{tail}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_bare_and_foreign_names_of_each_family() {
        for (family, name, expected) in [
            (
                Family::Bert,
                "embeddings.LayerNorm.gamma",
                Some("bert.embeddings.LayerNorm.weight"),
            ),
            (
                Family::Bert,
                "bert.encoder.layer.0.output.LayerNorm.beta",
                Some("bert.encoder.layer.0.output.LayerNorm.bias"),
            ),
            (Family::Bert, "pooler.dense.weight", Some("bert.pooler.dense.weight")),
            (Family::Bert, "bert.pooler.dense.bias", Some("bert.pooler.dense.bias")),
            (Family::Bert, "classifier.bias", Some("classifier.bias")),
            (Family::Bert, "embeddings.position_ids", None),
            (Family::Bert, "cls.predictions.bias", None),
            (Family::Bert, "qa_outputs.weight", None),
            (
                Family::Roberta,
                "roberta.encoder.layer.11.attention.self.query.weight",
                Some("bert.encoder.layer.11.attention.self.query.weight"),
            ),
            (
                Family::Roberta,
                "classifier.dense.weight",
                Some("bert.pooler.dense.weight"),
            ),
            (Family::Roberta, "classifier.out_proj.bias", Some("classifier.bias")),
            (Family::Roberta, "roberta.pooler.dense.weight", None),
            (Family::Roberta, "lm_head.bias", None),
            (
                Family::XlmRoberta,
                "embeddings.word_embeddings.weight",
                Some("bert.embeddings.word_embeddings.weight"),
            ),
            (
                Family::DistilBert,
                "distilbert.transformer.layer.3.attention.q_lin.bias",
                Some("bert.encoder.layer.3.attention.self.query.bias"),
            ),
            (
                Family::DistilBert,
                "transformer.layer.0.output_layer_norm.weight",
                Some("bert.encoder.layer.0.output.LayerNorm.weight"),
            ),
            (
                Family::DistilBert,
                "pre_classifier.bias",
                Some("bert.pooler.dense.bias"),
            ),
            (Family::DistilBert, "vocab_projector.bias", None),
        ] {
            assert_eq!(family.own_name(name).as_deref(), expected, "{family:?} {name}");
        }
    }

    #[test]
    fn exported_names_are_read_back() {
        let names = [
            "bert.embeddings.word_embeddings.weight",
            "bert.embeddings.LayerNorm.bias",
            "bert.encoder.layer.7.attention.self.value.weight",
            "bert.encoder.layer.7.attention.output.dense.bias",
            "bert.encoder.layer.7.attention.output.LayerNorm.weight",
            "bert.encoder.layer.7.intermediate.dense.weight",
            "bert.encoder.layer.7.output.dense.weight",
            "bert.encoder.layer.7.output.LayerNorm.bias",
            "bert.encoder.layer.7.output.dense.lora_A.weight",
            "bert.pooler.dense.weight",
            "classifier.weight",
            "numeric.gate.bias",
        ];
        for family in Family::ALL {
            assert_eq!(Family::of(family.model_type()), Some(family));
            for plain in [true, false] {
                for name in names {
                    let file = family.file_name(name, plain);
                    assert_eq!(family.own_name(&file).as_deref(), Some(name), "{family:?} {file}");
                }
            }
        }
        assert_eq!(
            Family::DistilBert.file_name(names[5], true),
            "distilbert.transformer.layer.7.ffn.lin1.weight"
        );
        assert_eq!(Family::of("electra"), None);
    }
}
