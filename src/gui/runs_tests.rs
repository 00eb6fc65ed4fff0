//! Tests of following the runs of a project.

use super::follower::{SPARK_POINTS, spark};
use super::*;
use crate::engine::run::event::EventBody;
use crate::engine::run::log::EventWriter;
use crate::engine::run::replay::curve;
use std::time::Duration;

fn run_in(runs: &std::path::Path) -> (RunDir, EventWriter) {
    let run = RunDir::create(runs, "2026-11-22", &TrainConfig::default()).expect("create");
    let writer = EventWriter::open(&run.events_path()).expect("log");
    (run, writer)
}

fn log(text: &str) -> EventBody {
    EventBody::Log {
        message: text.to_owned(),
    }
}

#[test]
fn runs_that_come_grow_and_go_are_noticed_and_quiet_ones_tell_nothing() {
    let folder = tempfile::tempdir().expect("temp dir");
    let runs = folder.path().join("runs");
    let mut follower = Follower::new(runs.clone());
    let start = Instant::now();
    let after = |secs: u64| start + Duration::from_secs(secs);
    assert_eq!(follower.look(after(0), 0).expect("the first list").runs.len(), 0);
    assert!(follower.look(after(3), 0).is_none());

    let (first, mut writer) = run_in(&runs);
    let (second, _) = run_in(&runs);
    let list = follower.look(after(6), 0).expect("two runs");
    let ids: Vec<&str> = list.runs.iter().map(|run| run.run_id.as_str()).collect();
    assert_eq!(ids, [second.id(), first.id()], "newest first");
    assert!(follower.look(after(9), 0).is_none());

    writer.write(0, log("hello")).expect("write");
    let grown = follower.look(after(12), 0).expect("one event");
    assert_eq!(grown.get(&first.id()).map(|run| run.view.console.len()), Some(1));
    assert_eq!(
        list.get(&first.id()).map(|run| run.view.console.len()),
        Some(0),
        "snapshots stay"
    );

    second.delete(&folder.path().join("trash")).expect("delete");
    assert_eq!(follower.look(after(15), 0).expect("one left").runs.len(), 1);
    std::fs::write(first.config_path(), "{").expect("spoil");
    follower.look(after(18), 0);
    let mut fresh = Follower::new(runs);
    assert_eq!(fresh.look(after(0), 0).expect("list").broken.len(), 1);
}

#[test]
fn a_spark_has_the_shape_of_the_loss_whatever_its_length() {
    for steps in [3_u64, 40, 50_000] {
        let mut view = RunView::default();
        let mut series = crate::engine::run::series::Series::default();
        for step in 0..steps {
            series.push(step, 1.0 - step as f64 / steps as f64);
        }
        view.series.insert(curve::TRAIN_LOSS.to_owned(), series);
        let spark = spark(&view);
        assert!(spark.len() >= 2 && spark.len() <= SPARK_POINTS + 1, "{}", spark.len());
        assert!(spark.windows(2).all(|pair| pair[1] <= pair[0]));
    }
    assert!(spark(&RunView::default()).is_empty());
}

#[test]
fn the_watcher_delivers_and_wakes_when_poked() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .expect("runtime");
    let folder = tempfile::tempdir().expect("temp dir");
    let (told, news) = std::sync::mpsc::channel();
    let mut watcher = RunWatcher::start(folder.path().to_owned(), runtime.handle(), move || {
        told.send(()).unwrap_or_default();
    });
    let wait = Duration::from_secs(20);
    news.recv_timeout(wait).expect("first list");
    assert_eq!(watcher.take_new().map(|list| list.runs.len()), Some(0));
    assert!(watcher.take_new().is_none(), "each list is taken once");
    run_in(folder.path());
    watcher.poke();
    news.recv_timeout(wait).expect("second list");
    assert_eq!(watcher.take_new().map(|list| list.runs.len()), Some(1));
}

#[test]
fn an_ended_run_is_read_from_its_digest_until_somebody_looks_at_its_curves() {
    let folder = tempfile::tempdir().expect("temp dir");
    let runs = folder.path().join("runs");
    let (run, mut writer) = run_in(&runs);
    for step in 1..=2000 {
        let body = EventBody::Train {
            loss: 1.0 / step as f64,
            learning_rate: 1e-4,
            grad_norm: 1.0,
            epoch: 0.1,
            samples_per_sec: 1.0,
            tokens_per_sec: 1.0,
            padding_share: 0.0,
            rss_bytes: 1,
        };
        writer.write(step, body).expect("write");
    }
    let stopped = EventBody::Stopped {
        reason: "asked".to_owned(),
    };
    writer.write(2000, stopped).expect("write");
    let start = Instant::now();
    let points = |list: &RunList| list.runs[0].view.series[curve::TRAIN_LOSS].len();
    let mut first = Follower::new(runs.clone());
    let list = first.look(start, 0).expect("read in full");
    assert_eq!((points(&list), list.runs[0].view.is_short), (2000, false));
    assert!(run.path().join("digest.bin").is_file());

    let wanted = Wanted::default();
    let mut second = Follower::new(runs).serving(Arc::clone(&wanted));
    let list = second.look(start, 0).expect("read in short");
    assert!(list.runs[0].view.is_short && list.runs[0].is_complete && points(&list) < 300);
    assert_eq!(list.runs[0].status, RunStatus::Stopped);
    assert!(second.look(start + Duration::from_secs(3), 0).is_none());
    wanted.lock().expect("no panic").insert(run.id());
    let list = second.look(start + Duration::from_secs(4), 0).expect("read in full");
    assert_eq!((points(&list), list.runs[0].view.is_short), (2000, false));
    assert!(second.look(start + Duration::from_secs(7), 0).is_none());
    crate::engine::run::about::change(&run, |about| about.archived = true).expect("change");
    let list = second.look(start + Duration::from_secs(10), 0).expect("put away");
    assert!(list.runs[0].about.archived);
}
