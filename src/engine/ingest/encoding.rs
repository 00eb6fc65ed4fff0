//! Finds the character encoding of a text file from its first bytes, with the evidence.

use super::roles::grouped;
use crate::engine::artifact::Bilingual;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

/// An encoding and why it is believed.
#[derive(Clone, Debug)]
pub(super) struct FoundEncoding {
    pub encoding: &'static Encoding,
    /// Length of the byte-order mark, 0 without one.
    pub mark_bytes: usize,
    pub evidence: Bilingual,
    /// Chosen by the user or proven by a mark; later bytes do not change it.
    pub certain: bool,
}

/// `whole` tells that `sample` is the entire file, so that a cut character at its end counts.
pub(super) fn detect(sample: &[u8], whole: bool, chosen: Option<&str>) -> FoundEncoding {
    let mark = Encoding::for_bom(sample);
    if let Some(encoding) = chosen.and_then(|label| Encoding::for_label(label.as_bytes())) {
        return FoundEncoding {
            encoding,
            mark_bytes: mark
                .filter(|(marked, _)| *marked == encoding)
                .map_or(0, |(_, bytes)| bytes),
            evidence: Bilingual::new(
                format!("Encoding {}: set by you", encoding.name()),
                format!("编码 {}：由您设定", encoding.name()),
            ),
            certain: true,
        };
    }
    if let Some((encoding, mark_bytes)) = mark {
        return FoundEncoding {
            encoding,
            mark_bytes,
            evidence: Bilingual::new(
                format!("Encoding {}: the file starts with its byte-order mark", encoding.name()),
                format!("编码 {}：文件以其字节序标记开头", encoding.name()),
            ),
            certain: true,
        };
    }
    if let Some((encoding, share)) = utf16_by_zeros(sample) {
        return FoundEncoding {
            encoding,
            mark_bytes: 0,
            evidence: Bilingual::new(
                format!(
                    "Encoding {}: {share:.0} % of every second byte are zero, as in 16-bit text of ASCII letters",
                    encoding.name()
                ),
                format!(
                    "编码 {}：每隔一个字节有 {share:.0} % 为零，与 16 位 ASCII 文本一致",
                    encoding.name()
                ),
            ),
            certain: true,
        };
    }
    match valid_utf8_prefix(sample, whole) {
        Some(0) => FoundEncoding {
            encoding: UTF_8,
            mark_bytes: 0,
            evidence: Bilingual::new(
                format!(
                    "Encoding UTF-8: the first {} bytes are plain ASCII",
                    grouped(sample.len())
                ),
                format!("编码 UTF-8：前 {} 个字节都是 ASCII", grouped(sample.len())),
            ),
            certain: false,
        },
        Some(characters) => FoundEncoding {
            encoding: UTF_8,
            mark_bytes: 0,
            evidence: Bilingual::new(
                format!(
                    "Encoding UTF-8: {} characters beyond ASCII are all well-formed UTF-8",
                    grouped(characters)
                ),
                format!("编码 UTF-8：{} 个非 ASCII 字符都是合法的 UTF-8", grouped(characters)),
            ),
            certain: false,
        },
        None => legacy(sample),
    }
}

/// The best legacy encoding for bytes that are not UTF-8.
pub(super) fn legacy(sample: &[u8]) -> FoundEncoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    // GB18030 is GBK's superset and the national standard.
    let encoding = if guess == GBK { GB18030 } else { guess };
    let (name, name_zh) = if encoding == GB18030 {
        ("Chinese (simplified)", "简体中文")
    } else if encoding == BIG5 {
        ("Chinese (traditional)", "繁体中文")
    } else {
        ("text", "文本")
    };
    FoundEncoding {
        encoding,
        mark_bytes: 0,
        evidence: Bilingual::new(
            format!(
                "Encoding {}: the bytes are not UTF-8, and their frequencies fit {name} in this encoding best",
                encoding.name()
            ),
            format!(
                "编码 {}：字节不是 UTF-8，其频率最符合此编码的{name_zh}",
                encoding.name()
            ),
        ),
        certain: false,
    }
}

