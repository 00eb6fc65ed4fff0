//! How large the failing share may be after what was seen: the exact one-sided bound of Clopper and Pearson.
//!
//! Clopper & Pearson, Biometrika 26 (1934). With no failure in n it is 1 − 0.05^(1/n), about 3/n, the rule of three.
//! It takes rows as independent; rows of one user or one outage are not, so it is the least to reckon with.

use statrs::function::beta::beta_reg;

/// How sure the bound is.
pub const CONFIDENCE: f64 = 0.95;

/// The failing share that `failed` of `checked` rows do not exceed with 95 % confidence; `None` without rows.
pub fn upper_bound(failed: u64, checked: u64) -> Option<f64> {
    if checked == 0 || failed > checked {
        return None;
    }
    let (k, n) = (failed as f64, checked as f64);
    if failed == checked {
        return Some(1.0);
    }
    if failed == 0 {
        return Some(-((1.0 - CONFIDENCE).ln() / n).exp_m1());
    }
    // P(X > k) = I_p(k + 1, n − k) rises with p; the bound is where it reaches the confidence.
    let (mut low, mut high) = (k / n, 1.0_f64);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if beta_reg(k + 1.0, n - k, middle) < CONFIDENCE {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bounds_equal_scipy() {
        // scipy 1.17.1: binomtest(k, n).proportion_ci(0.90, "exact").high
        for (failed, checked, expected) in [
            (0, 10, 0.258_865_550_893_347_23),
            (0, 1_000, 0.002_991_249_545_249_008),
            (1, 10, 0.394_163_302_436_974),
            (3, 1_000, 0.007_735_244_718_482_05),
            (50, 100, 0.586_378_285_369_088_3),
            (9, 10, 0.994_883_803_107_695_4),
            (10, 10, 1.0),
            (12, 2_000_000, 9.721_266_577_097_023e-6),
        ] {
            let found = upper_bound(failed, checked).expect("there are rows");
            assert!(
                (found / expected - 1.0).abs() < 1e-9,
                "{failed} of {checked}: {found} is not {expected}"
            );
        }
        assert_eq!(upper_bound(0, 0), None);
    }

    proptest! {
        #[test]
        fn the_bound_is_above_what_was_seen_and_falls_with_more_rows(failed in 0_u64..50, more in 1_u64..500) {
            let checked = failed + more;
            let bound = upper_bound(failed, checked).expect("there are rows");
            prop_assert!(bound > failed as f64 / checked as f64 && bound <= 1.0);
            prop_assert!(upper_bound(failed, checked + 10).expect("there are rows") < bound);
        }
    }
}
