//! The CPU's fused operations against libtorch's own: the same losses and gradients up to rounding.

use super::memory::{assert_near, flat, gradients, shaped};
use super::{lora, tiny_folder};
use crate::engine::run::config::{Method, PoolingChoice};
use crate::engine::train::backend::dropout::{DropoutDraws, Drops};
use crate::engine::train::backend::model::Compute;
use crate::engine::train::backend::shim;
use crate::engine::train::hardware;
use std::process::Command;
use tch::{Device, Kind, Tensor};

const PLAIN: Compute = Compute {
    device: Device::Cpu,
    bf16: false,
    fp16: false,
    fused: false,
};

/// In a process of its own for each set of instructions; this name is what it is asked for.
const BLOCKS: &str = "engine::train::backend::tests::fused::fused_blocks_have_the_gradients_of_plain_ones";

#[test]
fn fused_blocks_have_the_gradients_of_plain_ones() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let fused = Compute { fused: true, ..PLAIN };
    for method in [Method::Full, lora(), Method::HeadOnly] {
        for pooling in [PoolingChoice::Cls, PoolingChoice::Mean] {
            for (size, twice) in [(None, false), (Some(2), false), (None, true)] {
                let of = |compute| gradients(&shaped(dir.path(), &method, pooling, 1, compute), size, twice, None);
                let what = format!("{method:?} {pooling:?} {size:?} {twice}");
                assert_near(&of(fused), &of(PLAIN), &what);
            }
        }
    }
}

#[test]
fn every_set_of_instructions_does_as_well() {
    for kernels in ["avx2", "none"] {
        let me = std::env::current_exe().expect("this program");
        let mut child = Command::new(me);
        child.args(["--exact", BLOCKS]).env("TOUCHSTONE_KERNELS", kernels);
        let said = child.output().expect("a process");
        let text = String::from_utf8_lossy(&said.stdout);
        assert!(said.status.success() && text.contains("1 passed"), "{kernels}: {text}");
    }
}

#[test]
fn the_estimate_of_memory_knows_the_same_instructions() {
    if std::env::var_os("TOUCHSTONE_KERNELS").is_none() {
        assert_eq!(shim::fused_lanes(), hardware::vector_lanes());
    }
}

/// A leaf of normal values.
fn leaf(size: &[i64]) -> Tensor {
    Tensor::randn(size, (Kind::Float, Device::Cpu)).set_requires_grad(true)
}

fn furthest(a: &Tensor, b: &Tensor) -> f64 {
    (a - b).abs().max().double_value(&[])
}

#[test]
fn attention_over_rows_of_any_length_equals_the_definition() {
    if shim::fused_lanes().is_none() {
        // A processor without them; the plain path has its own tests.
        return;
    }
    let (starts, heads) = ([0i64, 1, 18, 18 + 131], 2);
    // A width that fills the vectors, and one that does not.
    for width in [32i64, 20] {
        let (tokens, hidden) = (starts[3], heads * width);
        let [q, k, v] = [(); 3].map(|()| leaf(&[tokens, hidden]));
        let weights = Tensor::randn([tokens, hidden], (Kind::Float, Device::Cpu));
        let grads_of = |out: &Tensor| {
            (out * &weights).sum(Kind::Float).backward();
            [&q, &k, &v].map(|leaf| {
                let grad = leaf.grad().copy();
                let _zero = leaf.grad().zero_();
                grad
            })
        };
        let fused = shim::attention([&q, &k, &v], &starts, (heads, false), &Drops::NONE).expect("attention");
        let found = grads_of(&fused);
        let rows = starts.windows(2).map(|row| {
            let (start, length) = (row[0], row[1] - row[0]);
            let [q, k, v] = [&q, &k, &v].map(|all| {
                all.narrow(0, start, length)
                    .view([length, heads, width])
                    .transpose(0, 1)
            });
            let shares = (q.matmul(&k.transpose(1, 2)) / (width as f64).sqrt()).softmax(-1, Kind::Float);
            shares.matmul(&v).transpose(0, 1).reshape([length, hidden])
        });
        let plain = Tensor::cat(&rows.collect::<Vec<_>>(), 0);
        assert!(furthest(&fused, &plain) < 1e-5);
        for (found, expected) in found.iter().zip(grads_of(&plain)) {
            assert!(furthest(found, &expected) < 1e-4);
        }
    }
}

#[test]
fn gelu_and_norm_hold_over_the_whole_range() {
    if shim::fused_lanes().is_none() {
        // A processor without them; the plain path has its own tests.
        return;
    }
    let x = Tensor::linspace(-30.0, 30.0, 16 * 4096, (Kind::Float, Device::Cpu)).view([-1, 16]);
    let zero = Tensor::zeros([16], (Kind::Float, Device::Cpu));
    let found = shim::bias_gelu(&x, &zero).expect("gelu");
    assert!(furthest(&found, &x.gelu("none")) < 1e-5);
    let one = Tensor::ones([16], (Kind::Float, Device::Cpu));
    let nothing = x.zeros_like();
    let normed = shim::residual_norm((&x, &zero), &nothing, (&one, &zero, 1e-12), &Drops::NONE).expect("norm");
    let expected = x.layer_norm([16], Some(&one), Some(&zero), 1e-12, false);
    assert!(furthest(&normed, &expected) < 2e-3, "{}", furthest(&normed, &expected));
    // What is no number is not made one.
    let nan = Tensor::full([1, 16], f64::NAN, (Kind::Float, Device::Cpu));
    assert!(
        flat(&shim::bias_gelu(&nan, &zero).expect("gelu"))
            .iter()
            .all(|v| v.is_nan())
    );
    let mut draws = DropoutDraws::new(1, 1, Device::Cpu);
    let drops = draws.next_drops((1, 16), 0.5);
    let kept = shim::residual_norm((&nan, &zero), &nan.zeros_like(), (&one, &zero, 1e-5), &drops).expect("norm");
    assert!(flat(&kept).iter().any(|v| v.is_nan()));
}
