"""Samples a second of a fine-tuning: Transformers' best line on the CPU against the program, in the same run.

Women's clothing reviews, text -> recommended, MiniLM-L6, at most 128 tokens, batches of 32. Transformers: batches
of like length, PyTorch's AdamW, the loop of its Trainer without its reports. Both compute in bf16 where the CPU has
instructions for it and in fp32 elsewhere, where bf16 is emulated and many times slower. Each goes after the other, as
many times as asked; the rates of all rounds and the peaks of resident memory are printed. With `--auc-seeds N` both
learn from the same rows for one epoch N times, and the AUC of the same test rows is compared.
Run by `cargo xtask interop --bench -- --table FILE`.
"""

import argparse
import contextlib
import csv
import json
import os
import random
import resource
import statistics
import subprocess
import time
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, get_linear_schedule_with_warmup

LENGTH, BATCH = 128, 32


def has_bf16():
    """Whether the CPU multiplies bf16 itself; Linux tells."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def batches_of(encoded, rows, seed):
    """Batches of like length in an order drawn anew."""
    order = sorted(rows, key=lambda row: len(encoded[row]))
    batches = [order[at : at + BATCH] for at in range(0, len(order) - BATCH + 1, BATCH)]
    random.Random(seed).shuffle(batches)
    return batches


class Transformers:
    """One fine-tuning with the loop of Transformers' Trainer."""

    def __init__(self, base, texts, labels, precision, seed=1):
        torch.manual_seed(seed)
        self.tokenizer = AutoTokenizer.from_pretrained(base)
        self.model = AutoModelForSequenceClassification.from_pretrained(base, num_labels=2)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=2e-4, weight_decay=0.01, fused=True)
        self.encoded = self.tokenizer(texts, truncation=True, max_length=LENGTH)["input_ids"]
        self.labels, self.precision = labels, precision

    def half(self):
        return torch.autocast("cpu", dtype=torch.bfloat16) if self.precision == "bf16" else contextlib.nullcontext()

    def padded(self, rows):
        return self.tokenizer.pad({"input_ids": [self.encoded[row] for row in rows]}, return_tensors="pt")

    def step(self, rows):
        with self.half():
            loss = self.model(**self.padded(rows), labels=torch.tensor([self.labels[row] for row in rows])).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()

    def rate(self, steps):
        """Samples a second over `steps` steps after two to warm up."""
        self.model.train()
        started = None
        for step, rows in enumerate(batches_of(self.encoded, range(len(self.encoded)), 1)[: steps + 2]):
            if step == 2:
                started = time.perf_counter()
            self.step(rows)
        return steps * BATCH / (time.perf_counter() - started)

    def epoch_auc(self, train, test, seed):
        """One epoch over the rows `train` with a linear schedule; the AUC of the rows `test`."""
        self.model.train()
        batches = batches_of(self.encoded, train, seed)
        schedule = get_linear_schedule_with_warmup(self.optimizer, len(batches) // 10, len(batches))
        for rows in batches:
            self.step(rows)
            schedule.step()
        self.model.eval()
        scores = {}
        ordered = sorted(test, key=lambda row: len(self.encoded[row]))
        with torch.no_grad(), self.half():
            for at in range(0, len(ordered), 64):
                rows = ordered[at : at + 64]
                shares = self.model(**self.padded(rows)).logits.float().softmax(-1)[:, 1].tolist()
                scores.update(zip(rows, shares))
        return auc([scores[row] for row in test], [self.labels[row] for row in test])


def auc(scores, labels):
    """Share of pairs of a positive and a negative that are in order, ties half (Mann and Whitney 1947)."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks, at = [0.0] * len(scores), 0
    while at < len(order):
        end = at
        while end < len(order) and scores[order[end]] == scores[order[at]]:
            end += 1
        for place in order[at:end]:
            ranks[place] = (at + 1 + end) / 2
        at = end
    positives = sum(labels)
    total = sum(rank for rank, label in zip(ranks, labels) if label)
    return (total - positives * (positives + 1) / 2) / (positives * (len(labels) - positives))


def program(args, words):
    env = dict(os.environ)
    if args.library_path:
        env["LD_LIBRARY_PATH"] = args.library_path
    return subprocess.run([args.program, *map(str, words)], env=env, capture_output=True, text=True, check=True).stdout


def write_table(path, texts, labels, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["text", "label"])
        out.writerows([texts[row], labels[row]] for row in rows)
    return path


def train(args, name, table, **settings):
    config = {
        "base_model": args.base, "max_length": LENGTH, "batch_size": BATCH, "learning_rate": 2e-4,
        "precision": args.precision, "device": "cpu",
        "data": {"train": str(table), "valid_ratio": 0.02, "text": ["text"], "label": "label"}, **settings,
    }
    path, run = args.work / f"{name}.json", args.work / name
    path.write_text(json.dumps(config), encoding="utf-8")
    return run, json.loads(program(args, ["train", "--config", path, "--run-dir", run, "--json", "-"]))


def most_resident(run):
    """Bytes, as the worker wrote them into its log each second; a child's rusage would begin with this process's."""
    with open(run / "events.jsonl", encoding="utf-8") as log:
        return max((event.get("rss_bytes") or 0 for event in map(json.loads, log)), default=0)


def compare_auc(args, texts, labels):
    """Both learn from the same rows with as many seeds; the AUC of rows that neither saw."""
    train_rows = range(args.auc_rows)
    test_rows = range(args.auc_rows, min(len(texts), args.auc_rows + args.auc_test))
    table = write_table(args.work / "auc-train.csv", texts, labels, train_rows)
    test = write_table(args.work / "auc-test.csv", texts, labels, test_rows)
    theirs, ours = [], []
    for seed in range(1, args.auc_seeds + 1):
        theirs.append(Transformers(args.base, texts, labels, args.precision, seed).epoch_auc(train_rows, test_rows, seed))
        # Evaluated at the end alone: the last weights, as the others', and not those of an earlier best step.
        run, _ = train(args, f"auc-{seed}", table, epochs=1, seed=seed, eval_every_steps=1_000_000)
        scored = args.work / f"auc-{seed}.csv"
        program(args, ["predict", "--model", run / "model", "--data", test, "--out", scored])
        with open(scored, encoding="utf-8", newline="") as file:
            scores = [float(row["score"]) for row in csv.DictReader(file)]
        ours.append(auc(scores, [labels[row] for row in test_rows]))
        print(f"seed {seed}: test AUC Transformers {theirs[-1]:.4f}, Touchstone {ours[-1]:.4f}", flush=True)
    apart = statistics.mean(ours) - statistics.mean(theirs)
    print(
        f"{args.auc_rows} training rows, {len(test_rows)} test rows, {args.auc_seeds} seeds: mean AUC "
        f"{statistics.mean(theirs):.4f} against {statistics.mean(ours):.4f}, {apart:+.4f}"
    )


def arguments(description):
    """What each comparison of trainings is told: the program, the base model, a folder, the reviews."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--program", required=True)
    parser.add_argument("--base", required=True)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--library-path")
    parser.add_argument("--table", required=True, type=Path, help="the reviews as CSV")
    parser.add_argument("--text", default="ReviewText")
    parser.add_argument("--label", default="Recommended IND")
    return parser


