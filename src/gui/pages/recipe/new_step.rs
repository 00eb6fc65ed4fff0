//! The step of each kind as it is first added: harmless until it is filled in.

use crate::engine::recipe::{Action, Case, Fill, Keep, MaskMethod};
use std::collections::BTreeMap;

/// One step of every kind, on the first column where one is needed.
pub(super) fn templates(columns: &[String]) -> Vec<Action> {
    let column = || columns.first().cloned().unwrap_or_default();
    vec![
        Action::DropDuplicates {
            columns: Vec::new(),
            keep: Keep::First,
        },
        Action::DropMissing { columns: Vec::new() },
        Action::DropRows {
            condition: format!("{} is null", quoted(&column())),
        },
        Action::Filter {
            condition: format!("{} is not null", quoted(&column())),
        },
        Action::DropDoubleFire {
            seconds: 1.0,
            columns: Vec::new(),
            time: None,
            slow_events: Vec::new(),
            slow_seconds: None,
        },
        Action::DropUsers {
            users: Vec::new(),
            column: None,
        },
        Action::FillMissing {
            column: column(),
            with: Fill::Mode,
        },
        Action::Clip {
            column: column(),
            min: None,
            max: None,
            lower_quantile: None,
            upper_quantile: None,
        },
        Action::NormalizeText {
            columns: Vec::new(),
            trim: true,
            nfkc: false,
            collapse_whitespace: true,
            case: Case::Keep,
        },
        Action::MapValues {
            column: column(),
            map: BTreeMap::new(),
        },
        Action::ParseTime {
            column: column(),
            format: "ISO 8601".to_owned(),
        },
        Action::ParseNumber { column: column() },
        Action::Mask {
            column: column(),
            method: MaskMethod::Redact { with: "***".to_owned() },
        },
        Action::DropColumn { column: column() },
    ]
}

/// The name as the condition language writes it.
fn quoted(column: &str) -> String {
    let plain = column.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain && column.starts_with(|c: char| c.is_ascii_alphabetic()) {
        column.to_owned()
    } else {
        format!("`{}`", column.replace('`', "``"))
    }
}
