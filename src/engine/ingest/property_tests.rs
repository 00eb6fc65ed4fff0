//! What holds for any bytes and any cells.

use super::tests::{cells, check, file, read_with};
use super::{QuoteChoice, ReadOptions, read_log};
use crate::engine::progress::Progress;
use proptest::prelude::{ProptestConfig, any, prop};

proptest::proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Any bytes: never a panic, every record accounted for, and chunks do not matter.
    #[test]
    fn every_record_is_accounted_for(bytes in prop::collection::vec(
        prop::sample::select(vec![b'a', b'1', b'.', b'-', b',', b',', b';', b'\t', b'"', b'"', b'\'', b'\n', b'\n', b'\r', b' ', b'#', b'\\', 0xC3, 0xA9, 0xFF]), 1..400)) {
        let (_folder, path) = file("log.csv", &bytes);
        if let Ok(dataset) = read_log(&[path], &ReadOptions::default(), &Progress::new()) {
            check(&dataset);
        }
    }

    #[test]
    fn bytes_of_any_kind_are_safe(bytes in prop::collection::vec(any::<u8>(), 1..600)) {
        let (_folder, path) = file("log.csv", &bytes);
        for text_only in [false, true] {
            let options = ReadOptions { text_only, ..ReadOptions::default() };
            if let Ok(dataset) = read_log(std::slice::from_ref(&path), &options, &Progress::new()) {
                check(&dataset);
            }
        }
    }

    /// Whatever cells hold, quoting carries them through.
    #[test]
    fn quoted_cells_come_back(rows in prop::collection::vec(prop::collection::vec("[ -~\n\r\"',;é中]{0,12}", 3), 1..30)) {
        let mut text = "a,b,c\n".to_owned();
        for row in &rows {
            let quoted: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            text.push_str(&quoted.join(","));
            text.push('\n');
        }
        let options = ReadOptions {
            text_only: true,
            delimiter: Some(','),
            quote: QuoteChoice::Char('"'),
            header: Some(true),
            encoding: Some("UTF-8".to_owned()),
            preamble_lines: Some(0),
            ..ReadOptions::default()
        };
        let dataset = read_with(text.as_bytes(), &options);
        let expected: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| if cell.is_empty() { "∅".to_owned() } else { cell.clone() }).collect()).collect();
        proptest::prop_assert_eq!(cells(&dataset), expected);
    }
}
