//! Steps that change cells: texts, times, numbers, values, masks.

use super::*;

#[test]
fn text_is_normalised() {
    let table = dataset(vec![
        text(
            "q",
            Role::Query,
            &[
                Some("  Ｒｅｄ　　shoes "),
                Some("red shoes"),
                Some("   "),
                None,
                Some("ﬁne"),
            ],
        ),
        integer("n", Role::Other, &[Some(1); 5]),
    ]);
    let step = Action::NormalizeText {
        columns: vec![],
        trim: true,
        nfkc: true,
        collapse_whitespace: true,
        case: Case::Lower,
    };
    let done = one(&table, step);
    assert_eq!(shown(&done.dataset, "q"), ["red shoes", "red shoes", "-", "-", "fine"]);
    assert_eq!(done.steps[0].cells_changed, 3);
    let upper = Action::NormalizeText {
        columns: names(&["q"]),
        trim: false,
        nfkc: false,
        collapse_whitespace: false,
        case: Case::Upper,
    };
    assert_eq!(shown(&one(&table, upper).dataset, "q")[1], "RED SHOES");
    let wrong = Action::NormalizeText {
        columns: names(&["n"]),
        trim: true,
        nfkc: false,
        collapse_whitespace: false,
        case: Case::Keep,
    };
    assert!(error(&table, wrong).contains("needs text"));
}

#[test]
fn times_are_parsed_and_what_is_not_read_is_kept_as_invalid() {
    let table = dataset(vec![text(
        "t",
        Role::Time,
        &[Some("01/02/2026 10:00"), Some("soon"), None, Some("2026-02-01 11:00")],
    )]);
    let parse = |format: &str| Action::ParseTime {
        column: name("t"),
        format: name(format),
    };
    let first = one(&table, parse("%d/%m/%Y %H:%M"));
    assert_eq!(shown(&first.dataset, "t"), ["2026-02-01 10:00:00", "-", "-", "-"]);
    assert_eq!(first.steps[0].cells_changed, 3);
    assert_eq!(first.dataset.info.columns[0].invalid, 2);
    assert_eq!(first.dataset.info.columns[0].dtype, ColumnType::Time);
    // A second step reads what the first could not; rows dropped in between do not confuse it.
    let second = run(&table, vec![parse("%d/%m/%Y %H:%M"), parse("ISO 8601")]);
    assert_eq!(
        shown(&second.dataset, "t"),
        ["2026-02-01 10:00:00", "-", "-", "2026-02-01 11:00:00"]
    );
    assert_eq!(second.steps[1].cells_changed, 1);
    let left: Vec<(u64, &str)> = second.dataset.invalid.iter().map(|c| (c.row, c.raw.as_str())).collect();
    assert_eq!(left, [(1, "soon")]);
    assert_eq!(second.dataset.info.columns[0].invalid, 1);
    assert!(error(&table, parse("%Q")).contains("not a time format"));
}

#[test]
fn cells_rejected_at_reading_can_be_read_by_a_later_step() {
    let table = with_invalid(
        dataset(vec![
            integer("n", Role::Other, &[Some(1), Some(2), Some(3)]),
            time("t", Role::Time, &[Some(0), None, None]),
        ]),
        vec![InvalidCell {
            row: 2,
            column: 1,
            raw: name("01.02.1970"),
        }],
    );
    let steps = vec![
        Action::DropRows {
            condition: name("n = 1"),
        },
        Action::DropColumn { column: name("n") },
        Action::ParseTime {
            column: name("t"),
            format: name("%d.%m.%Y"),
        },
    ];
    let done = run(&table, steps);
    assert_eq!(shown(&done.dataset, "t"), ["-", "1970-02-01 00:00:00"]);
    assert!(done.dataset.invalid.is_empty());
    assert_eq!(done.steps[1].columns_removed, 1);
}

#[test]
fn numbers_are_parsed() {
    let table = dataset(vec![text(
        "p",
        Role::Price,
        &[Some("1,234.5"), Some("¥7"), Some("free"), None],
    )]);
    let done = one(&table, Action::ParseNumber { column: name("p") });
    assert_eq!(shown(&done.dataset, "p"), ["1234.5", "7", "-", "-"]);
    assert_eq!(done.dataset.info.columns[0].invalid, 1);
    let whole = dataset(vec![text("p", Role::Price, &[Some("10"), Some("20 ")])]);
    assert_eq!(
        one(&whole, Action::ParseNumber { column: name("p") })
            .dataset
            .info
            .columns[0]
            .dtype,
        ColumnType::Integer
    );
}

#[test]
fn values_are_mapped_and_the_type_survives_where_it_can() {
    let map = |column: &str, pairs: &[(&str, Option<&str>)]| Action::MapValues {
        column: name(column),
        map: pairs
            .iter()
            .map(|(from, to)| (name(from), to.map(name)))
            .collect::<BTreeMap<_, _>>(),
    };
    let done = one(&log(), map("kind", &[("cart", Some("add_to_cart")), ("view", None)]));
    assert_eq!(shown(&done.dataset, "kind"), ["-", "add_to_cart", "-", "-", "-"]);
    assert_eq!(done.steps[0].cells_changed, 5);
    let numbers = one(&log(), map("item", &[("7", Some("70"))]));
    assert_eq!(shown(&numbers.dataset, "item"), ["70", "8", "70", "9", "70"]);
    assert_eq!(numbers.dataset.info.columns[1].dtype, ColumnType::Integer);
    let texts = one(&log(), map("item", &[("7", Some("seven"))]));
    assert_eq!(texts.dataset.info.columns[1].dtype, ColumnType::Text);
}

#[test]
fn masks_hide_and_stay_joinable() {
    let mask = |method| {
        one(
            &log(),
            Action::Mask {
                column: name("user"),
                method,
            },
        )
    };
    let hashed = mask(MaskMethod::Hash { salt: name("pepper") });
    let cells = shown(&hashed.dataset, "user");
    assert_eq!((cells[0].len(), &cells[0], cells[3].as_str()), (16, &cells[2], "-"));
    assert_ne!(cells[0], cells[1]);
    assert_ne!(
        cells,
        shown(&mask(MaskMethod::Hash { salt: name("other") }).dataset, "user")
    );
    assert_eq!(
        shown(&mask(MaskMethod::Redact { with: name("***") }).dataset, "user")[..2],
        ["***", "***"]
    );
    let phones = dataset(vec![text(
        "p",
        Role::Other,
        &[Some("13800138000"), Some("12"), Some("张三丰")],
    )]);
    let kept = one(
        &phones,
        Action::Mask {
            column: name("p"),
            method: MaskMethod::KeepLast { n: 2 },
        },
    );
    assert_eq!(shown(&kept.dataset, "p"), ["*********00", "**", "*三丰"]);
    let no_salt = MaskMethod::Hash { salt: String::new() };
    assert!(
        error(
            &log(),
            Action::Mask {
                column: name("user"),
                method: no_salt
            }
        )
        .contains("salt")
    );
}
