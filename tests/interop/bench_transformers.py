"""Samples a second of a fine-tuning: Transformers' best line on the CPU against the program, in the same run.

Women's clothing reviews, text -> recommended, MiniLM-L6, at most 128 tokens, batches of 32. Transformers: batches
of like length, PyTorch's AdamW, the loop of its Trainer without its reports. Both compute in bf16 where the CPU has
instructions for it and in fp32 elsewhere, where bf16 is emulated and many times slower. Each goes after the other, as
many times as asked; the rates of all rounds are printed. Run by `cargo xtask interop --bench -- --table FILE`.
"""

import argparse
import contextlib
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
from transformers import AutoModelForSequenceClassification, AutoTokenizer

LENGTH, BATCH = 128, 32


def has_bf16():
    """Whether the CPU multiplies bf16 itself; Linux tells."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def transformers_rate(base, texts, labels, steps, precision):
    """Samples a second over `steps` steps after two to warm up."""
    torch.manual_seed(1)
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForSequenceClassification.from_pretrained(base, num_labels=2).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-4, weight_decay=0.01, fused=True)
    encoded = tokenizer(texts, truncation=True, max_length=LENGTH)["input_ids"]
    order = sorted(range(len(texts)), key=lambda row: len(encoded[row]))
    batches = [order[at : at + BATCH] for at in range(0, len(order) - BATCH + 1, BATCH)]
    random.Random(1).shuffle(batches)
    started = None
    for step, rows in enumerate(batches[: steps + 2]):
        if step == 2:
            started = time.perf_counter()
        batch = tokenizer.pad({"input_ids": [encoded[row] for row in rows]}, return_tensors="pt")
        half = torch.autocast("cpu", dtype=torch.bfloat16) if precision == "bf16" else contextlib.nullcontext()
        with half:
            loss = model(**batch, labels=torch.tensor([labels[row] for row in rows])).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    return steps * BATCH / (time.perf_counter() - started)


def our_rate(args, table, steps, number):
    config = {
        "base_model": args.base, "max_length": LENGTH, "batch_size": BATCH, "max_steps": steps,
        "eval_every_steps": steps, "learning_rate": 2e-4, "precision": args.precision, "device": "cpu",
        "data": {"train": str(table), "valid_ratio": 0.02, "text": ["text"], "label": "label"},
    }
    path = args.work / f"bench-{number}.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    env = dict(os.environ)
    if args.library_path:
        env["LD_LIBRARY_PATH"] = args.library_path
    run = args.work / f"bench-run-{number}"
    words = [args.program, "train", "--config", str(path), "--run-dir", str(run), "--json", "-"]
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["samples_per_sec"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--base", required=True)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--library-path")
    parser.add_argument("--table", required=True, type=Path, help="the reviews as CSV")
    parser.add_argument("--text", default="ReviewText")
    parser.add_argument("--label", default="Recommended IND")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="bf16" if has_bf16() else "fp32")
    args = parser.parse_args()
    with open(args.table, encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row[args.text].strip()]
    random.Random(1).shuffle(rows)
    rows = rows[: 40 * BATCH * (1 + args.steps // 20)]
    table = args.work / "bench.csv"
    with open(table, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["text", "label"])
        out.writerows([row[args.text], row[args.label]] for row in rows)
    texts, labels = [row[args.text] for row in rows], [int(row[args.label]) for row in rows]
    theirs, ours = [], []
    for number in range(args.rounds):
        theirs.append(transformers_rate(args.base, texts, labels, args.steps, args.precision))
        ours.append(our_rate(args, table, args.steps, number))
        print(f"round {number + 1}: Transformers {theirs[-1]:.2f}, Touchstone {ours[-1]:.2f} samples/s", flush=True)
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"median: {statistics.median(theirs):.2f} against {statistics.median(ours):.2f} samples/s in {args.precision}, {ratio:.2f} times")


if __name__ == "__main__":
    main()
