//! What the machine can compute with, in plain data. Needs no libtorch.

use std::sync::OnceLock;

/// True where bf16 matrix products run in hardware (AVX-512 BF16; each CPU with AMX has it too).
pub fn cpu_has_bf16() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::is_x86_feature_detected!("avx512bf16")
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        false
    }
}

/// Numbers of 32 bits that the CPU's own operations take at a time: 16 with AVX-512 (F, BW, DQ, VL), 8 with AVX2 and
/// FMA; `None` where there are no such operations. The same rule as `chosen_kernels` in `native/fused.cpp`.
pub fn vector_lanes() -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    {
        let has_512 = std::is_x86_feature_detected!("avx512f")
            && std::is_x86_feature_detected!("avx512bw")
            && std::is_x86_feature_detected!("avx512dq")
            && std::is_x86_feature_detected!("avx512vl");
        let has_256 = std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma");
        match (has_512, has_256) {
            (true, _) => Some(16),
            (false, true) => Some(8),
            (false, false) => None,
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        None
    }
}

/// The CPU's name, e.g. from `/proc/cpuinfo`.
pub fn cpu_name() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("model name").and_then(|rest| rest.split_once(':')))
        .map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned())
}

/// Signs of an NVIDIA GPU that need no library; looked for once.
pub fn gpu_seen() -> bool {
    static SEEN: OnceLock<bool> = OnceLock::new();
    const SIGNS: [&str; 4] = [
        "/proc/driver/nvidia/version",
        "/dev/nvidia0",
        "/dev/nvidiactl",
        "/dev/dxg",
    ];
    *SEEN.get_or_init(|| SIGNS.iter().any(|path| std::path::Path::new(path).exists()))
}

/// Cores this process may run on.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Resident memory of this process in bytes; 0 where it cannot be told.
pub fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = text.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
    if pages > 0 {
        return pages * 4096;
    }
    let Ok(pid) = sysinfo::get_current_pid() else { return 0 };
    let mut system = sysinfo::System::new();
    system.refresh_processes(sysinfo::ProcessesToUpdate::Some(&[pid]), true);
    system.process(pid).map_or(0, sysinfo::Process::memory)
}

/// Memory that programs may still take, in bytes; `None` where it cannot be told.
pub fn free_memory_bytes() -> Option<u64> {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    Some(system.available_memory()).filter(|bytes| *bytes > 0)
}

/// The most memory this process ever held, in bytes.
pub fn peak_resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = text.lines().find_map(|line| {
        let kilobytes = line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?;
        Some(kilobytes.trim().parse::<u64>().ok()? * 1024)
    });
    peak.unwrap_or_else(resident_bytes)
}

/// Share of `cores` cores' time this process has used since it started, 0..=1; 1 where it cannot be told.
pub fn core_share(cores: usize) -> f64 {
    let Ok(pid) = sysinfo::get_current_pid() else {
        return 1.0;
    };
    let mut system = sysinfo::System::new();
    let what = sysinfo::ProcessRefreshKind::nothing().with_cpu();
    system.refresh_processes_specifics(sysinfo::ProcessesToUpdate::Some(&[pid]), true, what);
    let Some(process) = system.process(pid) else { return 1.0 };
    let used_secs = process.accumulated_cpu_time() as f64 / 1000.0;
    // Its age is told in whole seconds.
    let all_secs = (process.run_time() as f64 + 1.0) * cores.max(1) as f64;
    (used_secs / all_secs).min(1.0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_machine_describes_itself() {
        assert!(super::threads() >= 1);
        assert!(!super::cpu_name().is_empty());
        assert!(super::resident_bytes() > 1 << 20);
    }
}
