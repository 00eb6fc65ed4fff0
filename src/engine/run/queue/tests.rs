//! The queue with workers that are shell scripts.

use super::*;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::supervise::Launcher;
use std::time::Duration;

fn make_run(runs: &Path) -> RunDir {
    RunDir::create(runs, "2026-11-30", &TrainConfig::default()).expect("create")
}

#[test]
fn order_is_kept_changed_and_nothing_waits_twice() {
    let folder = tempfile::tempdir().expect("temp dir");
    let runs = folder.path().join("runs");
    assert_eq!(read(&runs).expect("none"), RunQueue::default());
    let ids: Vec<String> = (0..3)
        .map(|_| {
            let run = make_run(&runs);
            add(&run).expect("add");
            add(&run).expect("again");
            run.id()
        })
        .collect();
    assert_eq!(read(&runs).expect("read").waiting, ids);
    let moved = move_to(&runs, &ids[2], 1).expect("move");
    assert_eq!(moved.waiting, [&ids[2], &ids[0], &ids[1]].map(String::clone));
    assert_eq!(moved.place(&ids[0]), Some(2));
    let moved = move_to(&runs, &ids[2], 99).expect("move");
    assert_eq!(moved.waiting, ids);
    assert_eq!(remove(&runs, &ids[1]).expect("remove").waiting.len(), 2);
    assert!(matches!(remove(&runs, &ids[1]), Err(RunError::NotQueued { .. })));
    make_run(&runs);
    std::fs::remove_dir_all(runs.join(&ids[0])).expect("gone");
    assert_eq!(tidy(&runs).expect("tidy").waiting, [ids[2].clone()]);
    // A queue is no run.
    assert_eq!(crate::engine::run::list_runs(&runs).expect("list").len(), 3);
}

/// Writes down that it was started and ends well.
#[cfg(unix)]
fn launcher(folder: &Path, sleep: &str) -> Launcher {
    use std::os::unix::fs::PermissionsExt as _;
    let program = folder.join("fake-worker");
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = worker ] || exit 64\necho \"$(basename \"$2\")\" >> {}/started\nsleep {sleep}\n\
         echo '{{\"v\":1,\"seq\":0,\"wall_ms\":'$(date +%s%3N)',\"step\":1,\"type\":\"stopped\",\"reason\":\"x\"}}' >> \"$2/events.jsonl\"\n",
        folder.display()
    );
    std::fs::write(&program, script).expect("script");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("executable");
    Launcher::new(program)
}

#[cfg(unix)]
fn started(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("started")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn two_owners_start_each_run_once_and_in_order() {
    let folder = tempfile::tempdir().expect("temp dir");
    let runs = folder.path().join("runs");
    let launcher = launcher(folder.path(), "0.1");
    let ids: Vec<String> = (0..4)
        .map(|_| {
            let run = make_run(&runs);
            add(&run).expect("add");
            run.id()
        })
        .collect();
    let rest = Duration::from_millis(10);
    let owned: Vec<bool> = std::thread::scope(|scope| {
        let owners: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| work(&runs, &launcher, rest).expect("work")))
            .collect();
        owners
            .into_iter()
            .map(|owner| owner.join().expect("no panic"))
            .collect()
    });
    assert!(owned.contains(&true));
    assert_eq!(started(folder.path()), ids);
    assert_eq!(read(&runs).expect("read"), RunQueue::default());
    assert!(!has_owner(&runs));
}

#[cfg(unix)]
#[test]
fn a_killed_owner_loses_nothing_and_a_broken_run_stops_nobody() {
    let folder = tempfile::tempdir().expect("temp dir");
    let runs = folder.path().join("runs");
    let launcher = launcher(folder.path(), "0");
    let (first, second, third) = (make_run(&runs), make_run(&runs), make_run(&runs));
    for run in [&first, &second, &third] {
        add(run).expect("add");
    }
    // The owner died between taking the first and starting it.
    edit(&runs, |queue| {
        queue.current = Some(Claim {
            run_id: queue.waiting.remove(0),
            claimed_ms: now_ms(),
        });
        Ok(())
    })
    .expect("edit");
    std::fs::remove_dir_all(second.path()).expect("gone");
    hold(&runs, true).expect("hold");
    let rest = Duration::from_millis(10);
    assert!(work(&runs, &launcher, rest).expect("work"));
    assert_eq!(
        started(folder.path()),
        [first.id()],
        "a claimed run is finished, a held queue takes no other"
    );
    hold(&runs, false).expect("release");
    assert!(work(&runs, &launcher, rest).expect("work"));
    assert_eq!(started(folder.path()), [first.id(), third.id()]);
    let left = read(&runs).expect("read");
    assert!(left.waiting.is_empty() && left.current.is_none());
    assert!(left.problems[0].contains("is not a run folder"), "{:?}", left.problems);
}
