//! Text: tokenizer wrapper and token statistics.

mod statistics;
mod tokenize;

pub use statistics::{ColumnTokens, StatisticsError, column_tokens};
pub use tokenize::{TextError, TextTokenizer, TokenStats, TokenTable};
