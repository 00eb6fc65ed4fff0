//! Words of the features page.

use super::Text;

pub const TITLE: Text = Text::new("Features", "特征");
