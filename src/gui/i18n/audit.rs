//! Words of the audit page.

use super::Text;

pub const TITLE: Text = Text::new("Audit", "质量审计");
