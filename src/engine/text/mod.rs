//! Text: tokenizer wrapper and text quality.
