//! How busy this process and its GPU are.
//!
//! The GPU is asked through NVIDIA's management library, which is opened at run time: without a driver there is nothing
//! to tell, and nothing fails.

use super::hardware;
use crate::engine::run::event::{EventBody, GpuUse};
use nvml_wrapper::Nvml;
use nvml_wrapper::enum_wrappers::device::TemperatureSensor;
use std::time::{Duration, Instant};

/// Looks from time to time; each look tells of the time since the one before.
pub struct Monitor {
    gpu: Option<Nvml>,
    last: Instant,
    last_cpu: Duration,
}

impl Monitor {
    pub fn new() -> Self {
        Self {
            gpu: hardware::gpu_seen().then(|| Nvml::init().ok()).flatten(),
            last: Instant::now(),
            last_cpu: cpu_time(),
        }
    }

    /// A [`EventBody::Machine`] event.
    pub fn look(&mut self) -> EventBody {
        let (now, cpu) = (Instant::now(), cpu_time());
        let wall = now.duration_since(self.last).as_secs_f64();
        let busy = cpu.saturating_sub(self.last_cpu).as_secs_f64();
        (self.last, self.last_cpu) = (now, cpu);
        EventBody::Machine {
            cpu_cores: if wall > 0.0 { busy / wall } else { 0.0 },
            rss_bytes: hardware::resident_bytes(),
            gpu: self.gpu.as_ref().and_then(|nvml| gpu_use(nvml, visible_index())),
        }
    }
}

/// Processor time of all threads of this process.
fn cpu_time() -> Duration {
    let Ok(pid) = sysinfo::get_current_pid() else {
        return Duration::ZERO;
    };
    let mut system = sysinfo::System::new();
    let what = sysinfo::ProcessRefreshKind::nothing().with_cpu().without_tasks();
    system.refresh_processes_specifics(sysinfo::ProcessesToUpdate::Some(&[pid]), true, what);
    let millis = system.process(pid).map_or(0, sysinfo::Process::accumulated_cpu_time);
    Duration::from_millis(millis)
}

/// The driver's number of the device that CUDA calls the first.
fn visible_index() -> u32 {
    let visible = std::env::var("CUDA_VISIBLE_DEVICES").unwrap_or_default();
    visible
        .split(',')
        .next()
        .and_then(|first| first.trim().parse().ok())
        .unwrap_or(0)
}

fn gpu_use(nvml: &Nvml, index: u32) -> Option<GpuUse> {
    let device = nvml.device_by_index(index).ok()?;
    let memory = device.memory_info().ok()?;
    Some(GpuUse {
        busy: f64::from(device.utilization_rates().ok()?.gpu) / 100.0,
        memory_used_bytes: memory.used,
        memory_total_bytes: memory.total,
        power_watts: device
            .power_usage()
            .ok()
            .map(|milliwatts| f64::from(milliwatts) / 1000.0),
        temperature_celsius: device.temperature(TemperatureSensor::Gpu).ok().map(f64::from),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_process_is_seen_to_be_busy_and_no_driver_is_no_failure() {
        let mut monitor = Monitor::new();
        let until = Instant::now() + Duration::from_millis(200);
        let mut spun = 0_u64;
        while Instant::now() < until {
            spun = spun.wrapping_mul(31).wrapping_add(7);
        }
        let EventBody::Machine {
            cpu_cores,
            rss_bytes,
            gpu,
        } = monitor.look()
        else {
            panic!("a machine event");
        };
        // Other tests run beside this one, and the machine may be loaded.
        assert!(cpu_cores > 0.05 && cpu_cores < 4096.0, "{cpu_cores} {spun}");
        assert!(rss_bytes > 1 << 20);
        assert_eq!(gpu.is_some(), monitor.gpu.is_some());
    }
}
