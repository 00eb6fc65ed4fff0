//! Reading the sample's log from CSV, gzip and Parquet, and coding it for the later stages.

mod sample;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use flate2::{Compression, write::GzEncoder};
use sample::{Shop, read};
use std::cell::LazyCell;
use std::fs::File;
use std::hint::black_box;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;
use touchstone::engine::ingest::write::write_table;
use touchstone::engine::ingest::{Codes, EventLog};

const ROWS: u64 = 500_000;

/// The log in every form it is read from.
struct Files {
    shop: Shop,
    compressed: PathBuf,
    parquet: PathBuf,
}

impl Files {
    fn new() -> Self {
        let shop = Shop::of(ROWS);
        let plain = shop.path("events.csv");
        let compressed = shop.path("compressed.csv.gz");
        let mut encoder = GzEncoder::new(File::create(&compressed).expect("a new file"), Compression::fast());
        encoder
            .write_all(&std::fs::read(&plain).expect("the log"))
            .expect("room on the disk");
        encoder.finish().expect("room on the disk");
        let parquet = shop.path("log.parquet");
        write_table(&read(&plain).frame, &parquet).expect("room on the disk");
        Self {
            shop,
            compressed,
            parquet,
        }
    }
}

fn ingest(criterion: &mut Criterion) {
    let files = LazyCell::new(Files::new);
    let dataset = LazyCell::new(|| files.shop.table("events.csv"));
    let mut group = criterion.benchmark_group("ingest");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(8))
        .throughput(Throughput::Elements(ROWS));
    group.bench_function("csv", |bencher| {
        let path = files.shop.path("events.csv");
        bencher.iter(|| black_box(read(&path)));
    });
    group.bench_function("csv_gz", |bencher| bencher.iter(|| black_box(read(&files.compressed))));
    group.bench_function("parquet", |bencher| bencher.iter(|| black_box(read(&files.parquet))));
    group.bench_function("event_log", |bencher| {
        bencher.iter(|| black_box(EventLog::from_dataset(&dataset)));
    });
    group.bench_function("codes_of_queries", |bencher| {
        let query = dataset.column_index("query").expect("the sample has queries");
        bencher.iter(|| black_box(Codes::of_column(&dataset.frame.columns()[query])));
    });
    group.finish();
}

criterion_group!(benches, ingest);
criterion_main!(benches);
