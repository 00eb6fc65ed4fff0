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
fn a_path_with_wildcards_is_every_file_it_matches() {
    let folder = tempfile::tempdir().expect("folder");
    for (name, text) in [
        ("1.csv", "a,b\n1,2\n"),
        ("2.csv", "a,c\n3,4\n"),
        ("3.txt", "a,b\n9,9\n"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    let read = |name: &str| read_log(&[folder.path().join(name)], &ReadOptions::default(), &Progress::new());
    let dataset = read("*.csv").expect("one log");
    assert_eq!((names(&dataset), dataset.num_rows()), (vec!["a", "b", "c"], 2));
    assert!(!dataset.info.sources[1].schema_differences.is_empty());
    assert!(matches!(read("*.tsv"), Err(IngestError::NotFound { .. })));
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

/// First bytes of files that are no tables, what each is, in both languages, and what to do.
const NO_TABLES: [(&str, &[u8], [&str; 4]); 19] = [
    ("a.csv", b"", ["is empty", "export it again", "空文件", "重新导出"]),
    (
        "a.csv",
        b"\n \n\n",
        ["only blank lines", "export it again", "只有空行", "重新导出"],
    ),
    (
        "a.csv",
        b"%PDF-1.7 \x00\x01",
        ["a PDF document", "export the table", "PDF 文档", "导出为 CSV"],
    ),
    (
        "a.csv",
        b"<!DOCTYPE html><html></html>",
        ["an HTML page", "download the file", "HTML 网页", "下载文件"],
    ),
    (
        "a.csv",
        b"\xEF\xBB\xBF\n<table><tr><td>1",
        ["an HTML page", "download the file", "HTML 网页", "下载文件"],
    ),
    (
        "a.csv",
        b"<?xml version=\"1.0\"?><a/>",
        ["an XML document", "export the table", "XML 文档", "导出为 CSV"],
    ),
    (
        "a.csv",
        b"\x89PNG\r\n\x1a\n\0\0\0",
        ["a PNG image", "open the table", "PNG 图片", "打开生成它的表格"],
    ),
    (
        "a.csv",
        b"\xFF\xD8\xFF\xE0\0\x10JFIF",
        ["a JPEG image", "open the table", "JPEG 图片", "打开生成它的表格"],
    ),
    (
        "a.csv",
        b"II*\0\x08\0\0\0",
        ["a TIFF image", "open the table", "TIFF 图片", "打开生成它的表格"],
    ),
    (
        "a.csv",
        b"Rar!\x1a\x07\x00",
        ["a RAR archive", "unpack it", "RAR 压缩包", "解压"],
    ),
    (
        "a.csv",
        b"7z\xBC\xAF\x27\x1C\0\x04",
        ["a 7-Zip archive", "unpack it", "7-Zip 压缩包", "解压"],
    ),
    (
        "a.xlsx",
        b"PK\x03\x04\x14\x00\x00",
        ["an Excel workbook", "save the sheet", "Excel 工作簿", "另存为 CSV"],
    ),
    (
        "a.xls",
        b"\xD0\xCF\x11\xE0\xA1\xB1",
        ["an old Excel", "save the sheet", "旧版 Excel", "另存为 CSV"],
    ),
    (
        "a.csv",
        b"SQLite format 3\0",
        ["an SQLite database", "export its table", "SQLite 数据库", "导出"],
    ),
    (
        "a.csv",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n",
        ["a Git LFS pointer", "git lfs pull", "Git LFS 指针", "git lfs pull"],
    ),
    (
        "a.json",
        b"[{\"user\": 1}, {\"user\": 2}]\n",
        ["is JSON", "one object a line", " JSON", "每行一个对象"],
    ),
    (
        "a.csv",
        b"\x00\x01\x02\x03\x04\x00\x05\x06",
        ["binary data", "choose a CSV", "二进制数据", "选择 CSV"],
    ),
    (
        "a.csv",
        b"{\\rtf1\\ansi hello}",
        ["a Word document", "export the table", "Word 文档", "导出为 CSV"],
    ),
    (
        "a.exe",
        b"MZ\x90\0\x03\0\0\0\x04\0",
        ["a program", "choose a CSV", "程序文件", "选择 CSV"],
    ),
];

#[test]
fn what_is_no_table_is_named() {
    for (name, bytes, [what, hint, what_zh, hint_zh]) in NO_TABLES {
        let (_folder, path) = file(name, bytes);
        let told = read_log(&[path], &ReadOptions::default(), &Progress::new())
            .expect_err(what)
            .explain();
        assert!(
            told.en.contains(what) && told.en.contains(hint) && told.en.contains(name),
            "{}",
            told.en
        );
        assert!(
            told.zh.contains(what_zh) && told.zh.contains(hint_zh) && told.zh.contains(name),
            "{}",
            told.zh
        );
    }
    let mut tar = vec![0u8; 1024];
    tar[..5].copy_from_slice(b"a.csv");
    tar[257..262].copy_from_slice(b"ustar");
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&tar).expect("packed");
    for (name, bytes) in [("a.tar", tar), ("a.tar.gz", gz.finish().expect("packed"))] {
        let (_folder, path) = file(name, &bytes);
        let told = read_log(&[path], &ReadOptions::default(), &Progress::new()).expect_err(name);
        assert!(told.to_string().contains("a tar archive"), "{told}");
    }
    // Words that begin like such a file are a table.
    for text in [
        "RIFF,n\na,1\nb,2\n",
        "MZ,n\na,1\nb,2\n",
        "BZh,n\na,1\nb,2\n",
        "<3,n\na,1\nb,2\n",
    ] {
        assert_eq!(read(text).num_rows(), 2, "{text}");
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
