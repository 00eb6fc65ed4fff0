//! Splitting: fields of records, quotes that never close, boundaries.

use super::*;
use proptest::prelude::{ProptestConfig, prop};

const COMMA: Format = Format {
    delimiter: b',',
    quote: Some(b'"'),
    escape: None,
    newline: b'\n',
    skip_space: false,
};

/// Fields of each record with its line, quotes undone.
fn split(data: &[u8], format: Format) -> Vec<(u32, bool, Vec<Vec<u8>>)> {
    let mut splitter = Splitter::new(data, format);
    let mut fields = Vec::new();
    let mut records = Vec::new();
    let mut scratch = Vec::new();
    while let Some(record) = splitter.next_record(&mut fields) {
        let own = &fields[fields.len() - record.num_fields as usize..];
        let cells = own
            .iter()
            .map(|&field| field_bytes(data, field, &format, &mut scratch).to_vec())
            .collect();
        records.push((record.line, record.unterminated, cells));
    }
    records
}

fn texts(data: &str, format: Format) -> Vec<Vec<String>> {
    let text = |cell: Vec<u8>| String::from_utf8_lossy(&cell).into_owned();
    split(data.as_bytes(), format)
        .into_iter()
        .map(|(_, _, cells)| cells.into_iter().map(text).collect())
        .collect()
}

#[test]
fn fields_of_records() {
    for (data, want) in [
        ("a,b\nc,d", vec![vec!["a", "b"], vec!["c", "d"]]),
        ("a,b\r\n,\r\n", vec![vec!["a", "b"], vec!["", ""]]),
        ("\"a,b\",c\n", vec![vec!["a,b", "c"]]),
        ("\"a\nb\",c\n", vec![vec!["a\nb", "c"]]),
        ("\"a\"\"b\",\"\"\n", vec![vec!["a\"b", ""]]),
        ("a\"b,c\"\n", vec![vec!["a\"b", "c\""]]),
        ("\"a\"b,c\n", vec![vec!["\"a\"b", "c"]]),
        ("\"a\" ,c\n", vec![vec!["a", "c"]]),
        ("\"\"\"a\"\"\",c\n", vec![vec!["\"a\"", "c"]]),
        ("\n\n", vec![vec![""], vec![""]]),
    ] {
        assert_eq!(texts(data, COMMA), want, "{data:?}");
    }
    let spaced = Format {
        skip_space: true,
        ..COMMA
    };
    assert_eq!(texts("a, \"b, c\",  d\n", spaced), [["a", "b, c", "d"]]);
    let escaped = Format {
        escape: Some(b'\\'),
        ..COMMA
    };
    assert_eq!(texts("\"a\\\"b\",\"c\\\\\"\n", escaped), [["a\"b", "c\\"]]);
    let returns = Format {
        newline: b'\r',
        ..COMMA
    };
    assert_eq!(texts("a,b\rc,d\r", returns), [["a", "b"], ["c", "d"]]);
}

#[test]
fn an_open_quote_ends_with_its_line() {
    let records = split(b"a,\"open\nb,\"fine\"\n\"x\ny\",c\nd,\"end", COMMA);
    let lines: Vec<(u32, bool)> = records.iter().map(|record| (record.0, record.1)).collect();
    assert_eq!(lines, [(0, true), (1, false), (2, false), (4, true)]);
}

#[test]
fn many_open_quotes_take_linear_time() {
    let line = b"1,\"\"x and no close\n";
    let data: Vec<u8> = line.iter().copied().cycle().take(line.len() * 200_000).collect();
    let started = std::time::Instant::now();
    let records = split(&data, COMMA);
    assert_eq!(records.len(), 200_000);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

proptest::proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Cutting at a boundary and splitting the parts gives the records of the whole.
    #[test]
    fn boundaries_do_not_change_records(
        data in prop::collection::vec(prop::sample::select(b"ab,,\"\"\"\n\n\r \\".to_vec()), 0..120),
        cut in 0usize..120,
        escape in prop::bool::ANY,
        skip_space in prop::bool::ANY,
    ) {
        let format = Format { escape: escape.then_some(b'\\'), skip_space, ..COMMA };
        let cut = last_boundary(&data[..cut.min(data.len())], &format, false);
        let whole: Vec<_> = split(&data, format).into_iter().map(|record| (record.1, record.2)).collect();
        let parts: Vec<_> = split(&data[..cut], format).into_iter().chain(split(&data[cut..], format)).map(|record| (record.1, record.2)).collect();
        proptest::prop_assert_eq!(whole, parts);
    }
}
