//! Compares models of an evaluated test set by name.
//!
//! Invariant: the first name is the reference: differences are the later model minus the earlier one.

use super::comparison::{CompareConfig, CompareInput, Comparison, ScoredModel};
use super::judge::compare;

use crate::engine::eval::columns::CodedColumn;
use crate::engine::eval::suite::ScoredRows;
use crate::engine::eval::{EvalError, ModelKind};
use crate::engine::progress::Progress;

/// At most so many models are compared when none are named.
const MAX_DEFAULT_MODELS: usize = 4;

/// The newest models and the baselines, baselines first, so that "better" reads as "the model beats the baseline".
pub fn default_models(rows: &ScoredRows) -> Vec<String> {
    let baselines = rows.models.iter().filter(|model| model.kind != ModelKind::Model);
    let own = rows.models.iter().filter(|model| model.kind == ModelKind::Model);
    let room = MAX_DEFAULT_MODELS.saturating_sub(baselines.clone().count()).max(1);
    let mut newest: Vec<String> = own.take(room).map(|model| model.name.clone()).collect();
    newest.reverse();
    baselines.map(|model| model.name.clone()).chain(newest).collect()
}

/// Compares the named models, in this order; without names the `default_models`.
///
/// # Errors
/// A name that is not among the models, or as `compare`.
pub fn compare_rows(
    rows: &ScoredRows,
    names: &[String],
    config: &CompareConfig,
    progress: &Progress,
) -> Result<Comparison, EvalError> {
    let chosen = if names.is_empty() {
        default_models(rows)
    } else {
        names.to_vec()
    };
    let find = |name: &String| {
        let model = rows.models.iter().find(|model| model.name == *name);
        model.ok_or_else(|| EvalError::BadSetting {
            what: format!("there is no model `{name}` on these rows; evaluate it first"),
        })
    };
    let models = chosen.iter().map(|name| {
        find(name).map(|model| ScoredModel {
            name: &model.name,
            scores: &model.scores,
        })
    });
    let input = CompareInput {
        labels: &rows.labels,
        models: models.collect::<Result<_, _>>()?,
        groups: rows.group.as_ref().map(CodedColumn::codes),
        segments: rows.segments.iter().map(CodedColumn::segment).collect(),
    };
    compare(&input, config, progress)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::artifact::{Bilingual, ContentHash};
    use crate::engine::eval::suite::ScoreColumn;

    fn rows() -> ScoredRows {
        let model = |name: &str, kind, scores: [f64; 4]| ScoreColumn {
            name: name.to_owned(),
            kind,
            description: Bilingual::default(),
            scores: scores.to_vec(),
            model: ContentHash::default(),
        };
        ScoredRows {
            labels: vec![1.0, 0.0, 1.0, 0.0],
            models: vec![
                model("new", ModelKind::Model, [0.9, 0.2, 0.8, 0.3]),
                model("old", ModelKind::Model, [0.9, 0.4, 0.3, 0.2]),
                model("Popularity", ModelKind::Popularity, [0.5, 0.5, 0.4, 0.6]),
            ],
            ..ScoredRows::default()
        }
    }

    #[test]
    fn baselines_are_the_reference_and_the_newest_model_comes_last() {
        assert_eq!(default_models(&rows()), ["Popularity", "old", "new"]);
        let found = compare_rows(&rows(), &[], &CompareConfig::default(), &Progress::new()).expect("three models");
        assert_eq!(
            (found.pairs[0].a.as_str(), found.pairs[0].b.as_str()),
            ("Popularity", "old")
        );
    }

    #[test]
    fn unknown_models_are_named() {
        let names = ["new".to_owned(), "lost".to_owned()];
        let error = compare_rows(&rows(), &names, &CompareConfig::default(), &Progress::new()).expect_err("unknown");
        assert!(error.to_string().contains("`lost`"), "{error}");
    }
}
