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
