//! The audit page where an analyst decides: accepting findings, their rows, their repairs, and how quality moved.

use super::LANGUAGES;
use super::screen::{Screen, assert_sent};
use super::shop::shop;
use egui::{Key, Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use touchstone::engine::audit::Finding;
use touchstone::engine::audit::row_view::{RowQuery, RowSort};
use touchstone::engine::progress::Progress;
use touchstone::engine::recipe::{Recipe, preview, step_of};
use touchstone::gui::command::Command;
use touchstone::gui::command::audit::AuditCommand;
use touchstone::gui::i18n::number::count;
use touchstone::gui::i18n::{audit, audit_decisions as decisions, common};
use touchstone::gui::pages::Page;
use touchstone::gui::settings::Language;
use touchstone::gui::settings::Language::English;
use touchstone::gui::state::AppState;
use touchstone::gui::state::audit_views::Indexing;
use touchstone::gui::theme;
use touchstone::gui::widgets::{self, BigScroll, BigTable, Column};

/// Types into the one field with this name.
fn type_into(screen: &mut Screen, name: &str, text: &str) {
    screen.0.get_by_role_and_label(Role::TextInput, name).focus();
    screen.0.run_ok();
    screen.0.get_by_role_and_label(Role::TextInput, name).type_text(text);
    screen.draw();
}

#[test]
fn a_finding_is_accepted_only_with_a_reason() {
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Audit, shop().done(lang));
        screen.press(Role::Button, lang.t(decisions::ACCEPT));
        screen.must_show(lang.t(decisions::ACCEPT_WHY));
        let nothing = screen.answer(Role::Button, lang.t(decisions::ACCEPT_NOW));
        assert!(
            !nothing
                .iter()
                .any(|command| matches!(command, Command::Audit(AuditCommand::Accept { .. }))),
            "no reason was given"
        );
        let field = screen
            .0
            .get_by_role_and_label(Role::MultilineTextInput, lang.t(decisions::REASON));
        field.focus();
        screen.0.run_ok();
        let field = screen
            .0
            .get_by_role_and_label(Role::MultilineTextInput, lang.t(decisions::REASON));
        field.type_text("refunds");
        screen.draw();
        type_into(&mut screen, lang.t(decisions::WHO), "Li");
        let asked = screen.answer(Role::Button, lang.t(decisions::ACCEPT_NOW));
        assert_sent!(asked, Command::Audit(AuditCommand::Accept { finding: 0, reason, who })
            if reason == "refunds" && who == "Li");
        assert!(!screen.shows(lang.t(decisions::ACCEPT_WHY)), "the form closes");
    }
}

/// The state with the worst finding accepted when it counted `fewer` less.
fn accepted(lang: Language, fewer: u64) -> (AppState, Finding) {
    let mut state = shop().done(lang);
    let mut finding = shop().report.findings[0].clone();
    finding.count -= fewer;
    let kept = &mut state.audit.accepted;
    kept.accept(&finding, "refunds", Some("Li"), 1_700_000_000_000)
        .expect("a reason");
    (state, shop().report.findings[0].clone())
}

#[test]
fn accepted_findings_stand_apart_with_their_reason_and_can_be_taken_back() {
    let report = &shop().report;
    let open = report.findings.len() - 1;
    for lang in LANGUAGES {
        let (state, finding) = accepted(lang, 0);
        let mut screen = Screen::of(Page::Audit, state);
        screen.must_show(&format!("{} {open}", lang.t(audit::FINDINGS)));
        screen.must_show_part(
            &decisions::scores_without(lang, 1, &[])
                .chars()
                .take(8)
                .collect::<String>(),
        );
        assert!(
            !screen.shows(lang.b(&finding.message)),
            "the list begins with what is open"
        );
        screen.press(Role::CheckBox, &format!("✓ {} 1", lang.t(decisions::ACCEPTED)));
        screen.must_show(&format!("{} · refunds", lang.b(&finding.title)));
        screen.must_show(lang.b(&finding.message));
        screen.must_show_part("Li");
        assert!(!screen.shows(lang.t(decisions::ACCEPT)), "it is accepted already");
        assert!(
            !screen.shows_part(
                &decisions::grown(lang, 1, "")
                    .chars()
                    .skip(2)
                    .take(4)
                    .collect::<String>()
            )
        );
        let asked = screen.answer(Role::Button, lang.t(decisions::TAKE_BACK));
        assert_sent!(asked, Command::Audit(AuditCommand::TakeBack { code, column })
            if *code == finding.code && *column == finding.column);
    }
}

