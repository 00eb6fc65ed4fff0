//! Conditions on rows, such as `price > 0 and event_type in ("view", "cart")`: text → `Condition` → one truth value a row.
//!
//! Grammar (keywords in any case; full-width brackets, commas and quotation marks are accepted):
//!
//! ```text
//! condition  = all ("or" all)*
//! all        = one ("and" one)*
//! one        = "not" one | "(" condition ")" | test
//! test       = operand (("=" | "!=" | "<" | "<=" | ">" | ">=") operand
//!                      | ["not"] "in" "(" literal ("," literal)* ")"
//!                      | ["not"] "between" literal "and" literal
//!                      | ["not"] ("contains" | "starts_with" | "ends_with" | "matches") text
//!                      | "is" ["not"] "null")
//!            | column                              a true/false column on its own
//! operand    = column | literal
//! column     = name | `name with spaces`
//! literal    = 12.5 | "text" | 'text' | true | false      times are written as text: "2026-10-01 08:00"
//! ```
//!
//! A comparison with a missing cell is neither true nor false (Kleene's three-valued logic, as in SQL), so such a
//! row is not matched unless `is null` asks for it.

mod eval;
mod lexer;
mod literal;
mod parser;

pub use literal::parse_moment;

use crate::engine::artifact::Bilingual;

/// A parsed condition. Positions are 1-based characters of the source text.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    Compare {
        left: Operand,
        op: Comparison,
        right: Operand,
    },
    In {
        column: ColumnRef,
        values: Vec<Literal>,
    },
    IsNull(ColumnRef),
    Text {
        column: ColumnRef,
        op: TextTest,
        pattern: String,
        at: usize,
    },
    /// A Boolean column on its own.
    IsTrue(ColumnRef),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    Column(ColumnRef),
    Literal(Literal),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnRef {
    pub name: String,
    pub at: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    pub value: LiteralValue,
    /// As written, without quotation marks.
    pub text: String,
    pub at: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LiteralValue {
    Number(f64),
    Text,
    Boolean(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }

    /// The comparison with its sides exchanged: `a < b` is `b > a`.
    fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            other => other,
        }
    }

    fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextTest {
    Contains,
    StartsWith,
    EndsWith,
    /// A regular expression found anywhere in the cell (linear-time matching).
    Matches,
}

/// Why a condition cannot be read or evaluated, and at which character (1-based) of its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} (at character {at} of the condition)", message.en)]
pub struct ConditionError {
    pub at: usize,
    pub message: Bilingual,
}

impl ConditionError {
    fn new(at: usize, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            at,
            message: Bilingual::new(en, zh),
        }
    }
}

impl Condition {
    /// Reads a condition; the error names the character where reading stopped and what was expected there.
    pub fn parse(text: &str) -> Result<Self, ConditionError> {
        parser::parse(text)
    }

    /// Every column named, in order of first mention.
    pub fn columns(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.collect_columns(&mut names);
        names
    }

    fn collect_columns<'a>(&'a self, names: &mut Vec<&'a str>) {
        let mut add = |name: &'a str| {
            if !names.contains(&name) {
                names.push(name);
            }
        };
        match self {
            Self::Any(parts) | Self::All(parts) => parts.iter().for_each(|part| part.collect_columns(names)),
            Self::Not(inner) => inner.collect_columns(names),
            Self::Compare { left, right, .. } => {
                for operand in [left, right] {
                    if let Operand::Column(column) = operand {
                        add(&column.name);
                    }
                }
            }
            Self::In { column, .. } | Self::IsNull(column) | Self::Text { column, .. } | Self::IsTrue(column) => {
                add(&column.name);
            }
        }
    }
}

#[cfg(test)]
mod tests;
