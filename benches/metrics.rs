//! Metrics with and without intervals, the logistic baseline, and the comparison of two models on the same rows.

mod sample;

use criterion::{BatchSize, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use sample::{Shop, read};
use std::cell::LazyCell;
use std::hint::black_box;
use std::time::Duration;
use touchstone::engine::compare::{CompareConfig, CompareInput, ScoredModel, compare};
use touchstone::engine::eval::baseline::{LogisticConfig, LogisticModel};
use touchstone::engine::eval::columns::{CodedColumn, categories, numbers};
use touchstone::engine::eval::{EvalConfig, EvalInput, auc, evaluate};
use touchstone::engine::features::{GROUP_COLUMN, LABEL_COLUMN};
use touchstone::engine::progress::Progress;

const ROWS: u64 = 200_000;
const RESAMPLES: usize = 200;

/// Training rows of the sample scored by two models: all numbers, and half of them.
struct Scored {
    x: Vec<f32>,
    num_features: usize,
    labels: Vec<f64>,
    groups: CodedColumn,
    strong: Vec<f64>,
    weak: Vec<f64>,
}

impl Scored {
    fn new() -> Self {
        let shop = Shop::of(ROWS);
        let set = shop.feature_set();
        let table = read(&shop.path("set/train.parquet")).frame;
        let labels = numbers(&table, LABEL_COLUMN).expect("labels");
        let columns: Vec<Vec<f64>> = set
            .numeric
            .iter()
            .map(|name| numbers(&table, name).expect("a chosen feature"))
            .collect();
        let rows_of = |columns: &[Vec<f64>]| -> Vec<f32> {
            let row = |row: usize| columns.iter().map(move |column| column[row] as f32);
            (0..labels.len()).flat_map(row).collect()
        };
        let scores = |columns: &[Vec<f64>]| {
            let x = rows_of(columns);
            fit(&x, columns.len(), &labels).predict(&x).expect("whole rows")
        };
        Self {
            x: rows_of(&columns),
            num_features: columns.len(),
            groups: categories(&table, GROUP_COLUMN).expect("groups"),
            strong: scores(&columns),
            weak: scores(&columns[..columns.len().div_ceil(2)]),
            labels,
        }
    }

    fn input(&self) -> EvalInput<'_> {
        EvalInput {
            labels: &self.labels,
            scores: &self.strong,
            groups: Some(self.groups.codes()),
            segments: Vec::new(),
        }
    }
}

fn fit(x: &[f32], num_features: usize, labels: &[f64]) -> LogisticModel {
    let config = LogisticConfig::default();
    LogisticModel::fit(x, num_features, labels, &config, &Progress::new()).expect("two classes")
}

fn metrics(criterion: &mut Criterion) {
    let scored = LazyCell::new(Scored::new);
    let mut group = criterion.benchmark_group("metrics");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(6));
    group.bench_function("auc", |bencher| {
        let labels: Vec<bool> = scored.labels.iter().map(|label| *label == 1.0).collect();
        bencher.iter(|| black_box(auc(&labels, &scored.strong)));
    });
    for bootstrap in [0, RESAMPLES] {
        group.throughput(Throughput::Elements(bootstrap.max(1) as u64));
        group.bench_function(format!("evaluate_bootstrap_{bootstrap}"), |bencher| {
            let config = EvalConfig {
                bootstrap,
                ..EvalConfig::default()
            };
            bencher.iter(|| black_box(evaluate(&scored.input(), &config, &Progress::new()).expect("usable rows")));
        });
    }
    group.bench_function(format!("compare_bootstrap_{RESAMPLES}"), |bencher| {
        let config = CompareConfig {
            bootstrap: RESAMPLES,
            permutations: RESAMPLES,
            ..CompareConfig::default()
        };
        let input = || CompareInput {
            labels: &scored.labels,
            models: [("strong", &scored.strong), ("weak", &scored.weak)]
                .map(|(name, scores)| ScoredModel { name, scores })
                .to_vec(),
            groups: Some(scored.groups.codes()),
            segments: Vec::new(),
        };
        bencher.iter_batched(
            input,
            |input| black_box(compare(&input, &config, &Progress::new()).expect("usable rows")),
            BatchSize::PerIteration,
        );
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("logistic_fit", |bencher| {
        bencher.iter(|| black_box(fit(&scored.x, scored.num_features, &scored.labels)));
    });
    group.finish();
}

criterion_group!(benches, metrics);
criterion_main!(benches);