#[test]
fn an_accepted_finding_says_how_much_it_grew() {
    for lang in LANGUAGES {
        let (state, finding) = accepted(lang, 3);
        let mut screen = Screen::of(Page::Audit, state);
        screen.press(Role::CheckBox, &format!("✓ {} 1", lang.t(decisions::ACCEPTED)));
        let unit = lang.t(match finding.unit {
            touchstone::engine::audit::Unit::Rows => common::ROWS,
            touchstone::engine::audit::Unit::Users => audit::USERS,
            other => panic!("the sample's worst finding counts {other:?}"),
        });
        screen.must_show(&decisions::grown(lang, 3, unit));
        screen.must_show_part("▲ +3 · ");
    }
}

#[test]
fn the_rows_are_ordered_by_a_heading_and_filtered_by_a_text() {
    let report = &shop().report;
    let index = (0..report.findings.len())
        .find(|&index| report.findings[index].rows.len() > 3)
        .expect("a finding about rows");
    let finding = &report.findings[index];
    for lang in LANGUAGES {
        let mut state = shop().done(lang);
        state.recipe.recipe = Recipe::default();
        let mut screen = Screen::of(Page::Audit, state);
        type_into(&mut screen, lang.t(audit::SEARCH), &finding.code);
        let all = finding.rows.len();
        screen.must_show(&decisions::rows_shown(lang, all, all));
        let asked = screen.answer(Role::Button, &report.columns[0].name);
        let rising = RowSort {
            column: 0,
            descending: false,
        };
        assert_sent!(asked, Command::Audit(AuditCommand::ArrangeRows { finding, query })
            if *finding == index && query.sort == Some(rising) && query.text.is_empty());
        let asked = screen.answer(Role::Button, &format!("{} ▲", report.columns[0].name));
        assert_sent!(asked, Command::Audit(AuditCommand::ArrangeRows { query, .. })
            if query.sort.is_some_and(|sort| sort.descending));
        screen.press(Role::Button, &format!("{} ▼", report.columns[0].name));
        screen.sent();
        type_into(&mut screen, lang.t(decisions::FILTER_ROWS), "7");
        assert_sent!(screen.sent(), Command::Audit(AuditCommand::ArrangeRows { query, .. })
            if query.text == "7" && query.sort.is_none() && query.column.is_none());
        let asked = screen.answer(Role::Button, lang.t(decisions::EXPORT_ROWS));
        assert_sent!(asked, Command::Audit(AuditCommand::ExportRows { rows, .. }) if **rows == *finding.rows);
    }
}

#[test]
fn rows_that_were_arranged_are_what_the_table_shows() {
    let finding = &shop().report.findings[0];
    let mut state = shop().done(English);
    let last = *finding.rows.last().expect("rows behind it");
    let query = RowQuery {
        text: "x".to_owned(),
        ..RowQuery::default()
    };
    state.audit.rows.ask((0, query.clone()), Progress::new());
    state.audit.rows.answer(&(0, query), Ok(vec![last]));
    let mut screen = Screen::of(Page::Audit, state);
    type_into(&mut screen, decisions::FILTER_ROWS.en, "x");
    screen.must_show(&decisions::rows_shown(English, 1, finding.rows.len()));
    let line = shop().log.lines.get(last as usize).expect("a row of the log");
    screen.must_show(&count(u64::from(line)));
}

#[test]
fn rows_that_take_longer_say_so_and_how_far_the_index_is() {
    let columns = shop().log.info.columns.len();
    for lang in LANGUAGES {
        for is_indexed in [true, false] {
            let mut state = shop().done(lang);
            let query = RowQuery {
                text: "x".to_owned(),
                ..RowQuery::default()
            };
            state.audit.indexing = (!is_indexed).then(|| Indexing::new(Progress::new()));
            state.audit.rows.ask((0, query), Progress::new());
            let mut screen = Screen::of(Page::Audit, state);
            type_into(&mut screen, lang.t(decisions::FILTER_ROWS), "x");
            std::thread::sleep(std::time::Duration::from_millis(200));
            screen.draw();
            let told = if is_indexed {
                lang.t(decisions::ARRANGING).to_owned()
            } else {
                decisions::arranging_unindexed(lang, 0, columns)
            };
            screen.must_show(&told);
        }
    }
}

