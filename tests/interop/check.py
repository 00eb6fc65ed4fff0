"""Do the files a training leaves open in the Python world, with the same numbers?

Trains small models with the program, then compares: logits in Transformers and PEFT, TensorBoard's event file with the
native log (after a kill and a resume too), the model card with the run. Prints what was compared and how far apart it
is; exit code 1 if anything differs. Run by `cargo xtask interop`.
"""

import argparse
import csv
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import blake3
import tiny_bases
import numpy as np
import torch
from huggingface_hub import ModelCard
from peft import PeftModel
from sentence_transformers import SentenceTransformer
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from transformers.dynamic_module_utils import get_class_from_dynamic_module
from transformers.utils import logging

logging.disable_progress_bar()

LOGIT_LIMIT = 1e-4
ROWS = 40
NAMES = {
    "loss": "train/loss",
    "learning_rate": "learning_rate",
    "grad_norm": "grad_norm",
    "epoch": "epoch",
    "samples_per_sec": "samples_per_sec",
    "tokens_per_sec": "tokens_per_sec",
    "padding_share": "padding_share",
    "rss_bytes": "rss_bytes",
}
LORA = {"kind": "lora", "rank": 4, "alpha": 8, "dropout": 0.1, "targets": ["query", "value", "output.dense"]}
CLASSES = {"task": "multiclass", "metric": "macro_f1", "data": {"text": ["name"], "label": "noun"}}
GRADES = {"task": "graded", "metric": "spearman", "data": {"text": ["name"], "label": "stars"}}
CASES = {
    "full, first token": {"pooling": "cls"},
    "LoRA, first token": {"pooling": "cls", "method": LORA},
    "LoRA on every dense layer": {"pooling": "cls", "method": LORA | {"targets": ["query", "dense"]}},
    "full, mean": {"pooling": "mean"},
    "LoRA, mean": {"pooling": "mean", "method": LORA},
    "full, text pair and numbers": {"pooling": "mean", "data": {"text": ["query", "title"], "numeric": ["price"]}},
    "RoBERTa with byte pairs, full, first token": {"base": "roberta", "pooling": "cls"},
    "RoBERTa with byte pairs, LoRA, text pair and numbers": {
        "base": "roberta", "pooling": "cls", "method": LORA, "data": {"text": ["query", "title"], "numeric": ["price"]},
    },
    "XLM-RoBERTa with unigrams, LoRA, first token": {"base": "xlm-roberta", "pooling": "cls", "method": LORA},
    "XLM-RoBERTa with unigrams, full, mean": {"base": "xlm-roberta", "pooling": "mean"},
    "DistilBERT, LoRA, first token": {"base": "distilbert", "pooling": "cls", "method": LORA},
    "DistilBERT, full, mean, text pair": {"base": "distilbert", "pooling": "mean", "data": {"text": ["query", "title"]}},
    "LoRA, first token and numbers": {"pooling": "cls", "method": LORA, "data": {"numeric": ["price"]}},
    "five classes, full, first token": {"pooling": "cls", **CLASSES},
    "five classes, LoRA, mean": {"pooling": "mean", "method": LORA, **CLASSES},
    "five classes, balanced, numbers and categories": {
        "pooling": "mean", "loss": {"kind": "balanced"}, **CLASSES,
        "data": {"text": ["name"], "label": "noun", "numeric": ["price"], "categorical": ["shop", "size"]},
    },
    "grades, full, first token": {"pooling": "cls", **GRADES},
    "grades, full, mean": {"pooling": "mean", **GRADES},
    "grades, LoRA, mean, categories": {"pooling": "mean", "method": LORA, **GRADES, "data": {"text": ["name"], "label": "stars", "categorical": ["shop"]}},
    "full, first token and categories": {"pooling": "cls", "data": {"categorical": ["shop", "size"]}},
    "DistilBERT, LoRA, first token, categories and numbers": {
        "base": "distilbert", "pooling": "cls", "method": LORA, "data": {"numeric": ["price"], "categorical": ["size"]},
    },
    "RoBERTa, grades, full, mean": {"base": "roberta", "pooling": "mean", **GRADES},
    "XLM-RoBERTa, five classes, LoRA, mean": {"base": "xlm-roberta", "pooling": "mean", "method": LORA, **CLASSES},
}


