//! Planning a test before it runs: how many units, what effect, what power.
//!
//! Proportions: two-sided z test with the pooled error, power under the alternative's own error (Chow, Shao, Wang:
//! "Sample size calculations in clinical research", sect. 4.2). Means: two-sided t test, noncentral t. With more
//! than one treatment every comparison with the control gets alpha / (variants − 1) (Bonferroni).
//! Invariant: power grows with units and with the effect.

use super::tails::{normal_cdf, normal_quantile, student_quantile};
use serde::{Deserialize, Serialize};

const MOST_UNITS: f64 = 1e12;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DesignKind {
    Proportion,
    Mean,
}

/// What is asked for: the two of (units, effect, power) that are given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Units for an effect at the wanted power.
    Units { mde: f64 },
    /// Smallest effect at the wanted power with this many control units.
    Effect { n_control: u64 },
    /// Power for an effect with this many control units.
    Power { mde: f64, n_control: u64 },
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Design {
    pub kind: DesignKind,
    /// The control's value.
    pub baseline: f64,
    /// Standard deviation between units; means only.
    pub sd: Option<f64>,
    /// Two-sided, over all comparisons.
    pub alpha: f64,
    /// Wanted power of each comparison.
    pub power: f64,
    /// Arms, the control included.
    pub variants: u32,
    /// Units of each treatment per unit of the control.
    pub ratio: f64,
    pub ask: Ask,
}

/// The answer, with everything it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub kind: DesignKind,
    pub baseline: f64,
    pub sd: Option<f64>,
    pub alpha: f64,
    pub alpha_per_comparison: f64,
    pub variants: u32,
    pub ratio: f64,
    /// Absolute effect.
    pub mde: f64,
    pub relative_mde: Option<f64>,
    pub power: f64,
    pub n_control: u64,
    /// Units of each treatment.
    pub n_treatment: u64,
    pub n_total: u64,
    pub test: String,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DesignError {
    #[error("{0}")]
    Impossible(String),
}

fn refuse<T>(why: &str) -> Result<T, DesignError> {
    Err(DesignError::Impossible(why.to_owned()))
}

/// Answers a design.
///
/// # Errors
/// Values that contradict each other, or an effect no number of units can show.
pub fn plan(design: &Design) -> Result<Plan, DesignError> {
    validate(design)?;
    let (mde, n_control, power) = match design.ask {
        Ask::Power { mde, n_control } => (mde, n_control, power(design, mde, n_control)),
        Ask::Units { mde } => {
            let n = units(design, mde)?;
            (mde, n, power(design, mde, n))
        }
        Ask::Effect { n_control } => {
            let mde = effect(design, n_control)?;
            (mde, n_control, power(design, mde, n_control))
        }
    };
    let n_treatment = treatment_units(design, n_control);
    Ok(Plan {
        kind: design.kind,
        baseline: design.baseline,
        sd: design.sd.filter(|_| design.kind == DesignKind::Mean),
        alpha: design.alpha,
        alpha_per_comparison: alpha(design),
        variants: design.variants,
        ratio: design.ratio,
        mde,
        relative_mde: (design.baseline != 0.0).then(|| mde / design.baseline.abs()),
        power,
        n_control,
        n_treatment,
        n_total: n_control + n_treatment * u64::from(design.variants - 1),
        test: match design.kind {
            DesignKind::Proportion => "two-sided two-proportion z, pooled".to_owned(),
            DesignKind::Mean => "two-sided t, equal variances".to_owned(),
        },
    })
}

fn validate(design: &Design) -> Result<(), DesignError> {
    let Design {
        baseline,
        alpha,
        power,
        variants,
        ratio,
        ..
    } = *design;
    if !baseline.is_finite() || (design.kind == DesignKind::Proportion && !(baseline > 0.0 && baseline < 1.0)) {
        return refuse("the baseline of a proportion must lie between 0 and 1");
    }
    if design.kind == DesignKind::Mean && !design.sd.is_some_and(|sd| sd > 0.0 && sd.is_finite()) {
        return refuse("a mean needs its standard deviation between units, above 0");
    }
    if !(alpha > 0.0 && alpha < 0.5) {
        return refuse("alpha must lie between 0 and 0.5");
    }
    if !(power > alpha && power < 1.0) {
        return refuse("power must lie between alpha and 1");
    }
    if variants < 2 {
        return refuse("a test needs at least two variants");
    }
    if !(ratio > 0.0 && ratio.is_finite()) {
        return refuse("the ratio of treatment to control units must be above 0");
    }
    let (mde, n) = match design.ask {
        Ask::Units { mde } => (Some(mde), None),
        Ask::Effect { n_control } => (None, Some(n_control)),
        Ask::Power { mde, n_control } => (Some(mde), Some(n_control)),
    };
    if n.is_some_and(|n| n < 2) {
        return refuse("the control needs at least two units");
    }
    match mde {
        Some(mde) if mde == 0.0 || !mde.is_finite() => refuse("the effect to detect must not be 0"),
        Some(mde) if design.kind == DesignKind::Proportion && !(0.0..=1.0).contains(&(baseline + mde)) => {
            refuse("baseline plus effect must lie between 0 and 1; the effect is in absolute terms")
        }
        _ => Ok(()),
    }
}

