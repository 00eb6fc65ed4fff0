//! Words of the train page.

use super::Text;

pub const TITLE: Text = Text::new("Train", "训练");
