//! Reading the sample's A/B log with each method.

mod phases;
mod sample;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use phases::bench_phases;
use sample::Shop;
use std::cell::LazyCell;
use std::hint::black_box;
use std::time::Duration;
use touchstone::engine::experiment::{ExperimentConfig, Method, experiment, propose};
use touchstone::engine::ingest::Dataset;
use touchstone::engine::progress::Progress;

/// The shop's events; its A/B log has an eighth as many units.
const SHOP_ROWS: u64 = 400_000;
const METHODS: [Method; 5] = [
    Method::Welch,
    Method::Cuped,
    Method::Sequential,
    Method::Bayes,
    Method::Bootstrap,
];
/// All of them; the bench fails where one was renamed.
const PHASES: [&str; 3] = ["grouping rows by unit", "estimating effects", "comparing segments"];

struct Log {
    dataset: Dataset,
    config: ExperimentConfig,
}

impl Log {
    fn new() -> Self {
        let dataset = Shop::of(SHOP_ROWS).table("experiment.csv");
        let proposed = propose(&dataset).expect("the sample's log has variants");
        let config = ExperimentConfig {
            covariate: Some("pre_revenue".to_owned()),
            bootstrap: 200,
            ..proposed
        };
        Self { dataset, config }
    }

    fn read(&self, method: Method, progress: &Progress) {
        let config = ExperimentConfig {
            method,
            ..self.config.clone()
        };
        black_box(experiment(&self.dataset, &config, progress).expect("a read experiment"));
    }
}

fn methods(criterion: &mut Criterion) {
    let log = LazyCell::new(Log::new);
    let mut group = criterion.benchmark_group("experiment");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(5))
        .throughput(Throughput::Elements(SHOP_ROWS / 8));
    for method in METHODS {
        group.bench_function(BenchmarkId::new("method", method.name()), |bencher| {
            bencher.iter(|| log.read(method, &Progress::new()));
        });
    }
    bench_phases(&mut group, &PHASES, |progress| log.read(Method::Welch, progress));
    group.finish();
}

criterion_group!(benches, methods);
criterion_main!(benches);
