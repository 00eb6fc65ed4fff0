"""Is what is learnt the same? Both fine-tune from the same weights on the same batches; losses and AUC are compared.

Women's clothing reviews, text -> recommended, MiniLM-L6, at most 128 tokens, batches of 32, one epoch, fp32. Dropout is
off, because no two generators drop the same cells: what is left is arithmetic, and any formula that differed (loss,
gradient, clipping, AdamW and where it decays, schedule, the order of layers) would show in the loss of a step. The
batches are those of the program: its order is computed here anew from the seed. For each seed: the largest difference
of a step's loss, and the AUC of the same test rows. Exit code 1 where an AUC differs by more than 0.01 or a loss by
more than 0.001.
Run by `cargo xtask interop --bench-learning -- --table FILE`.
"""

import csv
import json
import statistics
import sys

import bench_transformers as bench
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, get_linear_schedule_with_warmup

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
ORDER, WINDOW, WINDOW_BATCHES = 0x6F726465, 0x77696E64, 50
RATE, DECAY, WARMUP, CLIP = 2e-4, 0.01, 0.1, 1.0
LIMIT, LOSS_LIMIT = 0.01, 1e-3


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class Draws:
    """The program's draws (src/engine/random.rs)."""

    def __init__(self, seed, keys):
        self.key, self.count = mix(seed ^ GOLDEN), 0
        for part in keys:
            turned = ((self.key << 17) | (self.key >> 47)) & MASK
            self.key = mix(turned ^ mix((part + GOLDEN) & MASK))

    def below(self, n):
        self.count += 1
        return (mix((self.key + self.count * GOLDEN) & MASK) * n) >> 64

    def shuffle(self, values):
        for i in range(len(values) - 1, 0, -1):
            j = self.below(i + 1)
            values[i], values[j] = values[j], values[i]


