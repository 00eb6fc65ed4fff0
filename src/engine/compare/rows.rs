//! Compares models of an evaluated test set by name.
//!
//! Invariant: the first name is the reference: differences are the later model minus the earlier one.

use super::comparison::{CompareConfig, CompareInput, Comparison, ScoredModel};
use super::judge::compare;
use crate::engine::eval::EvalError;
use crate::engine::eval::columns::CodedColumn;
use crate::engine::eval::suite::ScoredRows;
use crate::engine::progress::Progress;

/// Compares the named models, in this order.
///
/// # Errors
/// A name that is not among the models, or as `compare`.
pub fn compare_rows(
    rows: &ScoredRows,
    names: &[String],
    config: &CompareConfig,
    progress: &Progress,
) -> Result<Comparison, EvalError> {
    let find = |name: &String| {
        let model = rows.models.iter().find(|model| model.name == *name);
        model.ok_or_else(|| EvalError::BadSetting {
            what: format!("there is no model `{name}` on these rows; evaluate it first"),
        })
    };
    let models = names.iter().map(|name| {
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
