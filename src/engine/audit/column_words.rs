//! What a column's name says, for checks that need its word before they judge its values.
//!
//! Invariant: a name is compared word by word (`shippedAt` is shipped, at), so that `paid` does not hold `id`.

use crate::engine::ingest::name_words;

/// Words of columns that name things: their numbers have no size.
pub const ID_WORDS: [&str; 14] = [
    "id", "ids", "no", "code", "uid", "uuid", "key", "zip", "postcode", "phone", "编号", "编码", "单号", "号码",
];

/// Whether a name holds one of the words; words of other scripts may stand anywhere in it.
pub fn name_has(name: &str, words: &[&str]) -> bool {
    let parts = name_words(name);
    words.iter().any(|word| {
        if word.is_ascii() {
            parts.iter().any(|part| part == word)
        } else {
            name.contains(word)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_whole() {
        assert!(name_has("order_id", &ID_WORDS) && name_has("orderID", &ID_WORDS) && name_has("订单编号", &ID_WORDS));
        assert!(!name_has("paid", &ID_WORDS) && !name_has("nodes", &ID_WORDS));
    }
}
