//! What holds for all recipes: hashes, rows kept and dropped, reading, the preview.

use super::{clip, log, name};
use crate::engine::progress::Progress;
use crate::engine::recipe::{Action, Fill, Keep, MaskMethod, Recipe, RecipeError, Step, apply, preview, write_dropped};

fn long_recipe() -> Recipe {
    Recipe::new(
        vec![
            Action::DropDuplicates {
                columns: vec![],
                keep: Keep::First,
            },
            clip(Some(0.0), None, None, None),
            Action::FillMissing {
                column: name("price"),
                with: Fill::Median,
            },
            Action::Mask {
                column: name("user"),
                method: MaskMethod::Hash { salt: name("s") },
            },
            Action::DropColumn { column: name("at") },
        ]
        .into_iter()
        .map(Step::new)
        .collect(),
    )
}

#[test]
fn the_same_input_and_recipe_give_the_same_hash_and_others_do_not() {
    let recipe = long_recipe();
    let first = apply(&log(), &recipe, &Progress::new()).expect("applies");
    let again = apply(
        &log(),
        &Recipe::from_json(&recipe.to_json()).expect("reads"),
        &Progress::new(),
    )
    .expect("applies");
    assert_eq!(first.hash, again.hash);
    assert_eq!(first.dataset.info.hash, first.hash);
    let mut shorter = recipe.clone();
    shorter.steps[1].enabled = false;
    let other = apply(&log(), &shorter, &Progress::new()).expect("applies");
    assert_ne!(first.hash, other.hash);
    assert_ne!(recipe.hash(), shorter.hash());
    assert!(!other.steps[1].enabled && other.steps[1].cells_changed == 0);
    // The layout in memory does not matter, the order of rows does.
    let mut halves = log();
    let tail = halves.frame.tail(Some(2));
    halves.frame = halves.frame.head(Some(3)).vstack(&tail).expect("same columns").into();
    let chunked = apply(&halves, &recipe, &Progress::new()).expect("applies");
    assert_eq!(first.hash, chunked.hash);
    halves.frame = tail.vstack(&log().frame.head(Some(3))).expect("same columns").into();
    assert_ne!(
        first.hash,
        apply(&halves, &recipe, &Progress::new()).expect("applies").hash
    );
}

#[test]
fn every_row_is_kept_or_dropped_with_its_step() {
    let recipe = Recipe::new(vec![
        Step::new(Action::DropDuplicates {
            columns: vec![],
            keep: Keep::First,
        }),
        Step::new(Action::Filter {
            condition: name("price < 500"),
        }),
    ]);
    let log = log();
    let done = apply(&log, &recipe, &Progress::new()).expect("applies");
    assert_eq!(done.rows.len() + done.dropped.len(), log.num_rows());
    let mut out = Vec::new();
    write_dropped(&log, &done, &recipe, &mut out).expect("writes");
    let text = String::from_utf8(out).expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "line,source,step,kind,why,user,item,kind,price,at");
    assert_eq!(
        lines[1],
        "4,test.csv,1,drop_duplicates,\"all columns equal, keep the first\",u1,7,view,10,1970-01-01 00:00:00"
    );
    assert_eq!(lines.len(), 4);
}

#[test]
fn recipes_are_read_strictly() {
    let read = |steps: &str| Recipe::from_json(&format!("{{\"version\":1,\"steps\":[{steps}]}}"));
    assert!(read(r#"{"kind":"drop_duplicates"}"#).is_ok());
    let typo = read(r#"{"kind":"drop_duplicates","column":["user"]}"#).expect_err("a typo");
    assert!(matches!(typo, RecipeError::UnknownField { number: 1, .. }), "{typo}");
    assert!(read(r#"{"kind":"polish"}"#).is_err());
    assert!(matches!(
        Recipe::from_json(r#"{"version":9,"steps":[]}"#),
        Err(RecipeError::Version { found: 9, .. })
    ));
    let fill =
        read(r#"{"kind":"fill_missing","column":"price","with":{"method":"constant","value":0.5},"note":"why not"}"#);
    let fill = fill.expect("reads");
    assert_eq!(Recipe::from_json(&fill.to_json()).expect("reads"), fill);
    let renamed = Recipe::from_json(&fill.to_json().replace("why not", "because")).expect("reads");
    assert_eq!(renamed.hash(), fill.hash());
}

#[test]
fn the_preview_says_what_apply_does() {
    let (log, recipe) = (log(), long_recipe());
    let done = apply(&log, &recipe, &Progress::new()).expect("applies");
    for focus in 0..recipe.steps.len() {
        let seen = preview(&log, &recipe, Some(focus), 10, &Progress::new()).expect("not cancelled");
        assert_eq!(seen.steps, done.steps);
        assert_eq!(seen.rows_out, done.dataset.num_rows() as u64);
        let diff = seen.diff.expect("the step was reached");
        assert_eq!(diff.step, focus);
        assert_eq!(diff.rows_affected as usize, diff.rows.len());
        assert!(diff.rows.iter().all(|row| row.dropped || row.before != row.after));
    }
    let seen = preview(&log, &recipe, Some(1), 10, &Progress::new()).expect("not cancelled");
    let diff = seen.diff.expect("reached");
    assert_eq!(diff.touched, [false, false, false, true, false]);
    assert_eq!(
        (
            diff.rows[0].line,
            diff.rows[0].before[3].as_deref(),
            diff.rows[0].after[3].as_deref()
        ),
        (3, Some("-1"), Some("0"))
    );
}

#[test]
fn a_preview_of_a_broken_recipe_shows_how_far_it_got() {
    let mut recipe = long_recipe();
    recipe.steps[2].action = Action::DropColumn {
        column: name("nothing"),
    };
    let seen = preview(&log(), &recipe, Some(4), 10, &Progress::new()).expect("not cancelled");
    assert_eq!(seen.steps.len(), 2);
    assert_eq!(seen.error.as_ref().and_then(|error| error.0), Some(2));
    assert!(seen.diff.is_none());
    let progress = Progress::new();
    progress.cancel();
    assert!(preview(&log(), &recipe, None, 10, &progress).is_err());
}
