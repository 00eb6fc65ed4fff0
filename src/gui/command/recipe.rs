//! Requests of the recipe page.

#[derive(Debug)]
pub enum RecipeCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too).
    Run,
}
