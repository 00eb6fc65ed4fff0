//! Text: tokenizer wrapper and token statistics.

mod statistics;
mod token_cache;
mod tokenize;

pub use statistics::{ColumnTokens, StatisticsError, column_tokens};
pub use token_cache::TokenCache;
pub use tokenize::{TextError, TextTokenizer, TokenStats, TokenTable};
