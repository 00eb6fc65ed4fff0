//! What the user may decide instead of the detection: dialect, types, roles, names.

use super::error::IngestError;
use crate::engine::artifact::{ColumnType, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Overrides of what is otherwise found in the bytes. `Default` overrides nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadOptions {
    /// One ASCII character between fields.
    pub delimiter: Option<char>,
    pub quote: QuoteChoice,
    /// Character that makes a quote inside a quoted field plain text; doubling works without it.
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
}

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

impl ReadOptions {
    /// Refuses characters that cannot separate or quote anything.
    pub(crate) fn validate(&self) -> Result<(), IngestError> {
        let quote = match self.quote {
            QuoteChoice::Char(value) => Some(value),
            QuoteChoice::Detect | QuoteChoice::None => None,
        };
        for (what, value) in [
            ("the delimiter", self.delimiter),
            ("the quote", quote),
            ("the escape", self.escape),
        ] {
            if let Some(value) = value
                && (!value.is_ascii() || matches!(value, '\n' | '\r' | '\0'))
            {
                return Err(IngestError::BadDialect { what, value });
            }
        }
        if let (Some(delimiter), Some(quote)) = (self.delimiter, quote)
            && delimiter == quote
        {
            return Err(IngestError::BadDialect {
                what: "the quote, equal to the delimiter,",
                value: quote,
            });
        }
        if let Some(name) = &self.encoding
            && encoding_rs::Encoding::for_label(name.as_bytes()).is_none()
        {
            return Err(IngestError::UnknownEncoding { name: name.clone() });
        }
        Ok(())
    }
}
