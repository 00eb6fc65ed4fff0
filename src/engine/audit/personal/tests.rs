//! What each detector must find and must leave alone.

use super::*;

fn check(text: &str, expected: &[(PersonalKind, &str)]) {
    let found: Vec<(PersonalKind, &str)> = find(text).iter().map(|m| (m.kind, &text[m.range.clone()])).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn positives() {
    use PersonalKind::*;
    check(
        "li.wei+shop@mail.example.com",
        &[(Email, "li.wei+shop@mail.example.com")],
    );
    check("请联系a@b.cn谢谢", &[(Email, "a@b.cn")]);
    check("13812345678", &[(MobileCn, "13812345678")]);
    check("电话13812345678，晚上打", &[(MobileCn, "13812345678")]);
    check("tel 138-1234-5678", &[(MobileCn, "138-1234-5678")]);
    check("13812345678 20点后", &[(MobileCn, "13812345678")]);
    check("+86 19912345678", &[(MobileCn, "86 19912345678")]);
    // The example of GB 11643-1999, and one ending in X.
    check("11010519491231002X", &[(ResidentIdCn, "11010519491231002X")]);
    check("id: 440524188001010014?", &[]);
    check("id: 440524198001010013.", &[(ResidentIdCn, "440524198001010013")]);
    // Issuers' published test numbers.
    check("4111 1111 1111 1111", &[(BankCard, "4111 1111 1111 1111")]);
    check("卡号6250941006528599", &[(BankCard, "6250941006528599")]);
    check("378282246310005", &[(BankCard, "378282246310005")]);
    check(
        "from 192.168.0.17, 10.0.0.1",
        &[(Ipv4, "192.168.0.17"), (Ipv4, "10.0.0.1")],
    );
}

#[test]
fn negatives() {
    for text in [
        "",
        "a@b",
        "@home",
        "12345678901",         // 12x is no mobile block
        "138123456789",        // 12 digits
        "SKU13812345678",      // part of a code
        "13812345678-01",      // part of a longer code
        "440524198013010013",  // month 13
        "440524198001010014",  // wrong checksum
        "4111111111111112",    // Luhn fails
        "2053013555069845885", // category id
        "9f1c04ab-1381-2345-678f-13812345678a",
        "1.2.3",
        "256.1.1.1",
        "01.02.03.04",
        "2019-10-01 00:00:00",
        "iphone 13 128gb",
        "8f3e13812345678",
    ] {
        check(text, &[]);
    }
}

#[test]
fn masks_keep_the_shape_and_hide_the_secret() {
    assert_eq!(mask("电话13812345678 谢谢", &[]), "电话138****5678 谢谢");
    assert_eq!(mask("li.wei@example.com", &[]), "l*.***@example.com");
    assert_eq!(mask("11010519491231002X", &[]), "110105************");
    assert_eq!(mask("4111 1111 1111 1111", &[]), "4111 **** **** 1111");
    assert_eq!(mask("192.168.0.17", &[PersonalKind::Email]), "192.168.0.17");
    assert_eq!(mask("192.168.0.17", &[PersonalKind::Ipv4]), "192.***.*.**");
}

#[test]
fn hostile_text_takes_linear_time() {
    let text = "1.".repeat(200_000) + &"a@".repeat(200_000);
    let start = std::time::Instant::now();
    assert!(find(&text).is_empty());
    assert!(start.elapsed().as_secs() < 2);
}
