//! Codes with check characters, none of which was ever given out.

use crate::engine::random::Draws;

const DIGITS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A unified social credit code (GB 32100-2015) with a right check character and a body that no office issues.
pub(super) fn credit_code(draws: &mut Draws) -> String {
    let mut code = format!("91310000MA1XX{:04}", draws.below(10_000));
    code.push(char::from(check_character(&code)));
    code
}

/// GB 32100-2015, section 5: 31 minus the sum of values times 3^(place - 1) modulo 31.
fn check_character(body: &str) -> u8 {
    let value = |byte: u8| DIGITS.iter().position(|digit| *digit == byte).unwrap_or(0) as u32;
    let (mut weight, mut sum) = (1, 0);
    for byte in body.bytes() {
        sum += value(byte) * weight;
        weight = weight * 3 % 31;
    }
    DIGITS[((31 - sum % 31) % 31) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_character_of_published_codes() {
        // Codes printed on the public pages of two listed companies.
        for code in ["91350100M000100Y43", "91110108551385082Q"] {
            assert_eq!(check_character(&code[..17]), code.as_bytes()[17], "{code}");
        }
    }
}
