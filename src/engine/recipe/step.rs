//! The recipe as data: an ordered list of cleaning steps, read from and written to JSON.
//!
//! Invariant: a recipe says everything that is needed to repeat it; no step draws at random or reads a clock.

use super::condition::Condition;
use super::error::{RecipeError, StepError};
use crate::engine::artifact::{Bilingual, ContentHash};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Highest recipe version this program reads, and the one it writes.
pub const RECIPE_VERSION: u32 = 1;

/// An ordered list of cleaning steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    pub version: u32,
    pub steps: Vec<Step>,
}

impl Default for Recipe {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

/// One step: what to do, whether it is switched on, and where the idea came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    #[serde(flatten)]
    pub action: Action,
    #[serde(default = "on")]
    pub enabled: bool,
    /// Code of the audit finding this step repairs.
    #[serde(default)]
    pub finding: Option<String>,
    /// A note for people; changes nothing.
    #[serde(default)]
    pub note: Option<String>,
}

fn on() -> bool {
    true
}

/// What a step does. `kind` in JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// Rows equal in `columns` (all columns if empty) shrink to one. Missing cells equal each other.
    DropDuplicates {
        #[serde(default)]
        columns: Vec<String>,
        #[serde(default)]
        keep: Keep,
    },
    /// Rows with a missing cell in any of `columns` (any column if empty) go.
    DropMissing {
        #[serde(default)]
        columns: Vec<String>,
    },
    FillMissing {
        column: String,
        with: Fill,
    },
    /// Numbers outside the bounds are set to the bound. Quantiles are of the column at this step (linear interpolation).
    Clip {
        column: String,
        #[serde(default)]
        min: Option<f64>,
        #[serde(default)]
        max: Option<f64>,
        #[serde(default)]
        lower_quantile: Option<f64>,
        #[serde(default)]
        upper_quantile: Option<f64>,
    },
    /// Only rows that satisfy the condition stay.
    Filter {
        condition: String,
    },
    /// Rows that satisfy the condition go; where it is unknown (a missing cell) they stay.
    DropRows {
        condition: String,
    },
    /// Text columns (all of them if `columns` is empty); a cell that becomes empty is missing afterwards.
    NormalizeText {
        #[serde(default)]
        columns: Vec<String>,
        #[serde(default = "on")]
        trim: bool,
        /// Unicode NFKC: full-width letters and digits become plain ones, ligatures are opened.
        #[serde(default)]
        nfkc: bool,
        /// Runs of white space become one blank.
        #[serde(default)]
        collapse_whitespace: bool,
        #[serde(default)]
        case: Case,
    },
    /// Text or numbers become times. `format` is strftime, `ISO 8601`, or `epoch seconds|milliseconds|microseconds`.
    ParseTime {
        column: String,
        format: String,
    },
    /// Cells equal to a key become its value; null makes them missing.
    MapValues {
        column: String,
        map: BTreeMap<String, Option<String>>,
    },
    /// Hides what a column says; the result is text.
    Mask {
        column: String,
        method: MaskMethod,
    },
    DropColumn {
        column: String,
    },
    /// Text becomes numbers (`1,234.50`, `¥99`, ` 7 `); cells that are none become missing.
    ParseNumber {
        column: String,
    },
    /// Of events of one user, item and kind, those at most `seconds` after the one before (kept or not) go.
    DropDoubleFire {
        seconds: f64,
        /// Columns that make two events the same; the columns with the roles user, item and event if empty.
        #[serde(default)]
        columns: Vec<String>,
        /// The time column; the one with the role time if absent.
        #[serde(default)]
        time: Option<String>,
        /// Kinds of event that get `slow_seconds` instead, named by the column with the role event.
        #[serde(default)]
        slow_events: Vec<String>,
        #[serde(default)]
        slow_seconds: Option<f64>,
    },
    /// All rows of the listed users go.
    DropUsers {
        users: Vec<String>,
        /// The user column; the one with the role user if absent.
        #[serde(default)]
        column: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    #[default]
    First,
    Last,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Fill {
    Constant {
        value: CellValue,
    },
    /// Numbers only; rounded to the nearest whole number in an integer column.
    Mean,
    /// Numbers and times; the lower of the middle two where their mean is not of the column's type.
    Median,
    /// The most frequent value; the smallest of several.
    Mode,
}

/// A cell written in a recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CellValue {
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(String),
}

