//! What a training cost: time, cores, memory, and an estimate of the energy.
//!
//! Formula of Lannelongue, Grealey & Inouye (2021), "Green Algorithms: Quantifying the Carbon Footprint of
//! Computation", Advanced Science 8(12), eq. 1: E = t · (n_c · P_c · u_c + n_m · P_m) · PUE, with t in hours, and the
//! paper's figures for unknown hardware. It is an estimate: nothing measured the power.

use super::hardware;

/// Watts of a CPU core whose model is not known, at full use (the paper's calculator, "Any").
pub const WATTS_PER_CORE: f64 = 12.0;
/// Watts of a GPU whose model is not known, at full use (the same).
pub const WATTS_PER_GPU: f64 = 200.0;
/// Watts a gigabyte of memory draws, used or not.
pub const WATTS_PER_GIGABYTE: f64 = 0.3725;

/// What was used, and for how long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// All attempts, pauses left out.
    pub hours: f64,
    pub cores: usize,
    /// Share of the cores' time that was used, 0..=1.
    pub core_share: f64,
    /// At its highest.
    pub gigabytes: f64,
    /// Counted as fully used.
    pub gpus: u32,
}

impl Use {
    /// Of the process that asks, which ran the last attempt; `wall_secs` are those of all attempts.
    pub fn of_this_process(wall_secs: f64, gpus: u32) -> Self {
        let cores = hardware::threads();
        Self {
            hours: wall_secs / 3600.0,
            cores,
            core_share: hardware::core_share(cores),
            gigabytes: hardware::peak_resident_bytes() as f64 / 1e9,
            gpus,
        }
    }

    /// Kilowatt-hours, without what cooling adds (PUE 1).
    pub fn kilowatt_hours(&self) -> f64 {
        let cpu = self.cores as f64 * WATTS_PER_CORE * self.core_share;
        let gpu = f64::from(self.gpus) * WATTS_PER_GPU;
        self.hours * (cpu + gpu + self.gigabytes * WATTS_PER_GIGABYTE) / 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_is_the_papers_formula() {
        // 12 hours on 12 fully used cores with 64 GB: 12 · (12 · 12 + 64 · 0.3725) / 1000 = 2.01408 kWh.
        let usage = Use {
            hours: 12.0,
            cores: 12,
            core_share: 1.0,
            gigabytes: 64.0,
            gpus: 0,
        };
        assert!((usage.kilowatt_hours() - 2.014_08).abs() < 1e-9);
        let with_gpu = Use { gpus: 1, ..usage };
        assert!((with_gpu.kilowatt_hours() - usage.kilowatt_hours() - 2.4).abs() < 1e-9);
    }

    #[test]
    fn this_process_used_something() {
        let spun = (0..20_000_000_u64).fold(0, |sum, n| sum ^ (n * n));
        let usage = Use::of_this_process(60.0, 0);
        assert!(usage.core_share > 0.0 && usage.core_share <= 1.0, "{usage:?} {spun}");
        assert!(usage.gigabytes > 0.001 && usage.hours > 0.0);
    }
}
