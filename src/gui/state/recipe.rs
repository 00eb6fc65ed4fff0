//! State of the recipe page: the recipe with its history, what it would do, what it did.

use super::{AppState, StageMark, StageStatus};
use crate::engine::artifact::ContentHash;
use crate::engine::ingest::Dataset;
use crate::engine::recipe::history::History;
use crate::engine::recipe::{Applied, Preview, Recipe};
use crate::gui::apply::flow::StageOutcome;
use crate::gui::i18n::recipe as words;
use crate::gui::loadable::Loadable;
use crate::gui::state::data::DataState;

#[derive(Default)]
pub struct RecipeState {
    pub recipe: Recipe,
    pub history: History,
    /// The cleaned log.
    pub applied: Loadable<Applied>,
    /// What the recipe as it stands would do.
    pub preview: Loadable<RecipePreview>,
    pub selected: Option<usize>,
    /// Somebody decided about the recipe, even if it is empty; else the flow fills it from the findings.
    pub is_decided: bool,
    /// The project that was just opened holds a cleaned log: the recipe is applied again once the log is read.
    pub awaits_log: bool,
    /// The step whose fields are being typed in: those edits are one.
    pub typing_in: Option<usize>,
}

/// A preview and what it was made for.
#[derive(Debug)]
pub struct RecipePreview {
    pub preview: Preview,
    pub key: ContentHash,
    pub elapsed_ms: u64,
}

impl RecipeState {
    /// Mark and count for the navigation.
    pub fn status(&self, state: &AppState) -> StageStatus {
        let steps = self.recipe.steps.iter().filter(|step| step.enabled).count();
        let count = (steps > 0).then(|| words::steps(state.settings.language, steps));
        let mark = match &self.applied {
            Loadable::Empty => StageMark::Nothing,
            Loadable::Loading { .. } => StageMark::Running,
            Loadable::Failed { .. } => StageMark::NeedsAttention,
            Loadable::Ready(_) if self.is_stale(&state.data) => StageMark::Stale,
            Loadable::Ready(_) => StageMark::Done,
        };
        StageStatus { mark, count }
    }

    /// True when the log or the recipe changed after the recipe was applied.
    pub fn is_stale(&self, data: &DataState) -> bool {
        self.applied.value().is_some_and(|applied| {
            let log = data.dataset.value().map(|log| &log.info.hash);
            applied.recipe != self.recipe.hash() || log != Some(&applied.input)
        })
    }

    /// The cleaned log if it is up to date, else `None`.
    pub fn current(&self, data: &DataState) -> Option<&Applied> {
        self.applied
            .value()
            .filter(|_| !self.is_stale(data))
            .map(|applied| &**applied)
    }

    /// The cleaned log if there is one of the open log, else the log itself.
    pub fn clean_or_raw(&self, data: &DataState) -> Option<Dataset> {
        let raw = data.dataset.value()?;
        let applied = self.applied.value().filter(|applied| applied.input == raw.info.hash);
        Some(applied.map_or_else(|| (**raw).clone(), |applied| applied.dataset.clone()))
    }

    /// What a preview of the state as it is would be made for; `None` without a log.
    pub fn preview_key(&self, data: &DataState) -> Option<ContentHash> {
        let log = data.dataset.value()?;
        Some(ContentHash::of_json(&(
            &log.info.hash,
            &self.recipe.steps,
            self.selected,
        )))
    }

    /// Keeps the chosen step, or chooses the nearest there is, so that its form and its rows show at once.
    pub fn keep_one_selected(&mut self) {
        let last = self.recipe.steps.len().checked_sub(1);
        self.selected = last.map(|last| self.selected.unwrap_or(0).min(last));
    }

    /// How this stage stands for a run of the whole flow.
    pub fn outcome(&self) -> StageOutcome {
        match &self.applied {
            Loadable::Ready(_) => StageOutcome::Done,
            Loadable::Failed { error, .. } => StageOutcome::Failed(error.clone()),
            Loadable::Empty | Loadable::Loading { .. } => StageOutcome::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::recipe::{Action, Step};

    #[test]
    fn a_recipe_with_steps_always_has_one_chosen() {
        let step = |column: &str| {
            Step::new(Action::DropColumn {
                column: column.to_owned(),
            })
        };
        let mut state = RecipeState::default();
        state.keep_one_selected();
        assert_eq!(state.selected, None, "there is none to choose");
        state.recipe = Recipe::new(vec![step("a"), step("b"), step("c")]);
        state.keep_one_selected();
        assert_eq!(state.selected, Some(0), "a recipe just opened shows its first step");
        state.selected = Some(2);
        state.keep_one_selected();
        assert_eq!(state.selected, Some(2), "a choice stays");
        state.recipe.steps.pop();
        state.keep_one_selected();
        assert_eq!(
            state.selected,
            Some(1),
            "the nearest takes the place of one that is gone"
        );
    }
}
