//! How long each phase of a stage takes, as its `Progress` names them: a regression names its place.
//!
//! A thread looks at the phase twice a millisecond, so a time is exact to about that; what a stage does before it
//! names its first phase counts to that one.

// Each bench is a crate of its own and uses a part of this.
#![allow(dead_code)]

use criterion::measurement::WallTime;
use criterion::{Bencher, BenchmarkGroup};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use touchstone::engine::progress::Progress;

const LOOK: Duration = Duration::from_micros(500);

type Times = BTreeMap<String, Duration>;

/// One benchmark a phase in `names`, and at the end the share of each in all runs of `work`.
///
/// # Panics
/// When `work` has no phase of one of these names: the bench would measure nothing.
pub fn bench_phases(group: &mut BenchmarkGroup<'_, WallTime>, names: &[&str], work: impl Fn(&Progress)) {
    let all = RefCell::new(Times::new());
    for &name in names {
        group.bench_function(name, |bencher: &mut Bencher<'_>| {
            bencher.iter_custom(|iterations| {
                let mut spent = Duration::ZERO;
                for _ in 0..iterations {
                    let times = timed(&work);
                    spent += times.get(name).copied().unwrap_or_else(|| {
                        panic!("there is no phase `{name}`; there are {:?}", times.keys());
                    });
                    for (phase, time) in times {
                        *all.borrow_mut().entry(phase).or_default() += time;
                    }
                }
                spent
            });
        });
    }
    print_shares(&all.borrow());
}

/// Runs `work` and tells the time in each of its phases.
fn timed(work: impl Fn(&Progress)) -> Times {
    let (progress, ended) = (Progress::new(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(&progress, &ended));
        work(&progress);
        ended.store(true, Ordering::Release);
        watcher.join().expect("looking cannot fail")
    })
}

fn watch(progress: &Progress, ended: &AtomicBool) -> Times {
    let mut times = Times::new();
    let (mut phase, mut since) = (String::new(), Instant::now());
    loop {
        let is_over = ended.load(Ordering::Acquire);
        let now = progress.snapshot().phase.en;
        if is_over || now != phase {
            if phase.is_empty() {
                phase.clone_from(&now);
            }
            let left = std::mem::replace(&mut phase, now);
            if is_over || left != phase {
                *times.entry(left).or_default() += since.elapsed();
                since = Instant::now();
            }
        }
        if is_over {
            return times;
        }
        std::thread::sleep(LOOK);
    }
}

// A bench's result is what it prints.
#[allow(clippy::print_stdout)]
fn print_shares(times: &Times) {
    let total: f64 = times.values().map(Duration::as_secs_f64).sum();
    for (phase, time) in times {
        println!("{:>6.1} %  {phase}", 100.0 * time.as_secs_f64() / total);
    }
    if !times.is_empty() {
        println!();
    }
}