impl CellValue {
    pub fn show(&self) -> String {
        match self {
            Self::Boolean(v) => v.to_string(),
            Self::Integer(v) => v.to_string(),
            Self::Float(v) => v.to_string(),
            Self::Text(v) => v.clone(),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    #[default]
    Keep,
    Lower,
    Upper,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum MaskMethod {
    /// First 16 hex digits of BLAKE3 keyed with the salt: equal cells stay equal. Whoever has the salt can test guesses.
    Hash { salt: String },
    Redact {
        #[serde(default = "stars")]
        with: String,
    },
    /// Stars for all but the last `n` characters.
    KeepLast { n: usize },
    /// Hides what looks personal inside the text (phone, e-mail, …) and leaves the rest; all detectors if empty.
    Personal {
        #[serde(default)]
        patterns: Vec<String>,
    },
}

fn stars() -> String {
    "***".to_owned()
}

impl Recipe {
    pub fn new(steps: Vec<Step>) -> Self {
        Self {
            version: RECIPE_VERSION,
            steps,
        }
    }

    /// Reads a recipe; a field that no step knows is an error, not a default.
    pub fn from_json(text: &str) -> Result<Self, RecipeError> {
        let value: serde_json::Value = serde_json::from_str(text).map_err(RecipeError::Syntax)?;
        if let Some(found) = value.get("version").and_then(serde_json::Value::as_u64)
            && found > u64::from(RECIPE_VERSION)
        {
            return Err(RecipeError::Version {
                found: u32::try_from(found).unwrap_or(u32::MAX),
                supported: RECIPE_VERSION,
            });
        }
        let recipe: Self = serde_json::from_value(value.clone()).map_err(RecipeError::Syntax)?;
        let written = value.get("steps").and_then(serde_json::Value::as_array);
        for (index, (step, written)) in recipe.steps.iter().zip(written.into_iter().flatten()).enumerate() {
            check_fields(index + 1, step, written)?;
        }
        Ok(recipe)
    }

    pub fn to_json(&self) -> String {
        // Plain data with string keys always serialises.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Changes when, and only when, the result may change: notes and switched-off steps do not count.
    pub fn hash(&self) -> ContentHash {
        let actions: Vec<&Action> = self.steps.iter().filter(|s| s.enabled).map(|s| &s.action).collect();
        ContentHash::of_json(&(self.version, actions))
    }

    pub fn is_empty(&self) -> bool {
        self.steps.iter().all(|step| !step.enabled)
    }
}

/// `flatten` cannot refuse unknown fields, so the written keys are compared with those the step would write itself.
fn check_fields(number: usize, step: &Step, written: &serde_json::Value) -> Result<(), RecipeError> {
    let known = serde_json::to_value(step).map_err(RecipeError::Syntax)?;
    let (Some(known), Some(written)) = (known.as_object(), written.as_object()) else {
        return Ok(());
    };
    match written.keys().find(|key| !known.contains_key(*key)) {
        None => Ok(()),
        Some(field) => Err(RecipeError::UnknownField {
            number,
            kind: step.action.kind(),
            field: field.clone(),
            known: known.keys().cloned().collect::<Vec<_>>().join(", "),
        }),
    }
}

impl Step {
    pub fn new(action: Action) -> Self {
        Self {
            action,
            enabled: true,
            finding: None,
            note: None,
        }
    }
}

impl Action {
    /// The name in JSON and on the command line.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::DropDuplicates { .. } => "drop_duplicates",
            Self::DropMissing { .. } => "drop_missing",
            Self::FillMissing { .. } => "fill_missing",
            Self::Clip { .. } => "clip",
            Self::Filter { .. } => "filter",
            Self::DropRows { .. } => "drop_rows",
            Self::NormalizeText { .. } => "normalize_text",
            Self::ParseTime { .. } => "parse_time",
            Self::MapValues { .. } => "map_values",
            Self::Mask { .. } => "mask",
            Self::DropColumn { .. } => "drop_column",
            Self::ParseNumber { .. } => "parse_number",
            Self::DropDoubleFire { .. } => "drop_double_fire",
            Self::DropUsers { .. } => "drop_users",
        }
    }

    /// The kind's name for people.
    pub fn title(&self) -> Bilingual {
        let (en, zh) = match self {
            Self::DropDuplicates { .. } => ("Drop duplicates", "删除重复行"),
            Self::DropMissing { .. } => ("Drop rows with missing cells", "删除缺失行"),
            Self::FillMissing { .. } => ("Fill missing cells", "填充缺失值"),
            Self::Clip { .. } => ("Clip numbers", "截断数值"),
            Self::Filter { .. } => ("Keep rows where", "保留满足条件的行"),
            Self::DropRows { .. } => ("Drop rows where", "删除满足条件的行"),
            Self::NormalizeText { .. } => ("Normalise text", "规范文本"),
            Self::ParseTime { .. } => ("Read as time", "解析时间"),
            Self::MapValues { .. } => ("Map values", "映射取值"),
            Self::Mask { .. } => ("Mask a column", "脱敏列"),
            Self::DropColumn { .. } => ("Drop a column", "删除列"),
            Self::ParseNumber { .. } => ("Read as number", "解析数字"),
            Self::DropDoubleFire { .. } => ("Drop double-fired events", "删除重复触发事件"),
            Self::DropUsers { .. } => ("Drop users", "删除用户"),
        };
        Bilingual::new(en, zh)
    }

    /// Parses the condition of a filter, so that an editor can check it without a table.
    pub fn check_condition(&self) -> Result<(), StepError> {
        match self {
            Self::Filter { condition } | Self::DropRows { condition } => {
                Condition::parse(condition)?;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
