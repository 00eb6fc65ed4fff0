//! Several files, packed files, what is no table, writing back, hashes, cancelling.

use super::*;

#[test]
fn files_of_a_folder_are_one_log_by_column_names() {
    let folder = tempfile::tempdir().expect("folder");
    for (name, text) in [
        ("2.csv", "item,user\ni3,u3\n"),
        ("1.csv", "user,item\nu1,i1\nu2,i2\n"),
        ("3.tsv", "user\titem\tprice\nu4\ti4\t5\n"),
        ("notes.md", "not a table"),
        (".hidden.csv", "x\n"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    let dataset = read_log(
        &[folder.path().to_path_buf()],
        &ReadOptions::default(),
        &Progress::new(),
    )
    .expect("one log");
    check(&dataset);
    assert_eq!(names(&dataset), ["user", "item", "price"]);
    assert_eq!(
        cells(&dataset),
        [
            ["u1", "i1", "∅"],
            ["u2", "i2", "∅"],
            ["u3", "i3", "∅"],
            ["u4", "i4", "5"]
        ]
    );
    assert_eq!(*dataset.source_of_row.clone().expect("several sources"), [0, 0, 1, 2]);
    assert_eq!(*dataset.lines, [2, 3, 2, 2]);
    let differences = &dataset.info.sources[2].schema_differences;
    assert!(
        differences
            .iter()
            .any(|words| words.en.contains("\"price\" in addition")),
        "{differences:?}"
    );
    assert!(
        differences.iter().any(|words| words.en.contains("delimiter")),
        "{differences:?}"
    );
}

#[test]
fn packed_files_and_broken_ones() {
    let text: String =
        "id,name\n".to_owned() + &(0..50_000).map(|row| format!("{row},name {row}\n")).collect::<String>();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).expect("packed");
    let gz = gz.finish().expect("packed");
    let zst = zstd::encode_all(text.as_bytes(), 1).expect("packed");
    let plain = cells(&read(&text));
    for (name, bytes, compression) in [("a.csv.gz", &gz, "gzip"), ("a.csv.zst", &zst, "zstd")] {
        let (_folder, path) = file(name, bytes);
        let dataset = read_log(&[path], &ReadOptions::default(), &Progress::new()).expect("readable");
        assert_eq!(
            (dataset.info.dialect.compression.as_str(), dataset.info.name.as_str()),
            (compression, "a")
        );
        assert_eq!(cells(&dataset), plain);
    }
    let (_folder, path) = file("cut.csv.gz", &gz[..gz.len() / 2]);
    let dataset = read_log(&[path], &ReadOptions::default(), &Progress::new()).expect("the good part");
    assert!(dataset.num_rows() > 1_000 && dataset.num_rows() < 50_000);
    assert!(
        dataset.info.sources[0].schema_differences[0].en.contains("breaks off"),
        "{:?}",
        dataset.info.sources[0]
    );
}

#[test]
fn what_is_no_table_is_named() {
    for (name, bytes, part) in [
        ("a.csv", &b""[..], "is empty"),
        ("a.csv", b"\n \n\n", "only blank lines"),
        ("a.csv", b"%PDF-1.7 \x00\x01", "a PDF document"),
        ("a.csv", b"<!DOCTYPE html><html></html>", "an HTML page"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0", "a PNG image"),
        ("a.csv", b"Rar!\x1a\x07\x00", "a RAR archive"),
        ("a.xlsx", b"PK\x03\x04\x14\x00\x00", "an Excel workbook"),
        (
            "a.csv",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n",
            "a Git LFS pointer",
        ),
        ("a.json", b"[{\"user\": 1}, {\"user\": 2}]\n", "is JSON"),
        ("a.csv", b"\x00\x01\x02\x03\x04\x00\x05\x06", "binary data"),
    ] {
        let (_folder, path) = file(name, bytes);
        let error = read_log(&[path], &ReadOptions::default(), &Progress::new())
            .expect_err(part)
            .to_string();
        assert!(error.contains(part) && error.contains(name), "{error}");
    }
    let folder = tempfile::tempdir().expect("folder");
    let error = read_log(
        &[folder.path().to_path_buf()],
        &ReadOptions::default(),
        &Progress::new(),
    );
    assert!(matches!(error, Err(IngestError::EmptyFolder { .. })));
    let error = read_log(
        &[folder.path().join("none.csv")],
        &ReadOptions::default(),
        &Progress::new(),
    );
    assert!(matches!(error, Err(IngestError::NotFound { .. })));
    assert!(matches!(
        read_log(&[], &ReadOptions::default(), &Progress::new()),
        Err(IngestError::NoInput)
    ));
}

#[test]
fn what_is_written_is_read_back() {
    let text = "user,price,when,flag,note\n1,2.5,2019-10-01 08:00:00,true,\"a, \"\"b\"\"\n\"\n2,,2019-10-01 08:00:01.25,false,\n";
    let dataset = read(text);
    let folder = tempfile::tempdir().expect("folder");
    for name in ["a.parquet", "a.csv", "a.tsv", "a.csv.gz", "a.csv.zst"] {
        let path = folder.path().join(name);
        write::write_table(&dataset.frame, &path).expect("written");
        let again = read_log(&[path], &ReadOptions::default(), &Progress::new()).expect("readable");
        check(&again);
        assert_eq!(
            (names(&again), types(&again), cells(&again)),
            (names(&dataset), types(&dataset), cells(&dataset)),
            "{name}"
        );
    }
    assert!(write::write_table(&dataset.frame, &folder.path().join("a.xlsx")).is_err());
}

#[test]
fn the_hash_depends_on_bytes_and_options() {
    let options = ReadOptions {
        header: Some(true),
        ..ReadOptions::default()
    };
    let (one, two) = (read("a,b\n1,2\n"), read("a,b\n1,2\n"));
    assert_eq!(one.info.hash, two.info.hash);
    assert_ne!(one.info.hash, read("a,b\n1,3\n").info.hash);
    assert_ne!(one.info.hash, read_with(b"a,b\n1,2\n", &options).info.hash);
}

#[test]
fn a_cancel_ends_the_reading() {
    let (_folder, path) = file("log.csv", "a,b\n1,2\n".repeat(10_000).as_bytes());
    let progress = Progress::new();
    progress.cancel();
    assert!(matches!(
        read_log(&[path], &ReadOptions::default(), &progress),
        Err(IngestError::Cancelled(_))
    ));
}
