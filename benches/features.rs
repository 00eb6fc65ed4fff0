//! Building a feature set of all examples of the sample, each phase of it, and scoring columns alone.

mod phases;
mod sample;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use phases::bench_phases;
use sample::{Shop, read};
use std::cell::LazyCell;
use std::hint::black_box;
use std::time::Duration;
use touchstone::engine::features::{
    FeatureConfig, FeatureInput, FeatureSet, LABEL_COLUMN, SelectConfig, build, select_columns,
};
use touchstone::engine::ingest::Dataset;
use touchstone::engine::progress::Progress;

const ROWS: u64 = 200_000;
/// All but those of a blink; the bench fails where one was renamed.
const PHASES: [&str; 6] = [
    "reading the log",
    "building labels",
    "computing features",
    "collecting texts",
    "scoring features",
    "writing the tables",
];

struct Inputs {
    shop: Shop,
    log: Dataset,
    items: Dataset,
}

impl Inputs {
    fn new() -> Self {
        let shop = Shop::of(ROWS);
        Self {
            log: shop.table("events.csv"),
            items: shop.table("items.csv"),
            shop,
        }
    }

    fn build(&self, progress: &Progress) -> FeatureSet {
        let input = FeatureInput {
            log: &self.log,
            items: Some(&self.items),
            created_ms: 1,
        };
        let config = FeatureConfig {
            max_rows: None,
            ..FeatureConfig::default()
        };
        build(&input, &config, &self.shop.path("set"), progress).expect("a feature set")
    }
}

fn features(criterion: &mut Criterion) {
    let inputs = LazyCell::new(Inputs::new);
    let train = LazyCell::new(|| {
        inputs.build(&Progress::new());
        read(&inputs.shop.path("set/train.parquet"))
    });
    let mut group = criterion.benchmark_group("features");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(6))
        .throughput(Throughput::Elements(ROWS));
    group.bench_function("build", |bencher| {
        bencher.iter(|| black_box(inputs.build(&Progress::new())));
    });
    bench_phases(&mut group, &PHASES, |progress| {
        black_box(inputs.build(progress));
    });
    group.bench_function("select", |bencher| {
        let config = SelectConfig::default();
        bencher.iter(|| {
            let found = select_columns(&train, LABEL_COLUMN, &[], &config, &Progress::new());
            black_box(found.expect("scored columns"))
        });
    });
    group.finish();
}

criterion_group!(benches, features);
criterion_main!(benches);
