//! Words of the experiments page.

use super::Text;

pub const TITLE: Text = Text::new("Experiments", "实验");
