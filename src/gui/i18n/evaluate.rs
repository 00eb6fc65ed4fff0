//! Words of the evaluate page.

use super::Text;

pub const TITLE: Text = Text::new("Evaluate", "评估");
