//! Words of the data page.

use super::Text;

pub const TITLE: Text = Text::new("Data", "数据");
