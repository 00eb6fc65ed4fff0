//! State of the features page: what the log offers, what was chosen, what was built.

use super::{AppState, StageMark, StageStatus};
use crate::engine::artifact::ContentHash;
use crate::engine::features::{FeatureConfig, FeatureSet, LabelRule, LogOutline};
use crate::engine::flow::choices::features_agree;
use crate::engine::project::ArtefactKind;
use crate::gui::apply::flow::StageOutcome;
use crate::gui::i18n::number;
use crate::gui::loadable::Loadable;

#[derive(Default)]
pub struct FeaturesState {
    pub set: Loadable<FeatureSet>,
    /// What the open log offers.
    pub outline: Loadable<LogOutline>,
    /// What the analyst chose; saved with the project.
    pub config: FeatureConfig,
}

/// True if the table of hash `table` is the log of hash `log`, or the file it was written to: a cleaned file that was
/// read again has a hash of its own, and the catalogue knows what it was written from.
fn holds_rows_of(state: &AppState, table: &ContentHash, log: &ContentHash) -> bool {
    table == log
        || state.project.artefacts.iter().any(|known| {
            known.kind == ArtefactKind::Dataset && known.hash == *table && known.inputs == std::slice::from_ref(log)
        })
}

impl FeaturesState {
    /// Mark and count for the navigation.
    pub fn status(&self, state: &AppState) -> StageStatus {
        let count = self.set.value().map(|set| number::count(set.label.rows));
        let mark = match &self.set {
            Loadable::Empty => StageMark::Nothing,
            Loadable::Loading { .. } => StageMark::Running,
            Loadable::Failed { .. } => StageMark::NeedsAttention,
            Loadable::Ready(_) if self.is_stale(state) => StageMark::Stale,
            Loadable::Ready(_) => StageMark::Done,
        };
        StageStatus { mark, count }
    }

    /// True when the log, the recipe or what was chosen changed after the set was built.
    pub fn is_stale(&self, state: &AppState) -> bool {
        self.set.value().is_some_and(|set| {
            // Without an open log nothing is known to have changed; while a recipe is applied, nothing is settled.
            let log = match &state.recipe.applied {
                Loadable::Loading { .. } => None,
                _ if state.recipe.awaits_log => None,
                _ => state.recipe.clean_or_raw(&state.data),
            };
            let built_from = set.provenance.inputs.first();
            let other_log = log.is_some_and(|log| {
                built_from.is_none_or(|built_from| !holds_rows_of(state, built_from, &log.info.hash))
            });
            other_log || !features_agree(&self.config, &set.config)
        })
    }

    /// True if the feature is, or will be, given to a model.
    pub fn is_chosen(&self, name: &str, selected: bool) -> bool {
        self.config
            .features
            .as_ref()
            .map_or(selected, |chosen| chosen.iter().any(|feature| feature == name))
    }

    /// The label rule to show and edit: the chosen one, else the built set's, else what the log suggests.
    pub fn shown_rule(&self) -> Option<&LabelRule> {
        let chosen = self.config.label.as_ref();
        let built = || self.set.value().map(|set| &set.label.rule);
        let suggested = || self.outline.value().and_then(|outline| outline.rule.as_ref());
        chosen.or_else(built).or_else(suggested)
    }

    /// How this stage stands for a run of the whole flow.
    pub fn outcome(&self) -> StageOutcome {
        match &self.set {
            Loadable::Ready(_) => StageOutcome::Done,
            Loadable::Failed { error, .. } => StageOutcome::Failed(error.clone()),
            Loadable::Empty | Loadable::Loading { .. } => StageOutcome::Pending,
        }
    }
}
