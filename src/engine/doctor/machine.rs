//! The processor and the memory: what speeds training up, and what it may run out of.

use super::{Check, State, gigabytes};
use crate::engine::artifact::Bilingual;
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

/// Below this free memory, fine-tuning the base model beside a table of a million rows gets tight.
const ENOUGH_FREE_BYTES: u64 = 3_000_000_000;

/// Instructions that libtorch's CPU kernels use, as Linux names them.
const INSTRUCTIONS: [&str; 6] = ["avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8"];

pub fn processor() -> Check {
    let system = System::new_with_specifics(RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing()));
    let model = system.cpus().first().map_or("", |cpu| cpu.brand().trim()).to_owned();
    let usable = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let physical = System::physical_core_count();
    let found = instructions();
    judge_processor(&model, usable, found.as_deref())
        .fact("model", model.as_str())
        .fact("physical_cores", physical)
}

fn judge_processor(model: &str, usable: usize, found: Option<&[&'static str]>) -> Check {
    let listed = match found {
        Some([]) => "-".to_owned(),
        Some(found) => found.join(" "),
        None => "?".to_owned(),
    };
    let model = if model.is_empty() {
        std::env::consts::ARCH
    } else {
        model
    };
    let text = Bilingual::new(
        format!("{model}, {usable} cores usable, {listed}"),
        format!("{model}，可用 {usable} 核，{listed}"),
    );
    let slow = cfg!(target_arch = "x86_64") && found.is_some_and(|found| !found.contains(&"avx2"));
    let state = if slow { State::Warning } else { State::Ok };
    let has = |name: &str| found.map(|found| found.contains(&name));
    let check = Check::new("cpu", Bilingual::new("Processor", "处理器"), state, text)
        .fact("usable_cores", usable)
        .fact("avx2", has("avx2"))
        .fact("avx512f", has("avx512f"))
        .fact("avx512_bf16", has("avx512_bf16"))
        .fact("amx_bf16", has("amx_bf16"))
        .fact("amx_int8", has("amx_int8"));
    if !slow {
        return check;
    }
    check.mend(
        "Train on a machine with AVX2 or with an NVIDIA GPU: without AVX2 libtorch is several times slower.",
        "建议在支持 AVX2 或配有 NVIDIA GPU 的机器上训练：没有 AVX2 时 libtorch 会慢数倍。",
    )
}

/// `None` where they cannot be read.
fn instructions() -> Option<Vec<&'static str>> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    instructions_in(&text)
}

fn instructions_in(cpuinfo: &str) -> Option<Vec<&'static str>> {
    let flags = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("flags")?.split_once(':').map(|(_, flags)| flags))?;
    let present = |name: &&str| flags.split_whitespace().any(|flag| flag == *name);
    Some(INSTRUCTIONS.into_iter().filter(present).collect())
}

pub fn memory() -> Check {
    let system = System::new_with_specifics(RefreshKind::nothing().with_memory(MemoryRefreshKind::everything()));
    let (mut total, mut free) = (system.total_memory(), system.available_memory());
    // In a container the group's limit counts, not the machine's memory.
    if let Some(limits) = system.cgroup_limits().filter(|limits| limits.total_memory > 0) {
        total = total.min(limits.total_memory);
        free = free.min(limits.free_memory);
    }
    judge_memory(total, free)
}

fn judge_memory(total: u64, free: u64) -> Check {
    let state = if free < ENOUGH_FREE_BYTES {
        State::Warning
    } else {
        State::Ok
    };
    let found = Bilingual::new(
        format!("{} of {} free", gigabytes(free), gigabytes(total)),
        format!("共 {}，可用 {}", gigabytes(total), gigabytes(free)),
    );
    let check = Check::new("memory", Bilingual::new("Memory", "内存"), state, found)
        .fact("total_bytes", total)
        .fact("free_bytes", free);
    if state == State::Ok {
        return check;
    }
    check.mend(
        "Close other programs before training, or choose a smaller batch.",
        "训练前请关闭其他程序，或选择更小的批大小。",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_whole_words_of_the_flags() {
        let text =
            "processor\t: 0\nmodel name\t: X\nflags\t\t: fpu avx avx2x avx512f amx_bf16 amx_tile\nbugs\t: avx2\n";
        assert_eq!(instructions_in(text), Some(vec!["avx512f", "amx_bf16"]));
        assert_eq!(instructions_in("Processor: ARM\n"), None);
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn a_processor_without_avx2_is_slow() {
        assert_eq!(judge_processor("old", 2, Some(&[])).state, State::Warning);
        assert_eq!(judge_processor("new", 2, Some(&["avx2"])).state, State::Ok);
        assert_eq!(judge_processor("unknown", 2, None).state, State::Ok);
    }

    #[test]
    fn little_free_memory_is_a_warning() {
        assert_eq!(judge_memory(16_000_000_000, 1_000_000_000).state, State::Warning);
        let check = judge_memory(16_000_000_000, 8_000_000_000);
        assert_eq!(check.state, State::Ok);
        assert_eq!(check.found.en, "8.0 GB of 16.0 GB free");
        assert_eq!(check.facts["total_bytes"], 16_000_000_000_u64);
    }
}
