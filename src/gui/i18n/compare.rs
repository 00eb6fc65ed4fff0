//! Words of the compare page.

use super::Text;

pub const TITLE: Text = Text::new("Compare", "对比");
