//! The preview shows what reading gives, from the start of the files alone.

use super::*;
use crate::engine::ingest::preview::PREVIEW_ROWS;
use crate::engine::ingest::{Preview, PreviewLine, Ragged, preview};
use std::collections::BTreeMap;

fn of(name: &str, bytes: &[u8], options: &ReadOptions) -> Preview {
    let (_folder, path) = file(name, bytes);
    preview(&[path], options, &Progress::new()).expect("a readable table")
}

#[test]
fn a_small_file_previews_as_it_reads() {
    let text = "a report\nmade by hand\nid;price\n1;2,5\n2;x\n3\n4;7,25\n\nend of report\n";
    for ragged in Ragged::ALL {
        let options = ReadOptions {
            ragged,
            ..ReadOptions::default()
        };
        let (read, seen) = (
            read_with(text.as_bytes(), &options),
            of("log.csv", text.as_bytes(), &options),
        );
        assert!(seen.whole && seen.num_files == 1);
        assert_eq!(seen.log.info.rows, read.info.rows);
        assert_eq!(seen.log.info.dialect, read.info.dialect);
        assert_eq!((cells(&seen.log), names(&seen.log)), (cells(&read), names(&read)));
        assert_eq!((&seen.log.rejects, &seen.log.invalid), (&read.rejects, &read.invalid));
        assert_eq!(seen.expected_rows, Some(read.info.rows.accepted));
    }
}

#[test]
fn lines_stand_in_their_order_with_what_became_of_them() {
    let text = "a report\nid,n\n1,2\n3\n4,5,6\n7,8\n";
    let seen = of("log.csv", text.as_bytes(), &ReadOptions::default());
    let skipped = |line: u64, text: &str| PreviewLine::Skipped {
        line,
        text: text.to_owned(),
    };
    let row = |row: usize, made_to_fit: bool| PreviewLine::Row { row, made_to_fit };
    let rejected = PreviewLine::Rejected;
    let head = [skipped(1, "a report"), skipped(2, "id,n")];
    assert_eq!(seen.lines[..2], head);
    assert_eq!(
        seen.lines[2..],
        [row(0, false), rejected(0), rejected(1), row(1, false)]
    );
    let options = ReadOptions {
        ragged: Ragged::Pad,
        ..ReadOptions::default()
    };
    let seen = of("log.csv", text.as_bytes(), &options);
    assert_eq!(
        seen.lines[2..],
        [row(0, false), row(1, true), row(2, true), row(3, false)]
    );
}

#[test]
fn a_large_file_is_read_at_its_start_only() {
    let rows: String = (0..300_000).map(|row| format!("{row},name {row},2.5\n")).collect();
    let text = format!("id,name,price\n{rows}");
    let seen = of("log.csv", text.as_bytes(), &ReadOptions::default());
    assert!(!seen.whole && seen.text_bytes <= 1 << 20);
    assert_eq!(
        (seen.log.num_rows(), seen.lines.len()),
        (PREVIEW_ROWS, PREVIEW_ROWS + 1)
    );
    let expected = seen.expected_rows.expect("the file is not packed");
    assert!((270_000..360_000).contains(&expected), "{expected}");
    assert!(seen.log.info.rows.rejected == 0, "a row that is cut is not read");
    let packed = zstd::encode_all(text.as_bytes(), 1).expect("packed");
    let seen = of("log.csv.zst", &packed, &ReadOptions::default());
    assert_eq!((seen.log.num_rows(), seen.expected_rows), (PREVIEW_ROWS, None));
    let json: String = (0..60_000)
        .map(|row| format!("{{\"id\": {row}, \"name\": \"item {row}\"}}\n"))
        .collect();
    let seen = of("log.jsonl", json.as_bytes(), &ReadOptions::default());
    assert_eq!(
        (names(&seen.log), seen.log.num_rows()),
        (vec!["id", "name"], PREVIEW_ROWS)
    );
}