class Checks:
    """Prints each comparison and remembers the failures."""

    def __init__(self):
        self.done = 0
        self.failed = []

    def that(self, what, holds, found):
        self.done += 1
        print(f"{'ok    ' if holds else 'FAILED'} {what}: {found}", flush=True)
        if not holds:
            self.failed.append(what)

    def logits(self, what, ours, theirs):
        # Logits that are all alike would agree with anything.
        spread = float(ours.std(axis=0).min())
        self.that(f"{what}: logits vary over the rows", spread > 1e-3, f"standard deviation {spread:.3f}")
        apart = float(np.abs(ours - theirs).max()) if ours.shape == theirs.shape else float("inf")
        found = f"{ours.shape[0]} x {ours.shape[1]} logits, max abs difference {apart:.2e} (limit {LOGIT_LIMIT:.0e})"
        self.that(what, apart <= LOGIT_LIMIT, found)


class Program:
    """The command line of Touchstone."""

    def __init__(self, args):
        self.path = args.program
        self.env = dict(os.environ)
        if args.library_path:
            self.env["LD_LIBRARY_PATH"] = args.library_path

    def __call__(self, *words, check=True):
        done = subprocess.run([self.path, *map(str, words)], env=self.env, capture_output=True, text=True)
        if check and done.returncode != 0:
            sys.exit(f"touchstone {' '.join(map(str, words))} failed:\n{done.stderr}")
        return done


def write_table(path, rows, seed):
    draws, others = random.Random(seed), random.Random(seed + 100)
    good, bad = ["lovely", "soft", "perfect", "great"], ["itchy", "poor", "ugly", "torn"]
    nouns = ["dress", "shirt", "coat", "skirt", "sweater", "裙子"]
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["query", "title", "price", "label", "name", "noun", "stars", "shop", "size"])
        for _ in range(rows):
            label = draws.random() < 0.5
            words = [draws.choice(good if label else bad)] + [draws.choice(nouns) for _ in range(draws.randint(0, 12))]
            price = "" if draws.random() < 0.2 else f"{draws.gauss(20 + 5 * label, 4):.2f}"
            noun = others.choice(nouns[:5])
            # `shop` has values of one row, and others that only the test table has.
            shop = others.choice(["north", "south", "", f"pop-up {seed}.{others.randint(0, 99)}"])
            table.writerow([
                draws.choice(nouns), " ".join(words), price, int(label), f"{noun} {' '.join(words)}", noun,
                1 + 3 * label + others.randint(0, 1), shop, others.choice(["36", "38", "40.0"]),
            ])


def settings(base, **changes):
    data = {"train": "train.csv", "test": "test.csv", "valid_ratio": 0.2, "text": ["title"], "label": "label"}
    config = {
        "base_model": base, "max_length": 24, "batch_size": 8, "max_steps": 8, "eval_every_steps": 4,
        "learning_rate": 1e-3, "precision": "fp32", "device": "cpu", "data": data | changes.pop("data", {}),
    }
    return config | changes


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def our_logits(program, model, table):
    out = table.with_name("scored.csv")
    program("predict", "--model", model, "--data", table, "--out", out, "--logits", "--precision", "fp32", "--device", "cpu")
    rows = rows_of(out)
    names = [name for name in rows[0] if name.startswith("logit_")]
    return np.array([[float(row[name]) for name in names] for row in rows]), rows


def numbers_for(model_dir, rows):
    numeric_inputs = own_module(model_dir).numeric_inputs
    return numeric_inputs(model_dir, [{"price": float(row["price"]) if row["price"] else None} for row in rows])


