"""Seconds and peak memory of the whole audit against DuckDB's SUMMARIZE and polars' read_csv, in the same run.

The log is the sample's, cut to the eight columns of a usual shop log. Every tool is a process of its own that starts
cold, they take turns, and the lines of all rounds are printed. SUMMARIZE gives approximate figures of each column; the
audit is exact and runs every check. Run by `cargo xtask interop --bench-audit [-- --rows N]`.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

COLUMNS = ["event_time", "event_type", "product_id", "category_code", "brand", "price", "user_id", "user_session"]
SUMMARIZE = "import duckdb, sys; duckdb.sql(f\"SUMMARIZE SELECT * FROM read_csv('{sys.argv[1]}', all_varchar=false, ignore_errors=true)\").fetchall()"
READ_CSV = "import polars, sys; polars.read_csv(sys.argv[1], ignore_errors=True, truncate_ragged_lines=True)"


def cut(source, target):
    """The eight columns of the sample's log, its broken lines as they are."""
    with open(source, encoding="utf-8", newline="") as read, open(target, "w", encoding="utf-8", newline="") as write:
        rows, out = csv.reader(read), csv.writer(write, lineterminator="\n")
        header = next(rows)
        places = [header.index(name) for name in COLUMNS]
        out.writerow(COLUMNS)
        for row in rows:
            out.writerow([row[place] for place in places] if len(row) == len(header) else row)


def timed(words, env):
    """Wall seconds and peak resident bytes of a command, started cold."""
    started = time.perf_counter()
    child = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    if status != 0:
        sys.exit(f"{words[0]} failed:\n{child.stderr.read().decode()}")
    child.returncode = 0
    return seconds, usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--base")
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--library-path")
    parser.add_argument("--rows", type=int, nargs="+", default=[5_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    ours = dict(os.environ)
    if args.library_path:
        ours["LD_LIBRARY_PATH"] = args.library_path
    for rows in args.rows:
        folder = args.work / f"shop-{rows}"
        subprocess.run([args.program, "sample", str(folder), "--rows", str(rows)], env=ours, check=True, stdout=subprocess.DEVNULL)
        log = args.work / f"log-{rows}.csv"
        cut(folder / "events.csv", log)
        (folder / "events.csv").unlink()
        size = log.stat().st_size
        print(f"{rows} rows, {size / 1e6:.0f} MB", flush=True)
        tools = {
            "Touchstone, whole audit": ([args.program, "audit", str(log)], ours),
            "DuckDB SUMMARIZE": ([sys.executable, "-c", SUMMARIZE, str(log)], os.environ),
            "polars read_csv": ([sys.executable, "-c", READ_CSV, str(log)], os.environ),
        }
        seconds = {name: [] for name in tools}
        for number in range(args.rounds):
            for name, (words, env) in tools.items():
                wall, peak = timed(words, env)
                seconds[name].append(wall)
                print(f"round {number + 1}: {name}: {wall:.2f} s, peak {peak / 1e6:.0f} MB = {peak / size:.2f} of the file", flush=True)
        medians = {name: statistics.median(of) for name, of in seconds.items()}
        ratio = medians["Touchstone, whole audit"] / medians["DuckDB SUMMARIZE"]
        print(json.dumps({"rows": rows, "bytes": size, "median_seconds": medians, "of_duckdb": round(ratio, 3)}), flush=True)
        log.unlink()


if __name__ == "__main__":
    main()
