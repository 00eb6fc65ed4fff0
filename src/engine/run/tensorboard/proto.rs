//! The few protocol-buffer messages of TensorBoard that scalars need, written field by field.
//!
//! Fields (tensorflow/core/util/event.proto, framework/summary.proto): `Event` 1 `wall_time` double, 2 `step` int64,
//! 3 `file_version` string, 5 `summary`, 7 `session_log`; `Summary` 1 `value`; `Value` 1 `tag`, 2 `simple_value`
//! float; `SessionLog` 1 `status`, where 1 is START.

const VARINT: u8 = 0;
const FIXED64: u8 = 1;
const BYTES: u8 = 2;
const FIXED32: u8 = 5;

/// First record of every file.
pub fn file_version(wall_secs: f64) -> Vec<u8> {
    let mut event = head(wall_secs, 0);
    bytes_field(&mut event, 3, b"brain.Event:2");
    event
}

/// Tells a reader that is watching to forget what it read at `step` and later.
pub fn session_start(wall_secs: f64, step: u64) -> Vec<u8> {
    let mut session = Vec::new();
    key(&mut session, 1, VARINT);
    varint(&mut session, 1);
    let mut event = head(wall_secs, step);
    bytes_field(&mut event, 7, &session);
    event
}

/// Values of one moment. TensorBoard's scalars are 32-bit.
pub fn scalars<'a>(wall_secs: f64, step: u64, values: impl Iterator<Item = (&'a str, f64)>) -> Vec<u8> {
    let mut summary = Vec::new();
    for (tag, number) in values {
        let mut value = Vec::new();
        bytes_field(&mut value, 1, tag.as_bytes());
        key(&mut value, 2, FIXED32);
        value.extend_from_slice(&(number as f32).to_le_bytes());
        bytes_field(&mut summary, 1, &value);
    }
    let mut event = head(wall_secs, step);
    bytes_field(&mut event, 5, &summary);
    event
}

fn head(wall_secs: f64, step: u64) -> Vec<u8> {
    let mut event = Vec::with_capacity(64);
    key(&mut event, 1, FIXED64);
    event.extend_from_slice(&wall_secs.to_le_bytes());
    key(&mut event, 2, VARINT);
    varint(&mut event, step);
    event
}

fn key(out: &mut Vec<u8>, field: u8, kind: u8) {
    // Field numbers below 16 take one byte.
    out.push(field << 3 | kind);
}

fn bytes_field(out: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    key(out, field, BYTES);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_groups_of_seven_bits() {
        // Protocol Buffers, Encoding, "Base 128 varints": 150 is 96 01.
        let encoded = |value| {
            let mut out = Vec::new();
            varint(&mut out, value);
            out
        };
        assert_eq!(encoded(150), [0x96, 0x01]);
        assert_eq!(encoded(0), [0]);
        assert_eq!(encoded(u64::MAX).len(), 10);
    }

    #[test]
    fn an_event_is_byte_for_byte_what_protobuf_writes() {
        // Python: Event(wall_time=1.5, step=300, summary=Summary(value=[Summary.Value(tag="a/b",
        // simple_value=0.25)])).SerializeToString().hex()
        let expected = [
            0x09, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0x10, 0xAC, 0x02, 0x2A, 0x0C, 0x0A, 0x0A, 0x0A, 0x03, b'a', b'/', b'b',
            0x15, 0, 0, 0x80, 0x3E,
        ];
        assert_eq!(scalars(1.5, 300, [("a/b", 0.25)].into_iter()), expected);
        // Event(wall_time=1.5, step=7, session_log=SessionLog(status=SessionLog.START))
        let start = [0x09, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0x10, 0x07, 0x3A, 0x02, 0x08, 0x01];
        assert_eq!(session_start(1.5, 7), start);
    }
}
