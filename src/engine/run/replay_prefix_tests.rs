//! A log read in pieces is the log read at once.

use super::*;
use crate::engine::run::series::Point;
use proptest::prelude::*;

fn any_body() -> impl Strategy<Value = (u64, EventBody)> {
    (0_u64..40, 0_u8..14, 0_u64..40).prop_map(|(step, kind, other)| {
        let body = match kind {
            0 => started(other as u32),
            1 => EventBody::Resumed { from_step: other },
            2 | 3 => evaluated(other as f64 / 40.0, other % 2 == 0),
            4 => checkpoint(),
            5 => EventBody::Paused,
            6 => EventBody::Continued,
            7 => EventBody::Heartbeat { rss_bytes: other },
            8 => EventBody::Phase {
                name: "evaluating".to_owned(),
            },
            9 if other % 5 == 0 => finished(0.5),
            10 => train(f64::NAN),
            _ => train(other as f64),
        };
        (step, body)
    })
}

/// Train loss by the definition: a point stands unless a later event voids it.
fn visible_losses(items: &[LogItem]) -> Vec<Point> {
    let events: Vec<&Event> = items
        .iter()
        .filter_map(|item| match item {
            LogItem::Event(event) => Some(event),
            _ => None,
        })
        .collect();
    let voided = |at: usize, step: u64| {
        events[at + 1..].iter().any(|later| match later.body {
            EventBody::Resumed { from_step } => step > from_step,
            EventBody::Train { .. } => step >= later.step,
            _ => false,
        })
    };
    let loss = |event: &Event| match event.body {
        EventBody::Train { loss, .. } if loss.is_finite() => Some(loss),
        _ => None,
    };
    let points = events.iter().enumerate().filter(|(at, event)| !voided(*at, event.step));
    points
        .filter_map(|(_, event)| Some([event.step as f64, loss(event)?]))
        .collect()
}

proptest! {
    #[test]
    fn any_prefix_and_the_rest_give_the_whole(
        bodies in proptest::collection::vec(any_body(), 0..80),
        cut in 0_usize..80,
        repeat in 0_usize..5,
        told in proptest::bool::ANY,
    ) {
        let mut story = Story::default();
        for (step, body) in bodies {
            story.writer += u32::from(told && matches!(body, EventBody::Started { .. }));
            story.tell(step, body);
        }
        let whole = story.view();
        let (first, rest) = story.items.split_at(cut.min(story.items.len()));
        let mut early = RunView::default();
        first.iter().for_each(|item| early.apply_item(item));
        let snapshot = early.clone();
        let mut later = early.clone();
        // Events delivered a second time change nothing.
        first.iter().rev().take(repeat).for_each(|item| later.apply_item(item));
        rest.iter().for_each(|item| later.apply_item(item));
        prop_assert_eq!(&later, &whole);
        prop_assert_eq!(&early, &snapshot, "going on from a clone changed the snapshot");

        let losses: Vec<Point> = whole
            .series
            .get(curve::TRAIN_LOSS)
            .map(|series| series.iter().collect())
            .unwrap_or_default();
        prop_assert_eq!(losses, visible_losses(&story.items));
        prop_assert!(whole.eta_secs().is_none_or(f64::is_finite));
        prop_assert!((0.0..=1.0).contains(&whole.fraction()));
    }
}
