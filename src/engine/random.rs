//! Counter-based randomness: every draw is a pure function of (seed, stream, counter).
//!
//! SplitMix64's finaliser (Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
//! OOPSLA 2014) applied to a keyed counter. Resume, parallel drawing and reproducible samples need no
//! generator state to be saved.

/// The SplitMix64 finaliser: a bijection on 64 bits with full avalanche.
pub fn mix64(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// An independent stream of draws named by its keys.
#[derive(Clone, Debug)]
pub struct Draws {
    key: u64,
    counter: u64,
}

impl Draws {
    /// A stream for (seed, keys…); different keys give unrelated streams.
    pub fn new(seed: u64, keys: &[u64]) -> Self {
        let key = keys.iter().fold(mix64(seed ^ 0x9E37_79B9_7F4A_7C15), |key, &part| {
            mix64(key.rotate_left(17) ^ mix64(part.wrapping_add(0x9E37_79B9_7F4A_7C15)))
        });
        Self { key, counter: 0 }
    }

    pub fn next_u64(&mut self) -> u64 {
        self.counter = self.counter.wrapping_add(1);
        mix64(self.key.wrapping_add(self.counter.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// Uniform in [0, 1) with 53 random bits.
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform in 0..n (Lemire's multiply-shift; bias below 2^-64·n). `n` must be above 0.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(n.max(1))) >> 64) as u64
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Standard normal (Box–Muller, one of the pair).
    pub fn normal(&mut self) -> f64 {
        let u = 1.0 - self.uniform();
        let v = self.uniform();
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -(1.0 - self.uniform()).ln()
    }

    /// Fisher–Yates shuffle in place.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for i in (1..values.len()).rev() {
            let j = self.below(i as u64 + 1) as usize;
            values.swap(i, j);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uniform_has_the_right_mean_and_variance() {
        let mut draws = Draws::new(7, &[1, 2]);
        let n = 200_000;
        let values: Vec<f64> = (0..n).map(|_| draws.uniform()).collect();
        let mean = values.iter().sum::<f64>() / f64::from(n);
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / f64::from(n);
        assert!((mean - 0.5).abs() < 0.003, "{mean}");
        assert!((variance - 1.0 / 12.0).abs() < 0.001, "{variance}");
    }

    #[test]
    fn streams_are_repeatable_and_distinct() {
        let take = |keys: &[u64]| {
            let mut draws = Draws::new(1, keys);
            (0..8).map(|_| draws.next_u64()).collect::<Vec<_>>()
        };
        assert_eq!(take(&[3]), take(&[3]));
        assert_ne!(take(&[3]), take(&[4]));
        assert_ne!(take(&[1, 2]), take(&[2, 1]));
    }

    #[test]
    fn shuffle_is_a_permutation() {
        let mut values: Vec<u32> = (0..100).collect();
        Draws::new(5, &[]).shuffle(&mut values);
        let mut sorted = values.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
        assert_ne!(values, sorted);
    }
}
