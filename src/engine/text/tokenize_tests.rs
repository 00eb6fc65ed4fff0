//! Of `tokenize`.

use super::*;

fn vocab_folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("temp");
    let vocab = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nred\nshoe\n##s\ndress\n裙\n";
    std::fs::write(dir.path().join("vocab.txt"), vocab).expect("file");
    dir
}

fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|&v| v.to_owned()).collect()
}

#[test]
fn a_plain_vocabulary_gives_bert_tokens_with_special_ones() {
    let dir = vocab_folder();
    let tokenizer = TextTokenizer::open(dir.path(), 8).expect("open");
    let texts = strings(&["Red shoes", "", "红裙", "zebra red"]);
    let table = tokenizer.encode_all(&texts, None, &Progress::new()).expect("encode");
    assert_eq!(table.ids(0), [2, 5, 6, 7, 3]);
    assert_eq!(table.ids(1), [2, 3]);
    assert_eq!(table.ids(2), [2, 1, 9, 3]);
    assert_eq!((table.num_rows(), table.second_start(0)), (4, 5));
    assert_eq!(
        (table.stats.unknown_tokens, table.stats.empty_rows, table.stats.longest),
        (2, 1, 5)
    );
    assert_eq!(table.stats.tokens, 5 + 2 + 4 + 4);
}

#[test]
fn pairs_are_cut_longest_first_and_mark_the_second_text() {
    let dir = vocab_folder();
    let tokenizer = TextTokenizer::open(dir.path(), 7).expect("open");
    let table = tokenizer
        .encode_all(
            &strings(&["red red red red", "red"]),
            Some(&strings(&["dress", "shoe"])),
            &Progress::new(),
        )
        .expect("encode");
    assert_eq!(table.ids(0), [2, 5, 5, 5, 3, 8, 3]);
    assert_eq!((table.second_start(0), table.second_start(1)), (5, 3));
    assert_eq!(table.stats.truncated_rows, 1);
    let uneven = tokenizer.encode_all(&strings(&["a"]), Some(&[]), &Progress::new());
    assert!(matches!(uneven, Err(TextError::UnequalPairs { texts: 1, pairs: 0 })));
}

#[test]
fn many_rows_keep_their_order_and_cancel_is_honoured() {
    let dir = vocab_folder();
    let tokenizer = TextTokenizer::open(dir.path(), 16).expect("open");
    let texts: Vec<String> = (0..3000).map(|i| "red ".repeat(i % 9)).collect();
    let progress = Progress::new();
    let table = tokenizer.encode_all(&texts, None, &progress).expect("encode");
    assert!((0..3000).all(|row| table.len(row) == row % 9 + 2));
    progress.cancel();
    assert!(matches!(
        tokenizer.encode_all(&texts, None, &progress),
        Err(TextError::Cancelled(_))
    ));
}

#[test]
fn folders_without_a_tokenizer_and_too_short_lengths_are_refused() {
    let dir = tempfile::tempdir().expect("temp");
    assert!(matches!(
        TextTokenizer::open(dir.path(), 8),
        Err(TextError::NoTokenizer { .. })
    ));
    std::fs::write(dir.path().join("tokenizer.json"), "{").expect("file");
    assert!(matches!(
        TextTokenizer::open(dir.path(), 8),
        Err(TextError::BadTokenizer { .. })
    ));
    let dir = vocab_folder();
    assert!(matches!(
        TextTokenizer::open(dir.path(), 3),
        Err(TextError::LengthTooShort {
            max_length: 3,
            special: 3
        })
    ));
}
