//! The profile of small logs, counted by hand.

use crate::engine::audit::fixture::{Col, audited, log, table};
use crate::engine::audit::log_profile::LogProfile;
use crate::engine::ingest::dataset::Dataset;

const DAY: i64 = 86_400;

fn profile(data: &Dataset) -> LogProfile {
    audited(data).log.expect("it is a log")
}

#[test]
fn retention_arrivals_and_rhythm_by_hand() {
    // 2020-09-13 12:26:40 UTC is second 0 of the fixture: a Sunday, 44,800 s after midnight.
    let profile = profile(&log(&[
        (1, 10, "view", 0),
        (1, 10, "cart", 60),
        (2, 10, "view", 120),
        (1, 11, "view", DAY),
        (3, 11, "view", DAY + 5),
        (2, 12, "view", 2 * DAY),
        (1, 12, "purchase", 2 * DAY + 9),
    ]));
    let retention = profile.retention.expect("three days");
    assert_eq!(
        (retention.start_secs, retention.period_secs),
        (1_599_955_200.0, 86_400.0)
    );
    let cohorts: Vec<_> = retention
        .cohorts
        .iter()
        .map(|cohort| (cohort.period, cohort.users.clone()))
        .collect();
    assert_eq!(cohorts, [(0, vec![2, 1, 2]), (1, vec![1, 0])]);
    assert_eq!(retention.cohorts[0].rate(1), Some(0.5));
    assert_eq!(retention.cohorts[0].rate(3), None);
    let expected = (44_800.0 + 9.0) / 86_400.0;
    assert!((retention.last_period_share - expected).abs() < 1e-9);

    let arrivals = profile.arrivals.expect("users and items");
    assert_eq!(arrivals.new_users, Some(vec![2, 1, 0]));
    assert_eq!(arrivals.new_items, Some(vec![1, 1, 1]));

    let rhythm = profile.rhythm.expect("times");
    // Sunday 12 h, Monday 12 h, Tuesday 12 h.
    assert_eq!(
        (rhythm.total[6 * 24 + 12], rhythm.total[12], rhythm.total[36]),
        (3, 2, 2)
    );
    assert_eq!(rhythm.total.iter().sum::<u64>(), 7);
    assert_eq!(
        (rhythm.mean(12), rhythm.hours_seen[6 * 24 + 11], rhythm.mean(2 * 24)),
        (Some(2.0), 0, None)
    );
    let views = rhythm.types.iter().find(|of| of.name == "view").expect("views");
    assert_eq!(views.counts[12], 2);

    let rates: Vec<_> = profile
        .funnel
        .iter()
        .map(|step| (step.kind.as_str(), step.rate_of_first))
        .collect();
    assert_eq!(
        rates,
        [("view", None), ("cart", Some(1.0 / 3.0)), ("purchase", Some(1.0 / 3.0))]
    );
}

#[test]
fn longer_logs_have_weeks_and_a_log_without_events_keeps_its_volume() {
    let weekly: Vec<(i64, i64, &'static str, i64)> = (0..40).map(|day| (day % 4, 1, "view", day * DAY)).collect();
    let found = profile(&log(&weekly));
    let retention = found.retention.expect("forty days");
    assert_eq!((retention.period_secs, retention.cohorts.len()), (7.0 * 86_400.0, 1));
    assert_eq!(retention.cohorts[0].users, [4; 6]);
    let times = (0..50).map(|row| Some(1_600_000_000 + row * 3_600)).collect();
    let found = profile(&table(vec![("time", Col::T(times))]));
    let volume = found.volume.expect("times");
    assert_eq!(
        (volume.types.as_slice(), volume.totals().iter().sum::<u64>()),
        (["other".to_owned()].as_slice(), 50)
    );
    assert!(found.retention.is_none() && found.arrivals.is_none());
}
