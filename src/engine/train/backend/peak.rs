//! The rate of large matrix products on a device: what a training could reach at best.
//!
//! Measured at each start, for other programs may compute at the same time: the highest rate of the last months counts,
//! and is kept in the cache folder for each device and precision. Invariant: takes well under a second, and a device
//! that cannot be measured leaves the run as it is.

use super::device::Chosen;
use crate::engine::models::cache_root;
use crate::engine::run::dir::write_atomic;
use crate::engine::run::now_ms;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tch::{Device, Kind, Tensor};

/// A measured rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    /// Floating-point operations a second.
    pub flops: f64,
    /// Unix time in milliseconds.
    pub measured_ms: u64,
}

/// A machine may get another driver, another cooler: a rate found so long ago no longer counts.
const VALID: Duration = Duration::from_secs(90 * 24 * 3600);
/// Products are tried for so long, and at least so many.
const TRIED: Duration = Duration::from_millis(150);
const ROUNDS: usize = 5;

/// The highest rate known of this device, this moment's included.
pub fn of(chosen: &Chosen) -> Option<Peak> {
    let path = file();
    let mut known = read(&path);
    let key = format!("{} {}", name(chosen), chosen.precision);
    let now = now_ms();
    let measured = measure(chosen).inspect_err(|error| tracing::warn!("matrix rate: {error}"));
    let found = measured.ok().map(|flops| Peak {
        flops,
        measured_ms: now,
    });
    let before = known.get(&key).copied();
    let peak = highest(before, found, now)?;
    if before != Some(peak) {
        known.insert(key, peak);
        keep(&path, &known);
    }
    Some(peak)
}

/// The higher rate of what is known and what was found now; what is known counts while it is fresh.
fn highest(known: Option<Peak>, found: Option<Peak>, now: u64) -> Option<Peak> {
    let fresh = known.filter(|peak| now.saturating_sub(peak.measured_ms) < VALID.as_millis() as u64);
    match (fresh, found) {
        (Some(fresh), Some(found)) if fresh.flops >= found.flops => Some(fresh),
        (fresh, found) => found.or(fresh),
    }
}

/// A CUDA device's index alone does not tell which it is.
fn name(chosen: &Chosen) -> String {
    match chosen.compute.device {
        Device::Cpu => chosen.device.clone(),
        _ => format!("{} of {}", chosen.device, crate::engine::run::liveness::host_name()),
    }
}

/// Products of square matrices; the best of a few rounds, since a shared machine is never quiet.
fn measure(chosen: &Chosen) -> Result<f64, tch::TchError> {
    let device = chosen.compute.device;
    let (size, kind) = match device {
        Device::Cpu if chosen.compute.bf16 => (1024, Kind::BFloat16),
        Device::Cpu => (768, Kind::Float),
        _ if chosen.compute.bf16 => (8192, Kind::BFloat16),
        _ => (4096, Kind::Float),
    };
    let _no_grad = tch::no_grad_guard();
    let left = Tensor::f_ones([size, size], (kind, device))?;
    let right = Tensor::f_ones([size, size], (kind, device))?;
    let operations = 2.0 * (size as f64).powi(3);
    let mut best = 0.0_f64;
    let begun = Instant::now();
    let mut round = 0;
    while round <= ROUNDS || begun.elapsed() < TRIED {
        let started = Instant::now();
        let product = left.f_matmul(&right)?;
        // Reading one number waits for the device.
        product.f_double_value(&[0, 0])?;
        if round > 0 {
            best = best.max(operations / started.elapsed().as_secs_f64().max(1e-9));
        }
        round += 1;
    }
    Ok(best)
}

fn file() -> PathBuf {
    cache_root().join("matmul.json")
}

fn read(path: &std::path::Path) -> BTreeMap<String, Peak> {
    serde_json::from_slice(&std::fs::read(path).unwrap_or_default()).unwrap_or_default()
}

/// Without a cache it is measured again next time.
fn keep(path: &std::path::Path, known: &BTreeMap<String, Peak>) {
    let Some(folder) = path.parent() else { return };
    let written = std::fs::create_dir_all(folder)
        .map_err(|error| error.to_string())
        .and_then(|()| serde_json::to_vec_pretty(known).map_err(|error| error.to_string()))
        .and_then(|json| write_atomic(path, &json).map_err(|error| error.to_string()));
    if let Err(error) = written {
        tracing::warn!("the device's rate cannot be kept: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run::config::{DeviceChoice, Precision};

    #[test]
    fn the_highest_fresh_rate_counts() {
        let peak = |flops, measured_ms| Some(Peak { flops, measured_ms });
        let now = VALID.as_millis() as u64 + 1000;
        // A busy moment does not lower it; a quiet one raises it; an old one is forgotten.
        assert_eq!(highest(peak(9.0, 1001), peak(5.0, now), now), peak(9.0, 1001));
        assert_eq!(highest(peak(5.0, 1001), peak(9.0, now), now), peak(9.0, now));
        assert_eq!(highest(peak(9.0, 1000), peak(5.0, now), now), peak(5.0, now));
        assert_eq!(highest(peak(9.0, 1001), None, now), peak(9.0, 1001));
        assert_eq!(highest(None, None, now), None);
    }

    #[test]
    fn a_device_has_a_plausible_rate() {
        let chosen = super::super::device::choose(DeviceChoice::Cpu, Precision::Fp32).expect("a CPU");
        let flops = measure(&chosen).expect("measured");
        assert!((1e8..1e15).contains(&flops), "{flops}");
    }
}