fn alpha(design: &Design) -> f64 {
    design.alpha / f64::from(design.variants - 1)
}

fn treatment_units(design: &Design, n_control: u64) -> u64 {
    (n_control as f64 * design.ratio).ceil().max(2.0) as u64
}

fn power(design: &Design, mde: f64, n_control: u64) -> f64 {
    let (n, m) = (n_control as f64, treatment_units(design, n_control) as f64);
    match (design.kind, design.sd) {
        (DesignKind::Mean, Some(sd)) => {
            let shift = mde.abs() / (sd * (1.0 / n + 1.0 / m).sqrt());
            noncentral_power(shift, n + m - 2.0, alpha(design))
        }
        _ => {
            let (p, q) = (design.baseline, design.baseline + mde);
            let pooled = (n * p + m * q) / (n + m);
            let null = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
            let own = (p * (1.0 - p) / n + q * (1.0 - q) / m).sqrt();
            let limit = normal_quantile(1.0 - alpha(design) / 2.0) * null;
            normal_cdf((mde.abs() - limit) / own) + normal_cdf((-mde.abs() - limit) / own)
        }
    }
}

/// Power of a two-sided t test: P(|T'| > t) with T' = (Z + shift) / S, S² = χ²/df, integrated over S.
fn noncentral_power(shift: f64, df: f64, alpha: f64) -> f64 {
    const STEPS: usize = 800;
    let t = student_quantile(1.0 - alpha / 2.0, df);
    let deviation = (0.5 / df).sqrt();
    let low = (1.0 - 10.0 * deviation).max(1e-9);
    let high = 1.0 + 10.0 * deviation + if df < 30.0 { 10.0 / df } else { 0.0 };
    let step = (high - low) / STEPS as f64;
    // Log density of S up to a constant, which the division by `mass` takes out.
    let log_density = |s: f64| (df - 1.0) * s.ln() - 0.5 * df * (s * s - 1.0);
    let (mut mass, mut found) = (0.0, 0.0);
    for at in 0..=STEPS {
        let s = low + step * at as f64;
        let simpson = if at == 0 || at == STEPS {
            1.0
        } else if at % 2 == 1 {
            4.0
        } else {
            2.0
        };
        let weight = simpson * log_density(s).exp();
        mass += weight;
        found += weight * (normal_cdf(shift - t * s) + normal_cdf(-shift - t * s));
    }
    found / mass
}

