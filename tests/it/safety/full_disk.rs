//! A checkpoint that does not fit on the disk: the run waits, and goes on when there is room.

use super::*;

/// A small disk of its own; unmounted with it.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None`, with a message, where this user may not mount one.
    fn mount(at: &Path, bytes: u64) -> Option<Self> {
        std::fs::create_dir_all(at).expect("dir");
        let size = format!("size={bytes}");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(at)
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(at.to_owned()));
        }
        eprintln!("skipped: a small disk can be mounted by root only");
        None
    }

    /// Takes all room but `left` bytes.
    fn fill(&self, left: u64) -> PathBuf {
        use std::io::Write as _;
        let path = self.0.join("filler");
        let mut file = std::fs::File::create(&path).expect("file");
        let mut written = 0u64;
        while file.write_all(&[0; 4096]).is_ok() {
            written += 4096;
        }
        file.set_len(written.saturating_sub(left)).expect("shrunk");
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let ended = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(
            ended.is_ok_and(|status| status.success()),
            "{} stays mounted",
            self.0.display()
        );
    }
}

/// The step of the newest checkpoint, whose files must be what its own list of hashes says.
fn whole_checkpoint(run: &Path) -> u64 {
    let steps = std::fs::read_dir(run.join("checkpoints"))
        .expect("checkpoints")
        .map(|entry| {
            let name = entry.expect("entry").file_name().to_string_lossy().into_owned();
            name.strip_prefix("step-")
                .unwrap_or_else(|| panic!("{name} is left over"))
                .parse()
                .expect("a step")
        });
    let step: u64 = steps.max().expect("a checkpoint");
    let folder = run.join(format!("checkpoints/step-{step}"));
    let text = std::fs::read_to_string(folder.join("trainer_state.json")).expect("state");
    let state: Value = serde_json::from_str(&text).expect("JSON");
    for (name, hash) in state["files"].as_object().expect("hashes") {
        let found = ContentHash::of_bytes(&std::fs::read(folder.join(name)).expect("file"));
        assert_eq!(Some(found.0.as_str()), hash.as_str(), "{name}");
    }
    step
}

#[test]
fn on_a_full_disk_it_waits_and_goes_on_when_there_is_room() {
    let _turn = my_turn();
    let folder = prepared(&settings());
    let Some(disk) = SmallDisk::mount(&folder.join("disk"), 3 << 20) else {
        return;
    };
    folder.json(&["train", "--config", "config.json", "--run-dir", "whole"]);
    let config = read_config(&folder.join("whole/config.json")).expect("settings");
    let run = folder.join("disk/run");
    RunDir::create_at(&run, &config).expect("a run folder");
    let mut process = worker(&folder, &run);
    wait_for(&run, "past a checkpoint", |seen| has_reached(seen, EVAL_EVERY + 5));
    let filler = disk.fill(96 << 10);
    let held = wait_for(&run, "waiting", |seen| *seen.status() == RunStatus::Paused);
    let told = held.view().console.iter().any(|line| match &**line {
        ConsoleLine::Event(event) => matches!(&event.body, EventBody::Warning { message }
            if message.contains("the disk is full") && message.contains("MB are free")),
        ConsoleLine::Corrupt { .. } => false,
    });
    assert!(told, "{:?}", held.view().console);
    let kept = whole_checkpoint(&run);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(watch(&run).view().step, held.view().step, "it stands still");
    assert!(kept < held.view().step);
    // Killed while it waits, it takes up the checkpoint that is whole, and waits again.
    process.kill().expect("alive");
    process.wait().expect("ours");
    let mut process = worker(&folder, &run);
    let again = wait_for(&run, "refused or waiting", |seen| {
        matches!(seen.status(), RunStatus::Paused | RunStatus::Failed { .. })
    });
    let RunStatus::Failed { message, .. } = again.status() else {
        panic!("{:?}", again.status());
    };
    assert!(
        message.contains("no room for the checkpoints") && message.contains("are free at"),
        "{message}"
    );
    process.wait().expect("ours");
    std::fs::remove_file(filler).expect("room again");
    let resumed = folder.json(&["train", "--run-dir", "disk/run", "--resume"]);
    assert_eq!(at(&resumed, "status"), "finished");
    assert_eq!(weights(&folder.join("whole")), weights(&run));
    assert_same_curves(&folder.join("whole"), &run);
}

#[test]
fn a_waiting_run_goes_on_by_itself() {
    let _turn = my_turn();
    let folder = prepared(&settings());
    let Some(disk) = SmallDisk::mount(&folder.join("disk"), 3 << 20) else {
        return;
    };
    let config = read_config(&folder.join("config.json")).expect("settings");
    let mut config = config;
    touchstone::engine::run::validate::resolve_paths(&mut config, folder.path());
    let run = folder.join("disk/run");
    RunDir::create_at(&run, &config).expect("a run folder");
    let mut process = worker(&folder, &run);
    wait_for(&run, "past a checkpoint", |seen| has_reached(seen, EVAL_EVERY + 5));
    let filler = disk.fill(96 << 10);
    wait_for(&run, "waiting", |seen| *seen.status() == RunStatus::Paused);
    std::fs::remove_file(filler).expect("room again");
    wait_for(&run, "finished", |seen| *seen.status() == RunStatus::Finished);
    process.wait().expect("ours");
    assert_eq!(watch(&run).view().attempts, 1);
}
