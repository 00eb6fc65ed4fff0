//! Is that process still the one that was started? A pid alone is reused; pid and start time together are not.

use serde::{Deserialize, Serialize};
use std::sync::OnceLock;
use sysinfo::{Pid, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, Signal, System};

/// A process of this machine, told from later ones with the same pid by its start time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessId {
    pub pid: u32,
    /// Seconds since the epoch; 0 where the system would not tell (then the pid alone decides).
    pub start_secs: u64,
}

/// The start time is computed from the boot time, which moves a little when the clock is set.
const START_TOLERANCE_SECS: u64 = 2;

impl ProcessId {
    pub fn current() -> Self {
        let pid = std::process::id();
        Self {
            pid,
            start_secs: Self::of(pid).map_or(0, |process| process.start_secs),
        }
    }

    /// The process that has this pid now, if any (a zombie not yet reaped counts).
    pub fn of(pid: u32) -> Option<Self> {
        with_process(pid, |process| Self {
            pid,
            start_secs: process.start_time(),
        })
    }

    /// True for the same process, within the error of its start time.
    pub fn same(self, other: Self) -> bool {
        let known = self.start_secs != 0 && other.start_secs != 0;
        self.pid == other.pid && (!known || self.start_secs.abs_diff(other.start_secs) <= START_TOLERANCE_SECS)
    }

    /// True while it runs; false for a zombie, for a dead one and for another process that got its pid.
    pub fn is_alive(self) -> bool {
        let seen = with_process(self.pid, |process| {
            let dead = matches!(process.status(), ProcessStatus::Zombie | ProcessStatus::Dead);
            let start_secs = process.start_time();
            (!dead).then_some(Self {
                pid: self.pid,
                start_secs,
            })
        });
        seen.flatten().is_some_and(|seen| seen.same(self))
    }

    /// Asks it to end (SIGTERM) or ends it (SIGKILL, and always on Windows). False if it is not alive.
    pub(crate) fn signal(self, force: bool) -> bool {
        self.is_alive()
            && with_process(self.pid, |process| {
                let signal = if force { Signal::Kill } else { Signal::Term };
                process.kill_with(signal).unwrap_or_else(|| process.kill())
            })
            .unwrap_or(false)
    }
}

/// Name of this machine; a run folder may lie on a disk shared with others.
pub fn host_name() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| System::host_name().unwrap_or_default())
}

fn with_process<T>(pid: u32, read: impl FnOnce(&sysinfo::Process) -> T) -> Option<T> {
    let pid = Pid::from_u32(pid);
    let mut system = System::new();
    let refresh = ProcessRefreshKind::nothing().without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, refresh);
    system.process(pid).map(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_child_is_alive_until_it_is_killed_even_before_it_is_reaped() {
        let mut child = Command::new("sleep").arg("60").spawn().expect("sleep");
        let process = ProcessId::of(child.id()).expect("it runs");
        assert!(process.start_secs > 0);
        assert!(process.is_alive());
        assert!(process.signal(true));
        // Not yet waited for: a zombie. `/proc` shows it, and it must not count as alive.
        for _ in 0..200 {
            if !process.is_alive() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        assert!(ProcessId::of(child.id()).is_some(), "still in the process table");
        assert!(!process.is_alive());
        child.wait().expect("reap");
        assert!(!process.is_alive());
        assert!(!process.signal(false));
    }

    #[test]
    fn a_reused_pid_is_another_process() {
        let current = ProcessId::current();
        assert!(current.is_alive());
        let earlier = ProcessId {
            start_secs: current.start_secs - 60,
            ..current
        };
        assert!(!earlier.is_alive());
        assert!(!earlier.signal(true), "or this test would end here");
    }
}
