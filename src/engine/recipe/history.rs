//! Undo and redo: a stack of whole recipes. Recipes are small, so no inverse steps are needed.

use super::step::Recipe;

/// How many earlier recipes are kept.
const MAX_UNDO: usize = 200;

/// The recipe being edited, with what it was before and after.
#[derive(Clone, Debug, Default)]
pub struct History {
    current: Recipe,
    past: Vec<Recipe>,
    future: Vec<Recipe>,
}

impl History {
    pub fn new(recipe: Recipe) -> Self {
        Self {
            current: recipe,
            past: Vec::new(),
            future: Vec::new(),
        }
    }

    pub fn current(&self) -> &Recipe {
        &self.current
    }

    /// Makes `recipe` the current one; what could be redone is forgotten. The same recipe again is no edit.
    pub fn edit(&mut self, recipe: Recipe) {
        if recipe == self.current {
            return;
        }
        self.past.push(std::mem::replace(&mut self.current, recipe));
        if self.past.len() > MAX_UNDO {
            self.past.remove(0);
        }
        self.future.clear();
    }

    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// False if there was nothing to undo.
    pub fn undo(&mut self) -> bool {
        let Some(earlier) = self.past.pop() else { return false };
        self.future.push(std::mem::replace(&mut self.current, earlier));
        true
    }

    /// False if there was nothing to redo.
    pub fn redo(&mut self) -> bool {
        let Some(later) = self.future.pop() else { return false };
        self.past.push(std::mem::replace(&mut self.current, later));
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
        let mut history = History::default();
        assert!(!history.undo() && !history.redo());
        for columns in [&["a"][..], &["a", "b"], &["b", "a"]] {
            history.edit(recipe(columns));
        }
        history.edit(recipe(&["b", "a"]));
        assert!(history.undo());
        assert_eq!(history.current(), &recipe(&["a", "b"]));
        assert!(history.undo() && history.undo() && !history.undo());
        assert_eq!(history.current(), &Recipe::default());
        assert!(history.redo() && history.redo());
        assert_eq!(history.current(), &recipe(&["a", "b"]));
        history.edit(recipe(&["c"]));
        assert!(!history.can_redo() && history.can_undo());
    }
}
