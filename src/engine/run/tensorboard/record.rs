//! The framing of a `TFRecord` file: length, masked CRC of the length, data, masked CRC of the data.
//!
//! Format: TensorFlow's `core/lib/io/record_writer.h`; little-endian. A file cut anywhere is whole up to the last
//! complete record.

/// CRC-32C (Castagnoli) as in RFC 3720, appendix B.4: reflected polynomial 0x82F63B78, start and end inverted.
pub fn crc32c(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(!0, |crc, &byte| (crc >> 8) ^ TABLE[usize::from((crc as u8) ^ byte)])
}

const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0x82F6_3B78
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
}

/// A CRC of data that holds CRCs itself would be weak, so the stored one is rotated and shifted by a constant.
pub fn masked_crc(bytes: &[u8]) -> u32 {
    crc32c(bytes).rotate_right(15).wrapping_add(0xA282_EAD8)
}

/// One record around `data`.
pub fn frame(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    let mut record = Vec::with_capacity(data.len() + 16);
    record.extend_from_slice(&length);
    record.extend_from_slice(&masked_crc(&length).to_le_bytes());
    record.extend_from_slice(data);
    record.extend_from_slice(&masked_crc(data).to_le_bytes());
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_has_the_published_values() {
        // RFC 3720, B.4, and the check value of CRC-32C (iSCSI) in the catalogue of parametrised CRC algorithms.
        assert_eq!(crc32c(&[0; 32]), 0x8A91_36AA);
        assert_eq!(crc32c(&[0xFF; 32]), 0x62A8_AB43);
        let rising: Vec<u8> = (0..32).collect();
        assert_eq!(crc32c(&rising), 0x46DD_794E);
        assert_eq!(crc32c(b"123456789"), 0xE306_9283);
        assert_eq!(crc32c(b""), 0);
    }

    #[test]
    fn a_record_is_length_data_and_their_checksums() {
        let record = frame(b"abc");
        assert_eq!(record.len(), 19);
        assert_eq!(record[..8], [3, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(record[8..12], masked_crc(&[3, 0, 0, 0, 0, 0, 0, 0]).to_le_bytes());
        assert_eq!(&record[12..15], b"abc");
        assert_eq!(record[15..], masked_crc(b"abc").to_le_bytes());
    }
}