def reviews(args):
    """(texts, labels), shuffled alike each time."""
    with open(args.table, encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row[args.text].strip()]
    random.Random(1).shuffle(rows)
    return [row[args.text] for row in rows], [int(row[args.label]) for row in rows]


def main():
    parser = arguments(__doc__)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--auc-seeds", type=int, default=0, help="compare the test AUC of so many seeds instead")
    parser.add_argument("--auc-rows", type=int, default=1100, help="rows to learn from")
    parser.add_argument("--auc-test", type=int, default=400, help="rows to test with")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="bf16" if has_bf16() else "fp32")
    args = parser.parse_args()
    texts, labels = reviews(args)
    if args.auc_seeds > 0:
        return compare_auc(args, texts, labels)
    count = 40 * BATCH * (1 + args.steps // 20)
    table = write_table(args.work / "bench.csv", texts, labels, range(min(count, len(texts))))
    theirs, ours = [], []
    for number in range(args.rounds):
        theirs.append(Transformers(args.base, texts[:count], labels, args.precision).rate(args.steps))
        _, told = train(args, f"bench-run-{number}", table, max_steps=args.steps, eval_every_steps=args.steps)
        ours.append(told["samples_per_sec"])
        print(f"round {number + 1}: Transformers {theirs[-1]:.2f}, Touchstone {ours[-1]:.2f} samples/s", flush=True)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # KiB on Linux
    worker = max(most_resident(args.work / f"bench-run-{number}") for number in range(args.rounds))
    print(f"peak resident memory: {own / 1e9:.2f} GB against {worker / 1e9:.2f} GB")
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"median: {statistics.median(theirs):.2f} against {statistics.median(ours):.2f} samples/s in {args.precision}, {ratio:.2f} times")


if __name__ == "__main__":
    main()