def check_answers(checks, name, config, logits, rows):
    """What `predict` writes beside the logits follows from them by config.json."""
    if config["problem_type"] == "regression":
        apart = max(abs(float(row["score"]) - logit[0]) for row, logit in zip(rows, logits))
        checks.that(f"{name}: the score is the logit", apart < 1e-6, f"{apart:.1e}")
    elif len(config["id2label"]) > 2:
        named = [config["id2label"][str(at)] for at in range(len(config["id2label"]))]
        answers = [named[at] for at in logits.argmax(axis=1)]
        checks.that(f"{name}: predicted is config.json's id2label", answers == [row["predicted"] for row in rows], set(answers))
        told = np.array([[float(row[f"probability_{label}"]) for label in named] for row in rows])
        apart = float(np.abs(told - torch.softmax(torch.tensor(logits), dim=1).numpy()).max())
        checks.that(f"{name}: probabilities are the softmax of the logits", apart < 1e-6, f"{apart:.1e}")
        checks.that(f"{name}: label2id is id2label turned round", config["label2id"] == {label: at for at, label in enumerate(named)}, named)


def own_module(model_dir):
    config = json.loads((model_dir / "config.json").read_text(encoding="utf-8"))
    name = config["auto_map"]["AutoModelForSequenceClassification"]
    cls = get_class_from_dynamic_module(name, str(model_dir))
    return sys.modules[cls.__module__]


def their_logits(model, model_dir, rows):
    card = json.loads((model_dir / "touchstone.json").read_text(encoding="utf-8"))
    tokenizer = AutoTokenizer.from_pretrained(model_dir)
    texts = [[row[name] for row in rows] for name in card["text"]]
    batch = tokenizer(*texts, padding=True, truncation=True, max_length=card["max_length"], return_tensors="pt")
    if card["numeric"]:
        batch["numeric"] = numbers_for(model_dir, rows)
    if card.get("categorical"):
        batch["categories"] = own_module(model_dir).category_inputs(model_dir, rows)
    with torch.no_grad():
        return model.eval()(**batch).logits.numpy()


def check_model(checks, program, name, run, base, table):
    model_dir = run / "model"
    config = json.loads((model_dir / "config.json").read_text(encoding="utf-8"))
    rows = rows_of(table)
    ours, scored = our_logits(program, model_dir, table)
    check_answers(checks, name, config, ours, scored)
    plain = "auto_map" not in config
    load = AutoModelForSequenceClassification.from_pretrained
    model, report = load(model_dir, trust_remote_code=not plain, output_loading_info=True)
    missing = sorted(report["missing_keys"]) + sorted(report["unexpected_keys"])
    checks.that(f"{name}: every tensor is read and none is left over", not missing, missing or "none")
    flag = "" if plain else ", trust_remote_code=True"
    checks.logits(f"{name}: AutoModelForSequenceClassification{flag}", ours, their_logits(model, model_dir, rows))
    if not plain:
        check_no_silent_load(checks, name, model_dir)
    if (model_dir / "adapter").is_dir():
        if plain:
            head = {"num_labels": config["num_labels"]} if "num_labels" in config else {}
            adapted = PeftModel.from_pretrained(load(base, **head, ignore_mismatched_sizes=True), model_dir / "adapter")
        else:
            adapted = own_module(model_dir).with_adapter(str(model_dir), base)
        count = sum(module.__class__.__module__.startswith("peft.tuners.lora.layer") for module in adapted.modules())
        checks.that(f"{name}: PEFT puts adapters into the encoder", count > 0, f"{count} layers")
        checks.logits(f"{name}: PEFT, adapter beside the base model", ours, their_logits(adapted, model_dir, rows))
    if (model_dir / "modules.json").is_file():
        check_sentence_encoder(checks, name, model_dir, rows, ours)


def check_no_silent_load(checks, name, model_dir):
    """A head Transformers does not know must not pass for one it knows."""
    try:
        _, report = AutoModelForSequenceClassification.from_pretrained(
            model_dir, trust_remote_code=False, output_loading_info=True
        )
        said = sorted(report["missing_keys"]) + sorted(report["unexpected_keys"])
        found = f"it reports {', '.join(said)}"
    except (RuntimeError, ValueError) as error:
        said, found = [error], f"it refuses ({str(error).strip().splitlines()[0][:90]})"
    checks.that(f"{name}: without trust_remote_code Transformers does not pass it off as its own", bool(said), found)