#[test]
fn a_repair_tells_its_effect_before_it_is_added() {
    let report = &shop().report;
    let has_step = |index: &usize| step_of(&report.findings[*index]).is_some();
    let index = (0..report.findings.len()).find(has_step).expect("a repairable finding");
    let finding = &report.findings[index];
    let step = step_of(finding).expect("just seen");
    let found = preview(&shop().log, &Recipe::new(vec![step]), Some(0), 200, &Progress::new()).expect("not cancelled");
    for lang in LANGUAGES {
        let mut state = shop().done(lang);
        state.recipe.recipe = Recipe::default();
        let mut screen = Screen::of(Page::Audit, state);
        type_into(&mut screen, lang.t(audit::SEARCH), &finding.code);
        screen.sent();
        screen.draw();
        assert_sent!(screen.sent(), Command::Audit(AuditCommand::PreviewRepair(asked)) if *asked == index);
        screen.must_show_part(lang.t(decisions::WORKING_OUT));

        let asked = &mut screen.0.state_mut().state.audit.repair;
        asked.ask(index, Progress::new());
        asked.answer(&index, Ok(found.clone()));
        screen.draw();
        let touched = found.diff.as_ref().map_or(0, |diff| diff.rows_affected);
        let columns = found.steps[0].columns_removed;
        let told = decisions::effect(
            lang,
            (found.rows_in, found.rows_out),
            found.cells_changed,
            (touched, columns),
        );
        assert!(!told.is_empty(), "{} changes something", finding.code);
        screen.must_show_part(&told);
        screen.press(Role::CheckBox, lang.t(decisions::REPAIR_EFFECT));
        let rows = found.diff.as_ref().expect("touched rows").rows.len();
        screen.must_show(&decisions::first_rows(lang, rows, touched));
    }
}

#[test]
fn a_score_shows_its_formula_and_leads_to_the_findings_that_moved_it() {
    let report = &shop().report;
    let part = report.score_parts.last().expect("something took points");
    let score = report.scores[&part.dimension];
    for lang in LANGUAGES {
        let mut screen = Screen::of(Page::Audit, shop().done(lang));
        let label = screen.starting_with(Role::Button, &format!("{} {score:.1}", lang.b(&part.dimension.label())));
        screen.press(Role::Button, &label);
        screen.must_show(lang.b(&touchstone::engine::audit::score::formula()));
        let points: Vec<f64> = report
            .score_parts
            .iter()
            .filter(|known| known.dimension == part.dimension)
            .map(|known| known.points)
            .collect();
        screen.must_show_part(&decisions::sum(score, &points));
        let moved = audit::score_part(lang, &part.code, part.column.as_deref(), part.points);
        screen.press(Role::CheckBox, &moved);
        let finding = report
            .findings
            .iter()
            .find(|finding| (&finding.code, &finding.column) == (&part.code, &part.column))
            .expect("the finding of the part");
        screen.must_show(lang.b(&finding.message));
    }
}

const MANY: usize = 10_000_000;

/// A table of ten million numbered rows.
fn numbered() -> Harness<'static, BigScroll> {
    let columns = [Column::right("row", 120.0), Column::left("twice", 120.0)];
    Harness::builder()
        .with_size([500.0, 400.0])
        .with_step_dt(1.0 / 60.0)
        .with_max_steps(60)
        .with_context_setup(theme::install)
        .build_ui_state(
            move |ui, scroll: &mut BigScroll| {
                let table = BigTable {
                    id: "numbers",
                    columns: &columns,
                    rows: MANY,
                    height: 360.0,
                    sorted: None,
                    sortable_from: 0,
                    bar_name: "bar",
                };
                widgets::big_table(ui, scroll, &table, |row, place| {
                    row.col(|ui| widgets::cell_right(ui, &place.to_string(), theme::palette(ui).text));
                    row.col(|ui| widgets::cell(ui, &format!("x{}", 2 * place), theme::palette(ui).text));
                });
            },
            BigScroll::default(),
        )
}

#[test]
fn ten_million_rows_are_scrolled_row_by_row_to_the_last() {
    let mut table = numbered();
    table.run();
    assert!(table.query_by_label("0").is_some() && table.query_by_label("x24").is_none());
    for top in [9_000_000.0, 9_000_003.0] {
        table.state_mut().top = top;
        table.run();
        let first = table.state().top as usize;
        assert!(table.query_by_label(&first.to_string()).is_some());
        assert!(table.query_by_label(&format!("x{}", 2 * (first + 5))).is_some());
    }
    let before = table.state().top;
    table.hover_at(egui::pos2(100.0, 200.0));
    for _ in 0..30 {
        table.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: vec2(0.0, -29.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: egui::Modifiers::default(),
        });
        table.run_ok();
    }
    let moved = table.state().top - before;
    assert!(
        (25.0..=32.0).contains(&moved),
        "thirty rows of wheel moved it by {moved}"
    );
    table.get_by_role_and_label(Role::ScrollBar, "bar").focus();
    table.run();
    table.key_press(Key::End);
    table.run();
    assert!(table.query_by_label(&(MANY - 1).to_string()).is_some(), "the last row");
    table.key_press(Key::ArrowUp);
    table.run();
    assert!(table.query_by_label(&(MANY - 1).to_string()).is_none());
    table.key_press(Key::Home);
    table.run();
    assert!(table.query_by_label("0").is_some());
}
