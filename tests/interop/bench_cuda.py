"""Fine-tuning on a GPU: the program against Transformers with SDPA and fused AdamW, and against the card's matmul rate.

Runs where `cargo xtask bench-cuda` unpacked it: beside the program, with a Python that has a CUDA build of the torch
version the program was built with, and Transformers. Weights are random (speed does not depend on them) and every text
has exactly `--length` tokens, so both sides compute the same products and no padding. Precision bf16: autocast over fp32
weights on both sides. They take turns, as many rounds as asked; all rounds are printed, and judged by their medians.

python3 bench_cuda.py                          BERT-base and MiniLM-L6, length 128, batch 128
python3 bench_cuda.py --device cpu --tiny      the same path on a CPU, to see that it works
"""

import argparse
import csv
import json
import os
import random
import statistics
import subprocess
import time
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

HERE = Path(__file__).resolve().parent
# hidden, layers, heads, inner; the share of the matmul rate to reach; the times of Transformers' rate to reach.
MODELS = {
    "BERT-base": (768, 12, 12, 3072, 0.45, 1.3),
    "MiniLM-L6": (384, 6, 12, 1536, None, 1.5),
    "tiny": (64, 2, 4, 128, None, None),
}
WORDS = [f"word{number}" for number in range(2000)]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = 30522


def wait(device):
    if device == "cuda":
        torch.cuda.synchronize()


def matmul_rate(device, size):
    """FLOP a second of a square bf16 product of random values."""
    a, b = (torch.randn(size, size, device=device, dtype=torch.bfloat16) for _ in range(2))
    for _ in range(3):
        a @ b
    wait(device)
    started, count = time.perf_counter(), 20 if device == "cuda" else 2
    for _ in range(count):
        a @ b
    wait(device)
    return 2 * size**3 * count / (time.perf_counter() - started)


def flops(shape, length):
    """Of one sample, forward and backward: three times 2·tokens·weights of the layers and the attention's two products."""
    hidden, layers, _, inner, *_ = shape
    return 3 * layers * length * (2 * (4 * hidden * hidden + 2 * hidden * inner) + 4 * length * hidden)


def write_base(folder, shape):
    """A model folder of random weights with a vocabulary of whole words."""
    hidden, layers, heads, inner, *_ = shape
    folder.mkdir(parents=True, exist_ok=True)
    rest = [f"[unused{number}]" for number in range(VOCABULARY - len(SPECIAL) - len(WORDS))]
    (folder / "vocab.txt").write_text("\n".join(SPECIAL + WORDS + rest), encoding="utf-8")
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    config = BertConfig(vocab_size=VOCABULARY, hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=inner)
    torch.manual_seed(1)
    BertForSequenceClassification(config).save_pretrained(folder)


def write_texts(path, rows, length):
    """Texts of `length` tokens with their two special ones; the label is whether the first word is an even one."""
    draw = random.Random(1)
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["text", "label"])
        for _ in range(rows):
            words = draw.choices(range(len(WORDS)), k=length - 2)
            out.writerow([" ".join(WORDS[word] for word in words), 1 - words[0] % 2])


def theirs(base, args, steps):
    torch.manual_seed(1)
    model = BertForSequenceClassification.from_pretrained(base, num_labels=2, attn_implementation="sdpa").to(args.device).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, weight_decay=0.01, fused=True)
    ids = torch.randint(len(SPECIAL), len(SPECIAL) + len(WORDS), (args.batch, args.length), device=args.device)
    mask, labels = torch.ones_like(ids), torch.randint(0, 2, (args.batch,), device=args.device)
    started = None
    for step in range(steps + 5):
        if step == 5:
            wait(args.device)
            started = time.perf_counter()
        with torch.autocast(args.device, dtype=torch.bfloat16):
            loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    wait(args.device)
    return steps * args.batch / (time.perf_counter() - started)


def ours(program, base, args, steps, work, number):
    table = work / "texts.csv"
    config = {
        "base_model": str(base), "max_length": args.length, "batch_size": args.batch, "max_steps": steps, "pooling": "cls",
        "eval_every_steps": steps, "learning_rate": 2e-5, "precision": "bf16", "device": args.device,
        "data": {"train": str(table), "valid_ratio": 0.02, "text": ["text"], "label": "label"},
    }
    path, run = work / f"{number}.json", work / f"run-{number}"
    path.write_text(json.dumps(config), encoding="utf-8")
    env = dict(os.environ)
    libraries = Path(torch.__file__).parent / "lib"
    env["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, [args.library_path or str(libraries), env.get("LD_LIBRARY_PATH")]))
    words = [program, "train", "--config", path, "--run-dir", run, "--json", "-"]
    done = subprocess.run(list(map(str, words)), env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"the program failed:\n{done.stderr}")
    return json.loads(done.stdout)["samples_per_sec"]


def measure(name, args, rate):
    shape = MODELS[name]
    work = args.work / name
    write_base(work / "base", shape)
    write_texts(work / "texts.csv", args.batch * 40, args.length)
    found = {"Transformers": [], "Touchstone": []}
    for number in range(args.rounds):
        found["Transformers"].append(theirs(work / "base", args, args.steps))
        found["Touchstone"].append(ours(args.program, work / "base", args, args.steps, work, number))
        told = ", ".join(f"{who} {rates[-1]:.0f}" for who, rates in found.items())
        print(f"{name}, round {number + 1}: {told} samples/s", flush=True)
    them, us = (statistics.median(found[who]) for who in ("Transformers", "Touchstone"))
    share, times = us * flops(shape, args.length) / rate, us / them
    print(f"{name}: {us:.0f} samples/s, {share:.1%} of the matmul rate, {times:.2f} times Transformers ({them:.0f})")
    return [
        f"{name}: {what} {value:.2f}, {wanted} asked"
        for what, value, wanted in (("share of the matmul rate", share, shape[4]), ("times Transformers", times, shape[5]))
        if wanted is not None and value < wanted
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=HERE / "touchstone")
    parser.add_argument("--work", type=Path, default=Path("bench-cuda-work"))
    parser.add_argument("--library-path", help="folder of libtorch, where it is not that of this Python's torch")
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    parser.add_argument("--tiny", action="store_true", help="a tiny model instead of the two")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    if args.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("this Python's torch sees no GPU; --device cpu --tiny tries the script without one")
    rate = matmul_rate(args.device, 8192 if args.device == "cuda" else 1024)
    where = torch.cuda.get_device_name() if args.device == "cuda" else "CPU"
    print(f"{where}, torch {torch.__version__}: bf16 matmul {rate / 1e12:.1f} TFLOP/s", flush=True)
    missed = []
    for name in ["tiny"] if args.tiny else ["BERT-base", "MiniLM-L6"]:
        missed += measure(name, args, rate)
    for line in missed:
        print(f"missed: {line}")
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
