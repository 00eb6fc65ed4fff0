//! The whole audit of the sample's log with its side tables, and each of its phases.

mod phases;
mod sample;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use phases::bench_phases;
use sample::Shop;
use std::cell::LazyCell;
use std::hint::black_box;
use std::time::Duration;
use touchstone::engine::audit::{AuditOptions, AuditReport, SideTables, audit};
use touchstone::engine::ingest::Dataset;
use touchstone::engine::progress::Progress;

const ROWS: u64 = 300_000;
/// All of them; the bench fails where one was renamed.
const PHASES: [&str; 4] = [
    "indexing the log",
    "profiling columns",
    "checking the log",
    "profiling the log",
];
/// 2026-01-01, some weeks after the sample's last event.
const NOW_MS: u64 = 1_767_225_600_000;

struct Tables {
    log: Dataset,
    items: Dataset,
    users: Dataset,
}

impl Tables {
    fn new() -> Self {
        let shop = Shop::of(ROWS);
        Self {
            log: shop.table("events.csv"),
            items: shop.table("items.csv"),
            users: shop.table("users.csv"),
        }
    }

    fn audit(&self, progress: &Progress) -> AuditReport {
        let tables = SideTables {
            items: Some(&self.items),
            users: Some(&self.users),
        };
        let options = AuditOptions::new(NOW_MS).with_tables(tables);
        audit(&self.log, &options, progress).expect("an audited log")
    }
}

fn whole_and_phases(criterion: &mut Criterion) {
    let tables = LazyCell::new(Tables::new);
    let mut group = criterion.benchmark_group("audit");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(8))
        .throughput(Throughput::Elements(ROWS));
    group.bench_function("whole", |bencher| {
        bencher.iter(|| black_box(tables.audit(&Progress::new())));
    });
    bench_phases(&mut group, &PHASES, |progress| {
        black_box(tables.audit(progress));
    });
    group.finish();
}

criterion_group!(benches, whole_and_phases);
criterion_main!(benches);
