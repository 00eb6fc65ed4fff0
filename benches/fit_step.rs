//! One optimiser step of a model of MiniLM's size on the CPU, as the training worker itself times it.
//!
//! A measurement is a whole run in this process; loading, evaluating and exporting are not in its time.

mod base_model;
mod sample;

use base_model::{Size, write_model};
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use sample::{Shop, read};
use std::cell::LazyCell;
use std::time::Duration;
use touchstone::engine::flow::plan::default_lora;
use touchstone::engine::ingest::write::write_table;
use touchstone::engine::run::config::{DeviceChoice, Method, Precision, TrainConfig, TrainData};
use touchstone::engine::run::replay::Outcome;
use touchstone::engine::run::watch::RunWatch;
use touchstone::engine::run::{RunDir, now_ms};
use touchstone::engine::train::worker;

const SHOP_ROWS: u64 = 20_000;
const BATCH: usize = 32;
const VALID_ROWS: usize = 64;
/// all-MiniLM-L6-v2 but for its vocabulary, whose size a step hardly feels.
const MINILM: Size = Size {
    hidden: 384,
    inner: 1536,
    layers: 6,
    heads: 12,
    positions: 128,
    width: 0.1,
};

/// A shop with its feature set, a base model and the columns to learn from.
struct Bench {
    shop: Shop,
    data: TrainData,
}

impl Bench {
    fn new() -> Self {
        let shop = Shop::of(SHOP_ROWS);
        let set = shop.feature_set();
        let items = std::fs::read_to_string(shop.path("items.csv")).expect("the items");
        write_model(&shop.path("base"), MINILM, items.split([',', '\n']));
        let valid = read(&shop.path("set/valid.parquet")).frame.head(Some(VALID_ROWS));
        write_table(&valid, &shop.path("valid.parquet")).expect("room on the disk");
        let data = TrainData {
            valid: Some(shop.path("valid.parquet")),
            test: None,
            ..set.train_data(&shop.path("set"))
        };
        Self { shop, data }
    }

    /// Trains so many steps and tells the time spent in them.
    fn steps(&self, method: &Method, steps: u64) -> Duration {
        let config = TrainConfig {
            base_model: self.shop.path("base").display().to_string(),
            data: self.data.clone(),
            method: method.clone(),
            max_length: 64,
            batch_size: BATCH,
            max_steps: Some(steps),
            eval_every_steps: Some(steps),
            device: DeviceChoice::Cpu,
            precision: Precision::Fp32,
            ..TrainConfig::default()
        };
        let folder = tempfile::tempdir_in(self.shop.folder()).expect("room on the disk");
        let run = RunDir::create_at(&folder.path().join("run"), &config).expect("a run folder");
        worker::run(run.path(), touchstone::engine::eval::validation_metrics).expect("a finished run");
        let mut watch = RunWatch::open(run).expect("a readable run");
        watch.catch_up(now_ms()).expect("a readable log");
        let Some(Outcome::Finished(finish)) = &watch.view().outcome else {
            panic!("not finished: {:?}", watch.status());
        };
        let samples_per_sec = finish.samples_per_sec.expect("steps were done");
        Duration::from_secs_f64((steps * BATCH as u64) as f64 / samples_per_sec)
    }
}

fn fit_step(criterion: &mut Criterion) {
    let bench = LazyCell::new(Bench::new);
    let mut group = criterion.benchmark_group("fit_step");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(30))
        .throughput(Throughput::Elements(BATCH as u64));
    for (name, method) in [("full", Method::Full), ("lora", default_lora())] {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|iterations| bench.steps(&method, iterations));
        });
    }
    group.finish();
}

criterion_group!(benches, fit_step);
criterion_main!(benches);