/// Smallest number of control units that reaches the wanted power.
fn units(design: &Design, mde: f64) -> Result<u64, DesignError> {
    let enough = |n: u64| power(design, mde, n) >= design.power;
    let (mut low, mut high) = (1u64, 2u64);
    while !enough(high) {
        if high as f64 > MOST_UNITS {
            return refuse("this effect is too small for any test; ask for a larger one");
        }
        low = high;
        high *= 2;
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if enough(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(high)
}

/// Smallest effect above 0 that reaches the wanted power.
fn effect(design: &Design, n_control: u64) -> Result<f64, DesignError> {
    let largest = match design.kind {
        DesignKind::Proportion => 1.0 - design.baseline,
        DesignKind::Mean => 1e6 * design.sd.unwrap_or(1.0),
    };
    if power(design, largest, n_control) < design.power {
        return refuse("so few units show no effect at this power, however large; use more units");
    }
    let (mut low, mut high) = (0.0, largest);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if power(design, middle, n_control) < design.power {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn design(kind: DesignKind, baseline: f64, ask: Ask) -> Design {
        Design {
            kind,
            baseline,
            sd: Some(10.0),
            alpha: 0.05,
            power: 0.8,
            variants: 2,
            ratio: 1.0,
            ask,
        }
    }

    const MEAN_POWER: [(f64, u64, f64, f64); 6] = [
        (5.0, 30, 1.0, 0.477_896_520_760_164_3),
        (2.0, 300, 1.0, 0.686_376_453_580_146_1),
        (2.0, 300, 0.5, 0.514_296_392_736_863),
        (8.0, 5, 2.0, 0.272_658_610_063_354),
        (0.2, 40_000, 1.0, 0.807_421_129_013_027_6),
        (0.1, 100, 1.0, 0.050_567_415_926_330_92),
    ];
    const PROPORTION_POWER: [(f64, f64, u64, f64, f64); 4] = [
        (0.1, 0.01, 5000, 1.0, 0.371_253_337_771_518_75),
        (0.19, -0.008, 44_700, 1.0, 0.867_314_513_408_058),
        (0.02, 0.004, 10_000, 0.25, 0.252_640_315_820_970_6),
        (0.5, 0.2, 30, 1.0, 0.349_537_015_259_625_16),
    ];

    // Reference values: statsmodels 0.15, TTestIndPower.power / solve_power and power_proportions_2indep.
    #[test]
    fn power_of_means_matches_statsmodels() {
        for (mde, n, ratio, expected) in MEAN_POWER {
            let asked = Design {
                ratio,
                ..design(DesignKind::Mean, 50.0, Ask::Power { mde, n_control: n })
            };
            let found = plan(&asked).expect("possible").power;
            assert!(
                (found - expected).abs() < 1e-6,
                "{mde} {n} {ratio}: {found} is not {expected}"
            );
        }
    }

    #[test]
    fn power_of_proportions_matches_statsmodels() {
        for (baseline, mde, n, ratio, expected) in PROPORTION_POWER {
            let asked = Design {
                ratio,
                ..design(DesignKind::Proportion, baseline, Ask::Power { mde, n_control: n })
            };
            let found = plan(&asked).expect("possible").power;
            assert!(
                (found - expected).abs() < 1e-6,
                "{baseline} {mde} {n}: {found} is not {expected}"
            );
        }
    }

    #[test]
    fn units_and_effects_are_inverse() {
        for kind in [DesignKind::Proportion, DesignKind::Mean] {
            let mde = if kind == DesignKind::Mean { 0.5 } else { 0.01 };
            let baseline = if kind == DesignKind::Mean { 50.0 } else { 0.1 };
            let by_units = plan(&design(kind, baseline, Ask::Units { mde })).expect("possible");
            assert!(by_units.power >= 0.8);
            let less = Ask::Power {
                mde,
                n_control: by_units.n_control - 1,
            };
            assert!(plan(&design(kind, baseline, less)).expect("possible").power < 0.8);
            let by_effect = plan(&design(
                kind,
                baseline,
                Ask::Effect {
                    n_control: by_units.n_control,
                },
            ))
            .expect("possible");
            assert!((by_effect.mde / mde - 1.0).abs() < 1e-3, "{}", by_effect.mde);
        }
    }

    #[test]
    fn known_sample_sizes() {
        // statsmodels: TTestIndPower().solve_power(0.5, alpha=0.05, power=0.8) = 63.77 a group.
        assert_eq!(
            plan(&design(DesignKind::Mean, 0.0, Ask::Units { mde: 5.0 }))
                .expect("possible")
                .n_control,
            64
        );
        let three = Design {
            variants: 3,
            ..design(DesignKind::Mean, 0.0, Ask::Units { mde: 5.0 })
        };
        let found = plan(&three).expect("possible");
        assert_eq!(
            (found.n_control, found.n_total, found.alpha_per_comparison),
            (78, 234, 0.025)
        );
    }

    #[test]
    fn impossible_designs_are_refused() {
        let broken = [
            design(DesignKind::Proportion, 0.0, Ask::Units { mde: 0.1 }),
            design(DesignKind::Proportion, 0.95, Ask::Units { mde: 0.1 }),
            design(DesignKind::Proportion, 0.5, Ask::Units { mde: 0.0 }),
            design(DesignKind::Proportion, 0.9, Ask::Effect { n_control: 3 }),
            Design {
                sd: None,
                ..design(DesignKind::Mean, 1.0, Ask::Units { mde: 1.0 })
            },
            Design {
                variants: 1,
                ..design(DesignKind::Mean, 1.0, Ask::Units { mde: 1.0 })
            },
        ];
        for design in broken {
            assert!(plan(&design).is_err(), "{design:?}");
        }
    }
}
