//! Dropout masks from a counter: each value is a pure function of (seed, step, place in the model, index).
//!
//! libtorch's generator is serial and its state cannot be saved; this one is parallel and needs no state.
//! The index counts through the whole batch of a step, so a batch computed in parts draws the masks of the whole.
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
    part: Part,
}

/// Which rows of a step's batch are being computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Rows and tokens of the batch before these.
    pub first_row: u64,
    pub first_token: u64,
    /// Tokens of these rows; 0 = not told, all rows are there.
    pub tokens: u64,
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
            part: Part::default(),
        }
    }

    /// The draws of a part of the step's batch: the same ones as when the batch is computed at once. A device that
    /// draws for itself gives each part draws of its own.
    #[must_use]
    pub fn of_part(&self, part: Part) -> Self {
        if part.first_row > 0 {
            self.seed_device(part.first_row.wrapping_mul(GOLDEN));
        }
        Self {
            place: 0,
            part,
            ..self.clone()
        }
    }

    /// Starts the draws of a layer that will be computed twice: the second time gives the same ones.
    pub fn begin_layer(&self, layer: u64) {
        self.seed_device((layer + 1) << 32 ^ self.part.first_row.wrapping_mul(GOLDEN));
    }

    fn seed_device(&self, stream: u64) {
        if self.is_native() {
            let key = mix64(self.step_key.wrapping_add(stream));
            tch::manual_seed(i64::from_ne_bytes(key.to_ne_bytes()));
        }
    }

    /// True if the device's fused kernels may draw for themselves.
    pub fn is_native(&self) -> bool {
        self.device != Device::Cpu
    }

    /// `input` with a share `rate` of its values set to 0 and the others scaled up. Its first dimension is that of
    /// tokens or of rows.
    pub fn apply(&mut self, input: &Tensor, rate: f64) -> Result<Tensor, TchError> {
        self.next_place();
        let count = input.size().first().map_or(0, |count| count.unsigned_abs());
        let width = input.numel() as u64 / count.max(1);
        self.mask(input, rate, self.before(count) * width)
    }

    /// The draws that `apply` would take here for `rows` rows of `width` values, for an operation that drops by itself.
    pub fn next_drops(&mut self, (rows, width): (u64, u64), rate: f64) -> Drops {
        self.next_place();
        Drops::new(self.key(), rate, self.before(rows) * width)
    }

    /// The draws of the attention shares at this place; `first` counts tokens.
    pub fn share_drops(&self, rate: f64) -> Drops {
        Drops::new(self.key(), rate, self.part.first_token)
    }

    fn key(&self) -> u64 {
        mix64(self.step_key ^ self.place)
    }

    /// Rows or tokens of the step's batch before the first of `count`.
    fn before(&self, count: u64) -> u64 {
        if count == self.part.tokens {
            self.part.first_token
        } else {
            self.part.first_row
        }
    }

    /// Another place in the model, for several calls of `apply_shares`.
    pub fn next_place(&mut self) {
        self.place += 1;
    }

    /// Dropout of attention shares [rows, heads, queries, length] of the group whose first token is `start`.
    ///
    /// Each row has as many values as its tokens × heads × queries a token, so indices from `start` on are its own.
    pub fn apply_shares(&self, shares: &Tensor, rate: f64, start: i64) -> Result<Tensor, TchError> {
        let (_, heads, queries, _) = shares.size4()?;
        let before = self.part.first_token + start.unsigned_abs();
        self.mask(shares, rate, before * (heads * queries).unsigned_abs())
    }

    /// `first` is the index of the first value.
    fn mask(&self, input: &Tensor, rate: f64, first: u64) -> Result<Tensor, TchError> {
        if rate <= 0.0 {
            return Ok(input.shallow_clone());
        }
        if self.is_native() {
            return input.f_dropout(rate, true);
        }
        let mut mask = Tensor::f_empty(input.size(), (Kind::Float, Device::Cpu))?;
        fill_mask(shim::values_mut(&mut mask), self.key(), rate, first);
        if input.kind() != Kind::Float {
            mask = mask.f_to_kind(input.kind())?;
        }
        input.f_mul(&mask)
    }
}

/// Of 65,536 equally likely lanes, those below are dropped; and the scale of what is kept.
fn threshold(rate: f64) -> (u32, f32) {
    let threshold = (rate * 65_536.0).round() as u32;
    (threshold, (65_536.0 / f64::from(65_536 - threshold.min(65_535))) as f32)
}

/// What an operation needs to draw for itself; laid out as `Call` of `fused.cpp`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drops {
    key: u64,
    /// Number of the first value among the draws, or of the first token.
    first: i64,
    threshold: u32,
    scale: f32,
}

impl Drops {
    /// Nothing is dropped.
    pub const NONE: Self = Self {
        key: 0,
        first: 0,
        threshold: 0,
        scale: 1.0,
    };

    fn new(key: u64, rate: f64, first: u64) -> Self {
        let (threshold, scale) = threshold(rate.max(0.0));
        Self {
            key,
            first: first as i64,
            threshold,
            scale,
        }
    }
}

/// Writes 0 with probability `rate`, else the scale that keeps the mean at 1; `first` is the index of `values[0]`.
pub fn fill_mask(values: &mut [f32], key: u64, rate: f64, first: u64) {
    let (threshold, scale) = threshold(rate);
    let lane = |draw: u64, shift: u32| {
        if ((draw >> shift) & 0xffff) as u32 >= threshold {
            scale
        } else {
            0.0
        }
    };
    let draw_of = |quad: u64| mix64(key.wrapping_add((quad + 1).wrapping_mul(GOLDEN)));
    let single = |index: u64| lane(draw_of(index / 4), 16 * (index % 4) as u32);
    // Values before the first whole draw.
    let ragged = ((4 - first % 4) % 4).min(values.len() as u64);
    let (head, values) = values.split_at_mut(ragged as usize);
    for (index, value) in (first..).zip(head) {
        *value = single(index);
    }
    let first = first + ragged;
    values.par_chunks_mut(BLOCK).enumerate().for_each(|(block, chunk)| {
        let first = first + (block * BLOCK) as u64;
        let (quads, rest) = chunk.as_chunks_mut::<4>();
        let last = first + 4 * quads.len() as u64;
        for (quad, values) in (first / 4..).zip(quads) {
            let draw = draw_of(quad);
            *values = [lane(draw, 0), lane(draw, 16), lane(draw, 32), lane(draw, 48)];
        }
        for (index, value) in (last..).zip(rest) {
            *value = single(index);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(len: usize, key: u64, rate: f64) -> Vec<f32> {
        let mut values = vec![f32::NAN; len];
        fill_mask(&mut values, key, rate, 0);
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
    fn a_mask_from_any_index_is_the_rest_of_the_whole() {
        let whole = mask(3 * BLOCK, 5, 0.2);
        for first in [1usize, 2, 3, 4, 7, BLOCK + 1] {
            for len in [1, 2, 5, BLOCK + 3] {
                let mut part = vec![f32::NAN; len];
                fill_mask(&mut part, 5, 0.2, first as u64);
                assert_eq!(part, whole[first..first + len], "{len} from {first}");
            }
        }
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
