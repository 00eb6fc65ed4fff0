"""Seconds to score short titles on the CPU: sentence-transformers' `encode` against the whole `predict`, in the same run.

Both run the same encoder (MiniLM-L6) over the same titles, at most 128 tokens, in fp32. sentence-transformers is timed
from the call of `encode` to its result, with the model loaded before, in the best of the batch sizes asked for.
The program is timed as a process: start, loading, reading the table, tokens, scores, writing the table. They take
turns, as many rounds as asked. Run by `cargo xtask interop --bench-scoring -- --table FILE --text COLUMN`.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import time
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")


def titles(args):
    with open(args.table, encoding="utf-8-sig", newline="") as file:
        found = [row[args.text] for row in csv.DictReader(file) if row[args.text].strip()]
    if len(found) < args.rows:
        print(f"{args.table} has {len(found)} texts only; they are repeated", flush=True)
        found *= -(-args.rows // len(found))
    return found[: args.rows]


def written(path, texts):
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["text", "label"])
        out.writerows([text, row % 2] for row, text in enumerate(texts))
    return path


def run(args, words):
    env = dict(os.environ)
    if args.library_path:
        env["LD_LIBRARY_PATH"] = args.library_path
    started = time.perf_counter()
    subprocess.run([args.program, *map(str, words)], env=env, check=True, capture_output=True)
    return time.perf_counter() - started


def fine_tuned(args, texts):
    """A model of the program over the same encoder; one step, since only its speed matters."""
    config = {
        "base_model": args.base, "max_length": 128, "max_steps": 1, "batch_size": 8, "device": "cpu", "precision": "fp32",
        "method": {"kind": "head_only"},
        "data": {"train": str(written(args.work / "few.csv", texts[:200])), "valid_ratio": 0.2, "text": ["text"], "label": "label"},
    }
    path = args.work / "scoring.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    folder = args.work / "scoring-run"
    run(args, ["train", "--config", path, "--run-dir", folder])
    return folder / "model"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--base", required=True)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--library-path")
    parser.add_argument("--table", required=True, type=Path)
    parser.add_argument("--text", required=True)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 128])
    args = parser.parse_args()
    from sentence_transformers import SentenceTransformer

    texts = titles(args)
    table = written(args.work / "titles.csv", texts)
    model = fine_tuned(args, texts)
    theirs_model = SentenceTransformer(args.base, device="cpu")
    theirs_model.max_seq_length = 128
    theirs_model.encode(texts[:64], show_progress_bar=False)
    theirs, ours = {size: [] for size in args.batches}, []
    for number in range(args.rounds):
        for size in args.batches:
            started = time.perf_counter()
            theirs_model.encode(texts, batch_size=size, show_progress_bar=False)
            theirs[size].append(time.perf_counter() - started)
        ours.append(run(args, ["predict", "--model", model, "--data", table, "--out", args.work / "scored.csv"]))
        told = ", ".join(f"{times[-1]:.2f} s ({size} a batch)" for size, times in theirs.items())
        print(f"round {number + 1}: sentence-transformers {told}; Touchstone {ours[-1]:.2f} s", flush=True)
    best = min(statistics.median(times) for times in theirs.values())
    mine = statistics.median(ours)
    print(f"median of {args.rows} titles: {best:.2f} s against {mine:.2f} s, {best / mine:.2f} times")


if __name__ == "__main__":
    main()
