//! Tests of the form's sums.

use super::*;

#[test]
fn planned_steps_follow_rows_epochs_and_batch() {
    let mut config = TrainConfig {
        epochs: 2.0,
        batch_size: 32,
        ..TrainConfig::default()
    };
    config.data.valid_ratio = 0.1;
    let share = Some(0.04);
    assert_eq!(planned_steps(1000, share, &config), 57, "900 rows twice, 32 at a time");
    config.data.valid = Some("v.parquet".into());
    assert_eq!(planned_steps(1000, share, &config), 63);
    config.negatives_per_positive = Some(3.0);
    assert_eq!(planned_steps(1000, share, &config), 10, "40 positives, 120 negatives");
    config.max_steps = Some(7);
    assert_eq!(planned_steps(1000, share, &config), 7);
}