def batches_of(lengths, seed):
    """The batches of the first epoch (src/engine/train/batches.rs)."""
    rows, size = list(range(len(lengths))), bench.BATCH
    Draws(seed, [ORDER, 0]).shuffle(rows)
    batches = []
    for window, at in enumerate(range(0, len(rows), size * WINDOW_BATCHES)):
        chunk = sorted(rows[at : at + size * WINDOW_BATCHES], key=lengths.__getitem__)
        draws = Draws(seed, [WINDOW, 0, window])
        count = -(-len(chunk) // size)
        short, missing, start, cut = draws.below(count), count * size - len(chunk), 0, []
        for index in range(count):
            end = start + size - (missing if index == short else 0)
            cut.append(chunk[start:end])
            start = end
        draws.shuffle(cut)
        batches += cut
    return batches


class Reference:
    """The base model with a head drawn by `seed`, without dropout."""

    def __init__(self, base, folder, seed):
        torch.manual_seed(seed)
        self.tokenizer = AutoTokenizer.from_pretrained(base)
        off = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
        self.model = AutoModelForSequenceClassification.from_pretrained(base, num_labels=2, **off)
        self.model.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)

    def encode(self, texts):
        return self.tokenizer(texts, truncation=True, max_length=bench.LENGTH)["input_ids"]

    def logits(self, encoded):
        return self.model(**self.tokenizer.pad({"input_ids": encoded}, return_tensors="pt")).logits

    def learn(self, texts, labels, seed):
        """One epoch as Transformers' Trainer does it; the loss of each step."""
        encoded = self.encode(texts)
        batches = batches_of([len(ids) for ids in encoded], seed)
        plain = [p for name, p in self.model.named_parameters() if name.endswith("bias") or "LayerNorm" in name]
        known = {id(p) for p in plain}
        others = [p for p in self.model.parameters() if id(p) not in known]
        groups = [{"params": others, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0.0}]
        optimizer = torch.optim.AdamW(groups, lr=RATE, fused=True)
        warmup = -int(-len(batches) * WARMUP // 1)
        schedule = get_linear_schedule_with_warmup(optimizer, warmup, len(batches))
        self.model.train()
        losses = []
        for rows in batches:
            logits = self.logits([encoded[row] for row in rows])
            loss = torch.nn.functional.cross_entropy(logits, torch.tensor([labels[row] for row in rows]))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            losses.append(loss.item())
        return losses

    def scores(self, texts):
        encoded = self.encode(texts)
        self.model.eval()
        order, found = sorted(range(len(texts)), key=lambda row: len(encoded[row])), {}
        with torch.no_grad():
            for at in range(0, len(order), 64):
                rows = order[at : at + 64]
                found.update(zip(rows, self.logits([encoded[row] for row in rows]).softmax(-1)[:, 1].tolist()))
        return [found[row] for row in range(len(texts))]


def ours(args, base, seed, tables):
    """(loss of each step, scores of the test rows) of the program."""
    settings = {
        "base_model": str(base), "max_length": bench.LENGTH, "batch_size": bench.BATCH, "learning_rate": RATE,
        "head_learning_rate": RATE, "weight_decay": DECAY, "warmup_ratio": WARMUP, "max_grad_norm": CLIP,
        "epochs": 1, "seed": seed, "pooling": "cls", "precision": "fp32", "device": "cpu",
        # Evaluated at the end alone, so that the last weights are kept and not those of an earlier best step.
        "eval_every_steps": 1_000_000,
        "data": {"train": str(tables["train"]), "valid": str(tables["valid"]), "text": ["text"], "label": "label"},
    }
    config, run, out = args.work / f"{seed}.json", args.work / f"run-{seed}", args.work / f"scored-{seed}.csv"
    config.write_text(json.dumps(settings), encoding="utf-8")
    bench.program(args, ["train", "--config", config, "--run-dir", run])
    events = map(json.loads, (run / "events.jsonl").read_text(encoding="utf-8").splitlines())
    losses = {event["step"]: event["loss"] for event in events if event["type"] == "train"}
    bench.program(args, ["predict", "--model", run / "model", "--data", tables["test"], "--out", out, "--precision", "fp32"])
    with open(out, encoding="utf-8", newline="") as file:
        return losses, [float(row["score"]) for row in csv.DictReader(file)]


def furthest_apart(theirs, told):
    """Between the losses of all steps and those told: of quick steps the program tells the mean since it told last."""
    before, found = 0, []
    for step, loss in sorted(told.items()):
        found.append(abs(statistics.mean(theirs[before:step]) - loss))
        before = step
    return max(found) if before == len(theirs) else float("inf")


def main():
    parser = bench.arguments(__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1100, help="rows to learn from; the others are for testing")
    args = parser.parse_args()
    texts, labels = bench.reviews(args)
    count = min(args.rows, len(texts) - 64)
    seen, unseen = range(count), range(count, len(texts))
    parts = {"train": seen, "test": unseen, "valid": unseen[:64]}
    tables = {name: bench.write_table(args.work / f"{name}.csv", texts, labels, part) for name, part in parts.items()}
    found, all_alike = [], True
    for seed in range(1, args.seeds + 1):
        base = args.work / f"base-{seed}"
        reference = Reference(args.base, base, seed)
        theirs = reference.learn([texts[row] for row in seen], [labels[row] for row in seen], seed)
        scores = reference.scores([texts[row] for row in unseen])
        losses, own = ours(args, base, seed, tables)
        truth = [labels[row] for row in unseen]
        pair = bench.auc(scores, truth), bench.auc(own, truth)
        apart = furthest_apart(theirs, losses)
        shift = max(abs(a - b) for a, b in zip(scores, own))
        found.append(pair)
        all_alike = all_alike and apart <= LOSS_LIMIT
        print(
            f"seed {seed}: {len(theirs)} steps, largest difference of a loss {apart:.1e}, of a test "
            f"row's probability {shift:.1e}; test AUC Transformers {pair[0]:.4f}, Touchstone {pair[1]:.4f}", flush=True,
        )
    means = [statistics.mean(side) for side in zip(*found)]
    furthest = max(abs(a - b) for a, b in found)
    print(
        f"{len(seen)} training rows, {len(unseen)} test rows, {args.seeds} seeds: mean AUC {means[0]:.4f} against "
        f"{means[1]:.4f}, furthest apart {furthest:.4f} (limit {LIMIT})"
    )
    sys.exit(0 if furthest <= LIMIT and all_alike else 1)


if __name__ == "__main__":
    main()