def check_sentence_encoder(checks, name, model_dir, rows, ours):
    encoder = SentenceTransformer(str(model_dir), device="cpu")
    names = json.loads((model_dir / "touchstone.json").read_text(encoding="utf-8"))["text"]
    texts = [row[names[0]] if len(names) == 1 else tuple(row[name] for name in names) for row in rows]
    checks.logits(f"{name}: sentence-transformers encode", ours, encoder.encode(texts, show_progress_bar=False))


def native_curves(run):
    """What events.jsonl says, without what a resume made void: tag -> [(step, value)]."""
    curves = {}

    def point(tag, step, value):
        if value is None or not np.isfinite(value):
            return
        points = curves.setdefault(tag, [])
        while points and points[-1][0] >= step:
            points.pop()
        points.append((step, float(np.float32(value))))

    for line in (run / "events.jsonl").read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        step, kind = event["step"], event["type"]
        if kind == "resumed":
            for points in curves.values():
                points[:] = [point for point in points if point[0] <= event["from_step"]]
        elif kind == "train":
            for key, tag in NAMES.items():
                point(tag, step, event[key])
        elif kind == "machine":
            point("cpu_cores", step, event["cpu_cores"])
        elif kind in ("evaluated", "finished"):
            prefix, metrics = ("valid", "metrics") if kind == "evaluated" else ("test", "test_metrics")
            for key, value in event[metrics].items():
                point(f"{prefix}/{key}", step, value)
    return {tag: points for tag, points in curves.items() if points}


def tensorboard_curves(run):
    events = event_accumulator.EventAccumulator(str(run), size_guidance={event_accumulator.SCALARS: 0})
    events.Reload()
    return {tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


def repeated_points(run):
    from tensorboard.compat.proto.event_pb2 import Event

    seen, repeated = set(), 0
    for path in run.glob("events.out.tfevents.*"):
        for record in RawEventFileLoader(str(path)).Load():
            event = Event.FromString(record)
            for value in event.summary.value:
                repeated += (value.tag, event.step) in seen
                seen.add((value.tag, event.step))
    return repeated


def check_tensorboard(checks, name, run):
    native, board = native_curves(run), tensorboard_curves(run)
    checks.that(f"{name}: TensorBoard has the tags of the log", set(native) == set(board), f"{len(board)} tags")
    points = sum(map(len, native.values()))
    differing = [tag for tag in native if native[tag] != board.get(tag)]
    found = f"{points} points, differing in {differing or 'none'}"
    checks.that(f"{name}: TensorBoard has the log's steps and values", points > 0 and not differing, found)
    repeated = repeated_points(run)
    checks.that(f"{name}: no point stands twice in the files", repeated == 0, f"{repeated} repeats")


def check_kill_and_resume(checks, program, base, work):
    name = "killed and resumed"
    config = settings(base, pooling="cls", max_steps=24, eval_every_steps=4)
    (work / "killed.json").write_text(json.dumps(config), encoding="utf-8")
    run = work / "run-killed"
    started = program("train", "--config", work / "killed.json", "--run-dir", run, "--detach", "--json", "-")
    pid = json.loads(started.stdout)["pid"]
    deadline = time.monotonic() + 300
    while not past_first_checkpoint(run):
        if time.monotonic() > deadline:
            sys.exit("the run to kill wrote no checkpoint within 5 minutes")
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)
    files = list(run.glob("events.out.tfevents.*"))
    with open(files[0], "r+b") as file:
        file.truncate(files[0].stat().st_size - 5)
    told = max((points[-1][0] for points in tensorboard_curves(run).values()), default=0)
    checks.that(f"{name}: TensorBoard reads the file whose last record is cut", told > 0, f"up to step {told}")
    program("train", "--run-dir", run, "--resume")
    text = (run / "events.jsonl").read_text(encoding="utf-8")
    resumed = re.findall(r'"type":"resumed","from_step":(\d+)', text)
    checks.that(f"{name}: the run went on from a checkpoint", len(resumed) == 1, f"from step {resumed}")
    check_tensorboard(checks, name, run)
    last = max(points[-1][0] for points in tensorboard_curves(run).values())
    checks.that(f"{name}: TensorBoard's curves reach the end", last == 24, f"step {last}")


