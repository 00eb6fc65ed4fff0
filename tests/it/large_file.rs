//! A large file: its first rows are there at once, and a cancel ends the reading at once.

use std::io::Write as _;
use std::time::{Duration, Instant};
use touchstone::engine::ingest::{ReadOptions, preview, read_log};
use touchstone::engine::progress::Progress;

/// Takes half a minute and 300 MB of disk; run it with `--ignored --nocapture` and an optimised build.
#[test]
#[ignore = "writes a large file"]
fn a_large_file_shows_its_first_rows_and_ends_at_a_cancel_at_once() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("large.csv");
    let rows: String = (0..20_000)
        .map(|row| {
            format!(
                "{row},item {row},view,2019-10-01 08:00:{:02},{}.5,\"a, b\"\n",
                row % 60,
                row % 97
            )
        })
        .collect();
    let mut out = std::io::BufWriter::new(std::fs::File::create(&path).expect("made"));
    out.write_all(b"user,item,event,time,price,note\n").expect("written");
    for _ in 0..280 {
        out.write_all(rows.as_bytes()).expect("written");
    }
    drop(out);
    let paths = [path];
    let started = Instant::now();
    let seen = preview(&paths, &ReadOptions::default(), &Progress::new()).expect("a preview");
    let first = started.elapsed();
    assert_eq!(seen.log.num_rows(), 100);
    let mut slowest = Duration::ZERO;
    for after_ms in [5, 40, 150, 400, 800] {
        let progress = Progress::new();
        let watcher = progress.clone();
        let paths = paths.clone();
        let work = std::thread::spawn(move || read_log(&paths, &ReadOptions::default(), &progress).is_err());
        std::thread::sleep(Duration::from_millis(after_ms));
        watcher.cancel();
        let started = Instant::now();
        let cancelled = work.join().expect("no panic");
        slowest = slowest.max(started.elapsed());
        assert!(cancelled, "read within {after_ms} ms");
    }
    let bytes = seen.log.info.sources[0].bytes >> 20;
    eprintln!("{bytes} MiB: first rows after {first:?}, cancelled within {slowest:?}");
    assert!(
        first < Duration::from_millis(300) && slowest < Duration::from_millis(200),
        "{bytes} MiB: {first:?}, {slowest:?}"
    );
}
