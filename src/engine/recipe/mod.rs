//! Recipe: cleaning steps as data, applied, previewed and undone. Dataset + Recipe → cleaned Dataset.

pub mod cells;
pub mod condition;
pub mod history;

mod apply;
mod content;
mod describe;
mod error;
mod parse;
mod preview;
mod propose;
mod rejects;
mod row_hash;
mod rows;
mod step;
mod table;
mod text;
mod values;

pub use apply::{Applied, DroppedRow, StepReport, apply};
pub use content::content_hash;
pub(in crate::engine) use error::closest;
pub use error::{RecipeError, StepError};
pub use preview::{DiffRow, Preview, StepDiff, preview};
pub use propose::{action_of, add_step, step_of, suggest};
pub use rejects::{RejectsError, write_dropped};
pub use step::{Action, Case, CellValue, Fill, Keep, MaskMethod, RECIPE_VERSION, Recipe, Step};
pub use values::quantile_of_sorted;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