def past_first_checkpoint(run):
    """True a step or more after a checkpoint, so that there is something to make void."""
    try:
        lines = (run / "events.jsonl").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return False
    saved = [at for at, line in enumerate(lines) if '"type":"checkpoint"' in line]
    return bool(saved) and any('"type":"train"' in line for line in lines[saved[0]:])


def check_card(checks, name, run, work, base):
    path = run / "model" / "README.md"
    text = path.read_text(encoding="utf-8")
    card = ModelCard.load(path)
    front = {"library": card.data.library_name, "base": card.data.base_model, "task": card.data.pipeline_tag}
    wanted = {"library": "transformers", "base": Path(base).name, "task": "text-classification"}
    checks.that(f"{name}: huggingface_hub reads the model card", front == wanted, front)
    files = [work / "train.csv", work / "test.csv", Path(base) / "model.safetensors"]
    absent = [file.name for file in files if blake3.blake3(file.read_bytes()).hexdigest() not in text]
    checks.that(f"{name}: the card has the BLAKE3 of the data and the base model", not absent, f"{len(files)} files, absent {absent or 'none'}")
    events = map(json.loads, (run / "events.jsonl").read_text(encoding="utf-8").splitlines())
    finished = next(event for event in events if event["type"] == "finished")
    tested = finished["test_metrics"]
    wrong = [key for key, value in tested.items() if not re.search(rf"^\| {key} \| [^|]+ \| {value:.4f} \|$", text, re.M)]
    checks.that(f"{name}: the card has the test metrics of the log", bool(tested) and not wrong, f"{len(tested)} metrics, wrong {wrong or 'none'}")
    hours = float(re.search(r"Time 时间: ([\d.]+) hours", text)[1])
    cores, share = map(float, re.search(r"Cores 核: (\d+), used to (\d+) %", text).groups())
    memory = float(re.search(r": ([\d.]+) GB", text)[1])
    told = float(re.search(r"([\d.]+) kWh", text)[1])
    energy = hours * (cores * 12 * share / 100 + memory * 0.3725) / 1000
    # The card rounds hours to 0.0001 and the share to 1 %.
    near = abs(told - energy) <= 1e-6 + energy * (0.00006 / max(hours, 1e-9) + 0.006 / max(share / 100, 0.01))
    checks.that(f"{name}: the card's energy follows from its formula", near, f"{told} kWh told, {energy:.6f} computed")
    checks.that(f"{name}: the card names no folder of this machine", str(work) not in text, "none")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--base", required=True, help="folder of the base model")
    parser.add_argument("--work", required=True, type=Path, help="an empty folder")
    parser.add_argument("--library-path", help="where the program finds libtorch")
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    args = parser.parse_args()
    torch.set_num_threads(1)
    checks, program, work = Checks(), Program(args), args.work.resolve()
    write_table(work / "train.csv", 160, 1)
    write_table(work / "test.csv", ROWS, 2)
    bases = tiny_bases.make(work, work / "train.csv", args.base)
    for number, (name, changes) in enumerate(CASES.items()):
        if args.only not in name:
            continue
        config = work / f"config-{number}.json"
        base = bases[changes.pop("base")] if "base" in changes else args.base
        config.write_text(json.dumps(settings(base, **changes)), encoding="utf-8")
        run = work / f"run-{number}"
        program("train", "--config", config, "--run-dir", run)
        check_model(checks, program, name, run, base, work / "test.csv")
        check_tensorboard(checks, name, run)
        check_card(checks, name, run, work, base)
    if not args.only:
        check_kill_and_resume(checks, program, args.base, work)
    print(f"\n{checks.done} comparisons, {len(checks.failed)} failed")
    for what in checks.failed:
        print(f"failed: {what}")
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
