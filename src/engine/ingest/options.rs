//! What the user may decide instead of the detection: dialect, formats of values, types, roles, names.

mod check;
mod formats;

pub use formats::{BooleanWords, CommentChoice, FileFormat, LineEnding, NumberFormat, Ragged, TimeChoice};

use crate::engine::artifact::{ColumnType, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Overrides of what is otherwise found in the bytes. `Default` overrides nothing.
///
/// What is not overridden is not written, so that a log read as found keeps its hash in later versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadOptions {
    /// One ASCII character between fields.
    pub delimiter: Option<char>,
    pub quote: QuoteChoice,
    /// Character that makes a quote inside a quoted field plain text; the quote itself for doubling alone.
    pub escape: Option<char>,
    /// WHATWG label, e.g. `UTF-8`, `gb18030`, `big5`, `UTF-16LE`.
    pub encoding: Option<String>,
    /// Whether the first record names the columns.
    pub header: Option<bool>,
    /// Lines to skip before the header or first record.
    pub preamble_lines: Option<u64>,
    /// Names for the columns in order, in place of the file's or the generated ones; may be shorter than the table.
    pub column_names: Vec<String>,
    /// Column name → type; what does not parse becomes an invalid cell.
    pub types: BTreeMap<String, ColumnType>,
    /// Column name → role.
    pub roles: BTreeMap<String, Role>,
    /// Keep every cell as the text in the file: no types, no null spellings.
    pub text_only: bool,
    /// How the lines are made up: cells between delimiters, of fixed width, or JSON objects.
    #[serde(skip_serializing_if = "is_default")]
    pub format: Option<FileFormat>,
    /// First character of each column counted from 1; makes the table one of fixed width.
    #[serde(skip_serializing_if = "is_default")]
    pub column_starts: Vec<u32>,
    #[serde(skip_serializing_if = "is_default")]
    pub line_ending: Option<LineEnding>,
    #[serde(skip_serializing_if = "is_default")]
    pub comment: CommentChoice,
    /// Physical lines at the end of each file that are not read.
    #[serde(skip_serializing_if = "is_default")]
    pub footer_lines: Option<u64>,
    /// What becomes of records with too few or too many fields.
    #[serde(skip_serializing_if = "is_default")]
    pub ragged: Ragged,
    /// Column name → how its times are written; makes it a time column.
    #[serde(skip_serializing_if = "is_default")]
    pub times: BTreeMap<String, TimeChoice>,
    /// Column name → how its numbers are written; makes it a number column.
    #[serde(skip_serializing_if = "is_default")]
    pub numbers: BTreeMap<String, NumberFormat>,
    /// The texts that stand for nothing, in place of the usual list; the empty cell always does.
    #[serde(skip_serializing_if = "is_default")]
    pub nulls: Option<Vec<String>>,
    /// The words for true and false, in place of the usual ones.
    #[serde(skip_serializing_if = "is_default")]
    pub booleans: Option<BooleanWords>,
}

/// The most usual spellings of null, to start a list of one's own with.
pub const USUAL_NULLS: [&str; 6] = ["NA", "null", "NULL", "\\N", "-", "空"];

/// Which character quotes fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuoteChoice {
    /// Found in the bytes.
    #[default]
    Detect,
    /// Fields are never quoted.
    None,
    Char(char),
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl ReadOptions {
    /// The same names, types and roles with nothing decided about how the bytes become records and values.
    #[must_use]
    pub fn as_found(&self) -> Self {
        Self {
            roles: self.roles.clone(),
            text_only: self.text_only,
            ..Self::default()
        }
    }

    /// Whether anything about reading (roles aside) is overridden.
    pub fn is_as_found(&self) -> bool {
        *self == self.as_found()
    }
}
