//! Text: tokenizer wrapper and token statistics.

mod tokenize;

pub use tokenize::{TextError, TextTokenizer, TokenStats, TokenTable};
