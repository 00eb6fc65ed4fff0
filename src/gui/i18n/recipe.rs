//! Words of the recipe page.

use super::Text;

pub const TITLE: Text = Text::new("Recipe", "清洗方案");
