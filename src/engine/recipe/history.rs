//! Undo and redo: stacks of whole recipes around the current one. Recipes are small, so no inverse steps are needed.

use super::step::Recipe;

/// How many earlier recipes are kept.
const MAX_UNDO: usize = 200;

/// What a recipe was before, and what was undone.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<Recipe>,
    future: Vec<Recipe>,
}

impl History {
    /// Replaces `current` by `next`; what could be redone is forgotten. The same recipe again is no edit.
    pub fn edit(&mut self, current: &mut Recipe, next: Recipe) {
        if next == *current {
            return;
        }
        self.past.push(std::mem::replace(current, next));
        if self.past.len() > MAX_UNDO {
            self.past.remove(0);
        }
        self.future.clear();
    }

    /// Replaces `current` as part of the edit before, so that typing a word is one edit.
    pub fn amend(&mut self, current: &mut Recipe, next: Recipe) {
        *current = next;
        self.future.clear();
    }

    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// False if there was nothing to undo.
    pub fn undo(&mut self, current: &mut Recipe) -> bool {
        let Some(earlier) = self.past.pop() else { return false };
        self.future.push(std::mem::replace(current, earlier));
        true
    }

    /// False if there was nothing to redo.
    pub fn redo(&mut self, current: &mut Recipe) -> bool {
        let Some(later) = self.future.pop() else { return false };
        self.past.push(std::mem::replace(current, later));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::recipe::step::{Action, Step};

    fn recipe(columns: &[&str]) -> Recipe {
        let step = |name: &&str| {
            Step::new(Action::DropColumn {
                column: (*name).to_owned(),
            })
        };
        Recipe::new(columns.iter().map(step).collect())
    }

    #[test]
    fn undo_and_redo_walk_the_same_recipes() {
        let (mut history, mut current) = (History::default(), Recipe::default());
        assert!(!history.undo(&mut current) && !history.redo(&mut current));
        for columns in [&["a"][..], &["a", "b"], &["b", "a"]] {
            history.edit(&mut current, recipe(columns));
        }
        history.edit(&mut current, recipe(&["b", "a"]));
        assert!(history.undo(&mut current));
        assert_eq!(current, recipe(&["a", "b"]));
        assert!(history.undo(&mut current) && history.undo(&mut current) && !history.undo(&mut current));
        assert_eq!(current, Recipe::default());
        assert!(history.redo(&mut current) && history.redo(&mut current));
        assert_eq!(current, recipe(&["a", "b"]));
        history.edit(&mut current, recipe(&["c"]));
        assert!(!history.can_redo() && history.can_undo());
        history.amend(&mut current, recipe(&["cd"]));
        assert!(history.undo(&mut current));
        assert_eq!(current, recipe(&["a", "b"]));
    }
}
