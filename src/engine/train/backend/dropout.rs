//! Dropout masks from a counter: each value is a pure function of (seed, step, place in the model, index).
//!
//! libtorch's generator is serial and its state cannot be saved; this one is parallel and needs no state.
//! A 64-bit draw gives four 16-bit lanes, each compared with ⌊p·2^16⌉. Invariant: kept values are scaled by the
//! reciprocal of the rate really used, so that the expectation is exact.

use super::shim;
use crate::engine::random::mix64;
use rayon::prelude::*;
use tch::{Device, Kind, TchError, Tensor};

const STREAM_DROPOUT: u64 = 0x6472_6f70;
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
/// Values a task; a multiple of 4.
const BLOCK: usize = 1 << 14;

/// The dropout draws of one step, taken place after place in the order of the forward pass.
#[derive(Clone, Debug)]
pub struct DropoutDraws {
    step_key: u64,
    place: u64,
    device: Device,
}

impl DropoutDraws {
    /// On CUDA the device's own generator is seeded for this step; on the CPU masks are drawn here.
    pub fn new(seed: u64, step: u64, device: Device) -> Self {
        let step_key = mix64(mix64(seed ^ STREAM_DROPOUT).wrapping_add(step.wrapping_mul(GOLDEN)));
        if device != Device::Cpu {
            tch::manual_seed(i64::from_ne_bytes(step_key.to_ne_bytes()));
        }
        Self {
            step_key,
            place: 0,
            device,
        }
    }

    /// Draws of their own for a part of the step's batch; those of the whole for part 0.
    #[must_use]
    pub fn of_part(&self, part: u64) -> Self {
        if part == 0 {
            return self.clone();
        }
        let step_key = mix64(self.step_key.wrapping_add(part.wrapping_mul(GOLDEN)));
        if self.is_native() {
            tch::manual_seed(i64::from_ne_bytes(step_key.to_ne_bytes()));
        }
        Self {
            step_key,
            place: 0,
            device: self.device,
        }
    }

    /// True if the device's fused kernels may draw for themselves.
    pub fn is_native(&self) -> bool {
        self.device != Device::Cpu
    }

    /// `input` with a share `rate` of its values set to 0 and the others scaled up.
    pub fn apply(&mut self, input: &Tensor, rate: f64) -> Result<Tensor, TchError> {
        self.place += 1;
        if rate <= 0.0 {
            return Ok(input.shallow_clone());
        }
        if self.is_native() {
            return input.f_dropout(rate, true);
        }
        let mut mask = Tensor::f_empty(input.size(), (Kind::Float, Device::Cpu))?;
        fill_mask(shim::values_mut(&mut mask), mix64(self.step_key ^ self.place), rate);
        if input.kind() != Kind::Float {
            mask = mask.f_to_kind(input.kind())?;
        }
        input.f_mul(&mask)
    }
}

/// Writes 0 with probability `rate`, else the scale that keeps the mean at 1.
pub fn fill_mask(values: &mut [f32], key: u64, rate: f64) {
    let threshold = (rate * 65_536.0).round() as u32;
    let scale = (65_536.0 / f64::from(65_536 - threshold.min(65_535))) as f32;
    values.par_chunks_mut(BLOCK).enumerate().for_each(|(block, chunk)| {
        let first = (block * BLOCK / 4) as u64;
        let lane = |draw: u64, shift: u32| {
            if ((draw >> shift) & 0xffff) as u32 >= threshold {
                scale
            } else {
                0.0
            }
        };
        let (quads, rest) = chunk.as_chunks_mut::<4>();
        for (index, quad) in (first..).zip(quads) {
            let draw = mix64(key.wrapping_add((index + 1).wrapping_mul(GOLDEN)));
            *quad = [lane(draw, 0), lane(draw, 16), lane(draw, 32), lane(draw, 48)];
        }
        if !rest.is_empty() {
            let index = first + (chunk.len() / 4) as u64;
            let draw = mix64(key.wrapping_add((index + 1).wrapping_mul(GOLDEN)));
            let start = chunk.len() / 4 * 4;
            for (place, value) in chunk[start..].iter_mut().enumerate() {
                *value = lane(draw, 16 * place as u32);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(len: usize, key: u64, rate: f64) -> Vec<f32> {
        let mut values = vec![f32::NAN; len];
        fill_mask(&mut values, key, rate);
        values
    }

    #[test]
    fn the_rate_and_the_mean_are_right() {
        let n = 4_000_003;
        for rate in [0.1, 0.3, 0.5] {
            let values = mask(n, 11, rate);
            let dropped = values.iter().filter(|&&v| v == 0.0).count() as f64 / n as f64;
            // Five standard errors of a share.
            let tolerance = 5.0 * (rate * (1.0 - rate) / n as f64).sqrt() + 1e-5;
            assert!((dropped - rate).abs() < tolerance, "{rate}: {dropped}");
            let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / n as f64;
            assert!(
                (mean - 1.0).abs() < 2.0 * tolerance / (1.0 - rate),
                "{rate}: mean {mean}"
            );
        }
        assert!(mask(100, 1, 0.0).iter().all(|&v| v == 1.0));
    }

    #[test]
    fn draws_are_independent_of_their_neighbours_and_of_other_keys() {
        let (n, rate) = (1 << 20, 0.1);
        let a: Vec<f64> = mask(n, 1, rate)
            .iter()
            .map(|&v| f64::from(u8::from(v == 0.0)))
            .collect();
        let b: Vec<f64> = mask(n, 2, rate)
            .iter()
            .map(|&v| f64::from(u8::from(v == 0.0)))
            .collect();
        let correlation = |x: &[f64], y: &[f64]| {
            let (mx, my) = (
                x.iter().sum::<f64>() / x.len() as f64,
                y.iter().sum::<f64>() / y.len() as f64,
            );
            let covariance: f64 = x.iter().zip(y).map(|(p, q)| (p - mx) * (q - my)).sum();
            let spread = |v: &[f64], m: f64| v.iter().map(|p| (p - m).powi(2)).sum::<f64>().sqrt();
            covariance / (spread(x, mx) * spread(y, my))
        };
        // The standard error of a correlation of independent values is 1/√n, about 0.001.
        for lag in [1, 2, 3, 4, 5, 8, 384, 1536] {
            let r = correlation(&a[..n - lag], &a[lag..]);
            assert!(r.abs() < 0.005, "lag {lag}: {r}");
        }
        assert!(correlation(&a, &b).abs() < 0.005);
    }

    #[test]
    fn a_mask_does_not_depend_on_how_it_is_split() {
        let long = mask(3 * BLOCK + 7, 5, 0.2);
        assert_eq!(long[..BLOCK + 3], mask(BLOCK + 3, 5, 0.2)[..]);
        assert_ne!(long[..64], long[BLOCK..BLOCK + 64]);
    }

    #[test]
    fn steps_and_places_draw_differently_and_repeat() {
        let ones = Tensor::ones([64, 64], (Kind::Float, Device::Cpu));
        let draw = |seed, step| {
            let mut draws = DropoutDraws::new(seed, step, Device::Cpu);
            (
                draws.apply(&ones, 0.5).expect("mask"),
                draws.apply(&ones, 0.5).expect("mask"),
            )
        };
        let (first, second) = draw(1, 7);
        assert_eq!(draw(1, 7), (first.shallow_clone(), second.shallow_clone()));
        assert_ne!(first, second);
        assert_ne!(draw(1, 8).0, first);
        assert_ne!(draw(2, 7).0, first);
    }
}
