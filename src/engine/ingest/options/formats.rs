//! The choices of the options that are more than one character or number, each with its spelling for people.

use crate::engine::artifact::Bilingual;
use crate::engine::ingest::error::IngestError;
use crate::engine::ingest::time::Pattern;
use serde::{Deserialize, Serialize};

/// How the lines of a file are made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// Cells between delimiters.
    Csv,
    FixedWidth,
    /// One object a line.
    Jsonl,
}

impl FileFormat {
    pub const ALL: [Self; 3] = [Self::Csv, Self::FixedWidth, Self::Jsonl];

    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::FixedWidth => "fixed_width",
            Self::Jsonl => "jsonl",
        }
    }
}

/// What ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineEnding {
    Lf,
    Crlf,
    Cr,
}

impl LineEnding {
    pub const ALL: [Self; 3] = [Self::Lf, Self::Crlf, Self::Cr];

    pub fn name(self) -> &'static str {
        match self {
            Self::Lf => "lf",
            Self::Crlf => "crlf",
            Self::Cr => "cr",
        }
    }
}

/// Which lines are comments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommentChoice {
    /// Found in the bytes.
    #[default]
    Detect,
    /// No line is a comment.
    None,
    /// Every line that starts with this.
    Prefix(String),
}

/// What becomes of records with too few or too many fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ragged {
    /// Kept aside with line and cause.
    #[default]
    Reject,
    /// Missing fields become nulls, surplus ones are cut off.
    Pad,
}

impl Ragged {
    pub const ALL: [Self; 2] = [Self::Reject, Self::Pad];

    pub fn name(self) -> &'static str {
        match self {
            Self::Reject => "reject",
            Self::Pad => "pad",
        }
    }
}

/// The words of a log for true and false; case does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BooleanWords {
    pub yes: Vec<String>,
    pub no: Vec<String>,
}

/// Characters a number may hold between groups of three digits; a space stands for every kind of space.
const GROUP_MARKS: [char; 6] = [',', '.', '\'', '’', ' ', '_'];

/// How numbers are written; in words an example: `1,234.50`, `1.234,50`, `1234.50`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NumberFormat {
    /// `.` or `,`
    pub decimal: char,
    /// Between groups of three digits; `None`: digits are not grouped.
    pub thousands: Option<char>,
}

impl NumberFormat {
    pub const USUAL: [Self; 6] = [
        Self::new('.', Some(',')),
        Self::new(',', Some('.')),
        Self::new('.', None),
        Self::new(',', None),
        Self::new(',', Some(' ')),
        Self::new('.', Some('\'')),
    ];

    const fn new(decimal: char, thousands: Option<char>) -> Self {
        Self { decimal, thousands }
    }

    /// The format of an example such as `1.234,50`.
    pub fn from_example(example: &str) -> Result<Self, IngestError> {
        let plain = example.strip_prefix('1').and_then(|rest| rest.strip_suffix("50"));
        let marks: Option<(Option<char>, char)> = plain.and_then(|rest| {
            let (group, rest) = match rest.strip_prefix("234") {
                Some(rest) => (None, rest),
                None => {
                    let mark = rest.chars().next()?;
                    (Some(mark), rest[mark.len_utf8()..].strip_prefix("234")?)
                }
            };
            let mut decimal = rest.chars();
            let mark = decimal.next()?;
            decimal.next().is_none().then_some((group, mark))
        });
        match marks {
            Some((thousands, decimal))
                if matches!(decimal, '.' | ',')
                    && thousands.is_none_or(|mark| GROUP_MARKS.contains(&mark) && mark != decimal) =>
            {
                Ok(Self { decimal, thousands })
            }
            _ => Err(IngestError::BadOption(Bilingual::new(
                format!(
                    "{example:?} is no number format; write 1234.50 as the column writes it, e.g. 1,234.50, 1.234,50 or 1234,50"
                ),
                format!("{example:?} 不是数字格式；请按该列的写法写出 1234.50，例如 1,234.50、1.234,50 或 1234,50"),
            ))),
        }
    }

    pub fn example(self) -> String {
        let group = self.thousands.map_or_else(String::new, String::from);
        format!("1{group}234{}50", self.decimal)
    }
}

impl TryFrom<String> for NumberFormat {
    type Error = IngestError;

    fn try_from(example: String) -> Result<Self, IngestError> {
        Self::from_example(&example)
    }
}

impl From<NumberFormat> for String {
    fn from(format: NumberFormat) -> Self {
        format.example()
    }
}

/// How the times of a column are written; as text the names below, or a pattern such as `%d.%m.%Y %H:%M`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TimeChoice {
    /// ISO 8601 and its relatives; 1/2/2019 is the first of February.
    DayFirst,
    /// ISO 8601 and its relatives; 1/2/2019 is the second of January.
    MonthFirst,
    /// Units since 1970-01-01 UTC.
    EpochSeconds,
    EpochMillis,
    EpochMicros,
    /// `20191001`, `201910010830`, `20191001083000`
    Compact,
    /// `%Y %y %m %b %d %H %I %M %S %f %p %z %a`, `%F`, `%T` and plain characters.
    Pattern(String),
}

impl TimeChoice {
    pub const NAMED: [Self; 6] = [
        Self::DayFirst,
        Self::MonthFirst,
        Self::EpochSeconds,
        Self::EpochMillis,
        Self::EpochMicros,
        Self::Compact,
    ];

    pub fn name(&self) -> &str {
        match self {
            Self::DayFirst => "day_first",
            Self::MonthFirst => "month_first",
            Self::EpochSeconds => "epoch_s",
            Self::EpochMillis => "epoch_ms",
            Self::EpochMicros => "epoch_us",
            Self::Compact => "yyyymmdd",
            Self::Pattern(pattern) => pattern,
        }
    }

    /// The choice of this name, or the pattern.
    pub fn from_name(name: &str) -> Result<Self, IngestError> {
        if let Some(known) = Self::NAMED.into_iter().find(|choice| choice.name() == name) {
            return Ok(known);
        }
        Pattern::compile(name).map_err(IngestError::BadOption)?;
        Ok(Self::Pattern(name.to_owned()))
    }
}

impl TryFrom<String> for TimeChoice {
    type Error = IngestError;

    fn try_from(name: String) -> Result<Self, IngestError> {
        Self::from_name(&name)
    }
}

impl From<TimeChoice> for String {
    fn from(choice: TimeChoice) -> Self {
        choice.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_example_and_name() {
        for format in NumberFormat::USUAL {
            assert_eq!(NumberFormat::from_example(&format.example()).ok(), Some(format));
        }
        for wrong in [
            "", "1", "1234", "1.234.50", "1x234.50", "12,34.50", "1,234;50", "2,234.50",
        ] {
            let told = NumberFormat::from_example(wrong).expect_err(wrong).explain();
            assert!(told.en.contains("1,234.50") && told.zh.contains("数字格式"), "{told:?}");
        }
        for choice in TimeChoice::NAMED {
            assert_eq!(TimeChoice::from_name(choice.name()).ok(), Some(choice));
        }
        assert!(TimeChoice::from_name("%d.%m.%Y").is_ok());
        let told = TimeChoice::from_name("tomorrow").expect_err("no format").explain();
        assert!(told.en.contains("%Y") && told.zh.contains("%Y"), "{told:?}");
    }
}
