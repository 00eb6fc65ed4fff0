//! Cells as people write them.

use super::*;

#[test]
fn integers_are_exact_or_nothing() {
    for (text, want) in [
        ("0", Some(0)),
        ("-1", Some(-1)),
        ("9223372036854775807", Some(i64::MAX)),
        ("-9223372036854775808", Some(i64::MIN)),
        ("9223372036854775808", None),
        ("99999999999999999999", None),
        ("007", None),
        ("-0", None),
        ("", None),
        ("-", None),
        ("1.0", None),
        ("1e3", None),
        ("１", None),
    ] {
        assert_eq!(parse_int(text.as_bytes()), want, "{text}");
    }
    assert_eq!(parse_int_loose(b"17850.0", true, Marks::POINT), Some(17850));
    assert_eq!(parse_int_loose(b"17850.0", false, Marks::POINT), None);
    assert_eq!(parse_int_loose(b"17850.5", true, Marks::POINT), None);
    assert_eq!(parse_int_loose(b"1,234,567", false, Marks::POINT), Some(1_234_567));
    assert_eq!(parse_int_loose(b"1,23", false, Marks::POINT), None);
    assert_eq!(parse_int_loose("￥20".as_bytes(), false, Marks::POINT), Some(20));
}

#[test]
fn floats_agree_with_the_standard_library() {
    for text in [
        "0",
        "1.5",
        "-33.20",
        "0.1",
        "251.74",
        "1e-7",
        "123456789012345.678",
        "9007199254740993",
        ".5",
        "5.",
        "0.3",
        "1.7976931348623157e308",
        "-0.0",
        "100000.01",
    ] {
        assert_eq!(
            parse_float(text.as_bytes()).map(f64::to_bits),
            text.parse::<f64>().ok().map(f64::to_bits),
            "{text}"
        );
    }
    for text in [
        "", "-", ".", "nan", "inf", "1.2.3", "1,5", "e5", "0x10", "1e999", "infinity", "+",
    ] {
        assert_eq!(parse_float(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn money_and_thousands() {
    for (text, want) in [
        ("1,234.50", Some(1234.5)),
        ("337,300.00", Some(337_300.0)),
        ("$5", Some(5.0)),
        ("-$5.25", Some(-5.25)),
        ("￥1,000", Some(1000.0)),
        ("99元", Some(99.0)),
        ("1,5", None),
        ("12,34,567", None),
        ("1,234,56.5", None),
        ("1,234567", None),
        ("0,500", None),
        ("5 apples", None),
        ("(1,234.50)", Some(-1234.5)),
        ("($5)", Some(-5.0)),
        ("(-5)", None),
        ("1'234'567.5", Some(1_234_567.5)),
        ("1 234.50", Some(1234.5)),
        ("138 123 456", None),
        ("1\u{A0}234", Some(1234.0)),
        ("1,234'567", None),
        ("$", None),
        ("1.2.3", None),
    ] {
        assert_eq!(parse_float_loose(text.as_bytes(), Marks::POINT), want, "{text}");
    }
    assert_eq!(parse_float_loose(b"1.234,50", Marks::COMMA), Some(1234.5));
    assert_eq!(parse_float_loose(b"3,25", Marks::COMMA), Some(3.25));
    assert_eq!(parse_float_loose(b"0,500", Marks::COMMA), Some(0.5));
    assert_eq!(
        parse_float_loose("1\u{202F}234\u{202F}567,5".as_bytes(), Marks::COMMA),
        Some(1_234_567.5)
    );
    assert_eq!(parse_float_loose(b"1.234.567", Marks::COMMA), Some(1_234_567.0));
    assert_eq!(parse_float_loose(b"1.234.56", Marks::COMMA), None);
}

#[test]
fn nulls_and_booleans_as_people_write_them() {
    for text in [
        "", "-", "--", "NA", "\\N", "null", "N/A", "NaN", "NaT", "nil", "空", "空值", "[NULL]", "#DIV/0!",
    ] {
        assert!(is_null(text.as_bytes()), "{text}");
    }
    for text in ["0", "none of these", "无", "N", "---", "#1"] {
        assert!(!is_null(text.as_bytes()), "{text}");
    }
    for (text, want) in [
        ("TRUE", Some(true)),
        ("no", Some(false)),
        ("是", Some(true)),
        ("假", Some(false)),
        ("Off", Some(false)),
        ("y", Some(true)),
        ("1", None),
        ("maybe", None),
    ] {
        assert_eq!(parse_bool(text.as_bytes()), want, "{text}");
    }
}