#[test]
fn several_files_and_columns_that_are_not_there() {
    let folder = tempfile::tempdir().expect("folder");
    let paths: Vec<PathBuf> = (0..12)
        .map(|day| {
            let path = folder.path().join(format!("{day:02}.csv"));
            let extra = if day == 1 { ",price" } else { "" };
            let cell = if day == 1 { ",5" } else { "" };
            std::fs::write(&path, format!("user,item{extra}\nu{day},i{day}{cell}\n")).expect("written");
            path
        })
        .collect();
    let options = ReadOptions {
        types: BTreeMap::from([
            ("gone".to_owned(), ColumnType::Text),
            ("user".to_owned(), ColumnType::Text),
        ]),
        ..ReadOptions::default()
    };
    let seen = preview(&paths, &options, &Progress::new()).expect("a preview");
    assert_eq!(
        (seen.num_files, seen.whole, seen.log.info.sources.len()),
        (12, false, 8)
    );
    assert_eq!(names(&seen.log), ["user", "item", "price"]);
    assert_eq!(seen.unknown_columns, ["gone"]);
    assert!(!seen.log.info.sources[1].schema_differences.is_empty());
}

#[test]
fn parquet_and_what_is_no_table() {
    let log = read("user,n\nu1,1\nu2,2\n");
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("log.parquet");
    write::write_table(&log.frame, &path).expect("written");
    let seen = preview(std::slice::from_ref(&path), &ReadOptions::default(), &Progress::new()).expect("a preview");
    assert_eq!((cells(&seen.log), seen.whole, seen.lines.len()), (cells(&log), true, 2));
    // A Parquet file that was cut or damaged is an error and no panic.
    let bytes = std::fs::read(&path).expect("written");
    for (name, damaged) in [
        ("cut.parquet", bytes[..bytes.len() / 2].to_vec()),
        ("zeros.parquet", {
            let mut zeros = bytes.clone();
            let middle = zeros.len() / 3..zeros.len() - 40;
            zeros[middle].fill(0);
            zeros
        }),
    ] {
        let (_folder, path) = file(name, &damaged);
        let read = read_log(&[path], &ReadOptions::default(), &Progress::new());
        assert!(matches!(read, Err(IngestError::Parquet { .. })), "{name}: {read:?}");
    }
    let (_folder, path) = file("a.csv", b"%PDF-1.7 \x00\x01");
    let error = preview(&[path], &ReadOptions::default(), &Progress::new()).expect_err("no table");
    assert!(error.to_string().contains("a PDF document"));
}

/// The last lines of a preview: text and whether they are left out.
fn end_of(seen: &Preview) -> Vec<(u64, &str, bool)> {
    let lines = seen.lines.iter().filter_map(|line| match line {
        PreviewLine::End {
            from_end,
            text,
            is_footer,
        } => Some((*from_end, text.as_str(), *is_footer)),
        _ => None,
    });
    lines.collect()
}

/// A log of more than a preview reads, with something below the table.
fn long_log(below: &str) -> String {
    let rows: String = (0..60_000)
        .map(|row| format!("u{row},{}.5,2025-06-01 10:00:{:02}\n", row % 90, row % 60))
        .collect();
    format!("user,price,time\n{rows}{below}")
}

#[test]
fn a_footer_beyond_the_part_that_is_read_is_shown_as_reading_leaves_it_out() {
    let text = long_log("\nTotal 60000 rows\nmade by reports\n");
    let utf_16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    for bytes in [text.into_bytes(), utf_16] {
        let seen = of("log.csv", &bytes, &ReadOptions::default());
        assert!(!seen.whole && seen.lines.contains(&PreviewLine::Gap));
        let last_row = "u59999,59.5,2025-06-01 10:00:59";
        let expected = [
            (4, last_row, false),
            (3, "", false),
            (2, "Total 60000 rows", true),
            (1, "made by reports", true),
        ];
        assert_eq!(end_of(&seen), expected);
        assert_eq!(seen.log.info.dialect.footer_lines, 2);
        let whole = read_with(&bytes, &ReadOptions::default());
        assert_eq!((whole.info.dialect.footer_lines, whole.num_rows()), (2, 60_000));
    }
}

#[test]
fn lines_that_are_to_be_left_out_at_the_end_are_shown() {
    let leave = ReadOptions {
        footer_lines: Some(1),
        ..ReadOptions::default()
    };
    let seen = of("log.csv", long_log("the end").as_bytes(), &leave);
    assert_eq!(end_of(&seen).last(), Some(&(1, "the end", true)));
    // A file that is shown whole needs no gap and repeats no row.
    let seen = of(
        "log.csv",
        b"user,price\n1,2\n3,4\n\nsum 6 of all\n",
        &ReadOptions::default(),
    );
    assert_eq!(end_of(&seen), [(1, "sum 6 of all", true)]);
    assert!(seen.whole && !seen.lines.contains(&PreviewLine::Gap));
    let seen = of("log.csv", long_log("").as_bytes(), &ReadOptions::default());
    assert!(end_of(&seen).is_empty());
}
