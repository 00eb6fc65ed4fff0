//! Safetensors files ↔ named tensors.
//!
//! Invariants: written files carry `__metadata__ {"format":"pt"}` (Transformers asks for it), are complete on the
//! disk when the function returns, and are read back bit by bit; all tensors in memory are fp32.

use super::{During as _, TrainError};
use crate::engine::artifact::ContentHash;
use safetensors::{Dtype, SafeTensors};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use tch::{Device, Kind, Tensor};

/// Tensors by name, in order of name.
pub type Named = BTreeMap<String, Tensor>;

fn bad(path: &Path, reason: impl ToString) -> TrainError {
    TrainError::Weights {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

/// Reads all floating-point tensors of a file as fp32; others (position ids) are passed over.
pub fn read(path: &Path, device: Device) -> Result<Named, TrainError> {
    let bytes = std::fs::read(path).map_err(TrainError::io("read", path))?;
    let file = SafeTensors::deserialize(&bytes).map_err(|error| bad(path, error))?;
    let mut named = Named::new();
    for (name, view) in file.iter() {
        let kind = match view.dtype() {
            Dtype::F32 => Kind::Float,
            Dtype::F16 => Kind::Half,
            Dtype::BF16 => Kind::BFloat16,
            Dtype::F64 => Kind::Double,
            Dtype::I64 | Dtype::I32 | Dtype::I16 | Dtype::I8 | Dtype::U8 | Dtype::BOOL => continue,
            other => {
                return Err(bad(
                    path,
                    format!("tensor '{name}' has type {other:?}; F32, F16, BF16 and F64 are read"),
                ));
            }
        };
        let size: Vec<i64> = view.shape().iter().map(|&n| n as i64).collect();
        let tensor = Tensor::f_from_data_size(view.data(), &size, kind)
            .and_then(|tensor| tensor.f_to_kind(Kind::Float))
            .and_then(|tensor| tensor.f_to_device(device))
            .during("reading weights")?;
        named.insert(name.to_owned(), tensor);
    }
    Ok(named)
}

/// Writes fp32 tensors and waits until they are on the disk. Returns the BLAKE3 of the file.
pub fn write<'a>(path: &Path, tensors: impl Iterator<Item = (String, &'a Tensor)>) -> Result<ContentHash, TrainError> {
    let tensors: Vec<(String, &Tensor)> = tensors.collect();
    let mut header = serde_json::Map::new();
    header.insert("__metadata__".to_owned(), json!({"format": "pt"}));
    let mut offset = 0usize;
    for (name, tensor) in &tensors {
        let end = offset + tensor.numel() * 4;
        header.insert(
            name.clone(),
            json!({"dtype": "F32", "shape": tensor.size(), "data_offsets": [offset, end]}),
        );
        offset = end;
    }
    let mut text = serde_json::Value::Object(header).to_string().into_bytes();
    // The header is padded with spaces so that tensors start at a multiple of 8.
    text.resize(text.len().next_multiple_of(8), b' ');
    let mut hasher = blake3::Hasher::new();
    let io = |error| TrainError::io("write", path)(error);
    let mut file = std::fs::File::create(path).map_err(io)?;
    let mut put = |bytes: &[u8]| {
        hasher.update(bytes);
        file.write_all(bytes)
    };
    put(&(text.len() as u64).to_le_bytes()).map_err(io)?;
    put(&text).map_err(io)?;
    let mut bytes = Vec::new();
    for (_, tensor) in &tensors {
        let flat = tensor
            .f_detach()
            .and_then(|t| t.f_to_device(Device::Cpu))
            .and_then(|t| t.f_to_kind(Kind::Float))
            .and_then(|t| t.f_contiguous())
            .during("writing weights")?;
        bytes.resize(flat.numel() * 4, 0);
        flat.f_copy_data_u8(&mut bytes, flat.numel())
            .during("writing weights")?;
        put(&bytes).map_err(io)?;
    }
    file.sync_all().map_err(io)?;
    Ok(ContentHash(hasher.finalize().to_hex().to_string()))
}

/// BLAKE3 of a file's bytes.
pub fn hash_file(path: &Path) -> Result<ContentHash, TrainError> {
    let bytes = std::fs::read(path).map_err(TrainError::io("read", path))?;
    Ok(ContentHash::of_bytes(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_bit_by_bit_and_by_others() {
        let dir = tempfile::tempdir().expect("temp");
        let path = dir.path().join("a.safetensors");
        let odd = Tensor::from_slice(&[f32::MIN_POSITIVE, -0.0, 1.0 / 3.0, f32::MAX, 1e-42, 7.0]).reshape([2, 3]);
        let one = Tensor::from_slice(&[5.0f32]);
        let hash = write(
            &path,
            [("x.weight".to_owned(), &odd.transpose(0, 1)), ("b".to_owned(), &one)].into_iter(),
        )
        .expect("write");
        assert_eq!(hash, hash_file(&path).expect("hash"));
        let back = read(&path, Device::Cpu).expect("read");
        assert_eq!(back["x.weight"].size(), [3, 2]);
        let bits = |t: &Tensor| {
            Vec::<f32>::try_from(t.contiguous().view(-1))
                .expect("floats")
                .into_iter()
                .map(f32::to_bits)
                .collect::<Vec<_>>()
        };
        assert_eq!(bits(&back["x.weight"]), bits(&odd.transpose(0, 1)));
        let bytes = std::fs::read(&path).expect("bytes");
        let (_, metadata) = SafeTensors::read_metadata(&bytes).expect("valid file");
        assert_eq!(metadata.metadata().as_ref().expect("metadata")["format"], "pt");
    }

    #[test]
    fn half_precision_is_widened_and_integers_passed_over() {
        let dir = tempfile::tempdir().expect("temp");
        let path = dir.path().join("a.safetensors");
        let header = br#"{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]},"embeddings.position_ids":{"dtype":"I64","shape":[1],"data_offsets":[6,14]}}"#;
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header);
        bytes.extend(half::f16::from_f32(1.5).to_le_bytes());
        bytes.extend(half::f16::from_f32(-2.0).to_le_bytes());
        bytes.extend(half::bf16::from_f32(3.0).to_le_bytes());
        bytes.extend([0; 8]);
        std::fs::write(&path, bytes).expect("file");
        let named = read(&path, Device::Cpu).expect("read");
        assert_eq!(Vec::<f32>::try_from(&named["h"]).expect("floats"), [1.5, -2.0]);
        assert_eq!(Vec::<f32>::try_from(&named["b"]).expect("floats"), [3.0]);
        assert_eq!(named.len(), 2);
        std::fs::write(&path, b"short").expect("file");
        assert!(matches!(read(&path, Device::Cpu), Err(TrainError::Weights { .. })));
    }
}