/// Number of characters beyond ASCII if the sample is UTF-8 apart from a character cut at its end.
fn valid_utf8_prefix(sample: &[u8], whole: bool) -> Option<usize> {
    let valid = match std::str::from_utf8(sample) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && !whole => {
            std::str::from_utf8(&sample[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return mostly_utf8(sample),
    };
    Some(valid.chars().filter(|character| !character.is_ascii()).count())
}

/// A file with a few broken characters is still UTF-8: at least twenty good ones for each bad one.
fn mostly_utf8(sample: &[u8]) -> Option<usize> {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in sample.utf8_chunks() {
        good += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    (good >= bad * 20 && good > 0).then_some(good)
}

/// UTF-16 without a mark: zeros at even or at odd places only, and units that make up lines of text. Chinese text
/// has zeros only in its digits, delimiters and line ends.
pub(super) fn utf16_by_zeros(sample: &[u8]) -> Option<(&'static Encoding, f64)> {
    let count = sample.len() / 2;
    if count < 2 {
        return None;
    }
    let (mut even, mut odd) = (0usize, 0usize);
    for pair in sample.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    let share = |zeros: usize| zeros as f64 / count as f64 * 100.0;
    let (encoding, most, least) = if odd > even {
        (UTF_16LE, odd, even)
    } else {
        (UTF_16BE, even, odd)
    };
    if share(most) < 4.0 || share(least) >= 2.0 || !is_utf16_text(sample, encoding == UTF_16LE) {
        return None;
    }
    Some((encoding, share(most)))
}

/// Whether the units are well-formed and hardly any is a control character.
fn is_utf16_text(sample: &[u8], little: bool) -> bool {
    let units = sample.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        }
    });
    let (mut all, mut odd) = (0usize, 0usize);
    for character in char::decode_utf16(units) {
        all += 1;
        odd += usize::from(character.map_or(true, |character| {
            character.is_control() && !matches!(character, '\n' | '\r' | '\t' | '\u{1}' | '\u{1b}')
        }));
    }
    // The sample may end within a pair.
    odd <= 1 + all / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> &'static str {
        detect(bytes, true, None).encoding.name()
    }

    #[test]
    fn encodings_by_their_bytes() {
        let text = "用户编号,商品名称,行为\n1,红色连衣裙很漂亮质量不错,浏览\n2,这件衣服的质量非常好物流也快,购买\n";
        assert_eq!(found(text.as_bytes()), "UTF-8");
        assert_eq!(found(&GB18030.encode(text).0), "gb18030");
        assert_eq!(found(b"a,b\n1,2\n"), "UTF-8");
        assert_eq!(found(b"\xEF\xBB\xBFa,b\n"), "UTF-8");
        let traditional = "編號,名稱,行為\n1,這個產品的品質非常好,購買\n2,學習電腦與網路設備,瀏覽\n";
        assert_eq!(found(&BIG5.encode(traditional).0), "Big5");
        let little: Vec<u8> = "id,name\n1,x\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(found(&little), "UTF-16LE");
        let big: Vec<u8> = "id,name\n1,x\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(found(&big), "UTF-16BE");
        assert_eq!(found(b"id,caf\xE9\n1,na\xEFve\n"), "windows-1252");
    }

    #[test]
    fn chinese_encodings_by_their_bytes() {
        let traditional =
            "編號,商品名稱,行為\n1,這個產品的品質非常好，物流也很快,購買\n2,學習電腦與網路設備的價格,瀏覽\n";
        assert_eq!(found(&BIG5.encode(traditional).0), "Big5");
        let simplified =
            "编号,商品名称,行为\n1,这件衣服的质量非常好，物流也很快,购买\n2,学习电脑与网络设备的价格,浏览\n";
        assert_eq!(found(&GBK.encode(simplified).0), "gb18030");
        for text in [traditional, simplified, "id,price\n1,2.5\n"] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(found(&little), "UTF-16LE", "{text}");
            assert_eq!(found(&big), "UTF-16BE", "{text}");
            assert_eq!(found(&[b"\xFE\xFF", big.as_slice()].concat()), "UTF-16BE");
        }
    }

    #[test]
    fn western_encodings_by_their_bytes() {
        // Latin-1 is the part of windows-1252 without the bytes 80 to 9F.
        let latin = "id,nom\n1,café crème\n2,naïveté à Noël\n3,français où\n";
        let bytes: Vec<u8> = latin
            .chars()
            .map(|character| u8::try_from(character).expect("Latin-1"))
            .collect();
        assert_eq!(found(&bytes), "windows-1252");
        let windows = encoding_rs::WINDOWS_1252
            .encode("id,price\n1,5 € – the “best” café\n2,7 € – the “second” café\n")
            .0;
        assert_eq!(found(&windows), "windows-1252");
    }

    #[test]
    fn binary_data_is_no_utf16() {
        let integers: Vec<u8> = (0u16..400).flat_map(|value| (value % 30).to_le_bytes()).collect();
        assert!(utf16_by_zeros(&integers).is_none());
    }

    #[test]
    fn one_broken_character_does_not_unmake_utf8() {
        let mut bytes = "名称\n".repeat(50).into_bytes();
        bytes.extend(b"\xFF\n");
        assert_eq!(found(&bytes), "UTF-8");
    }
}
