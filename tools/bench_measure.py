#!/usr/bin/env python3
"""What did one command cost, and what do many such measurements say?

    bench_measure.py run RESULTS ROW ROUND [--feed FILE | --text TEXT] -- COMMAND...
        runs COMMAND once, its output thrown away, and appends one JSON line to RESULTS:
        CPU seconds (user + system), wall seconds, peak resident memory
    bench_measure.py table RESULTS --bytes N [--json FILE] [--fact NAME=VALUE]...
        prints medians and ratios as Markdown

Costs come from wait4(): the kernel's own account of that one child. Ratios are taken
inside a round and then their median, so that a slow minute of the machine hits both sides.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

# (row in RESULTS, what it is); the table keeps this order.
ROWS = [
    ("cat", "`cat`"),
    ("wc", "`wc -l`"),
    ("rg_email", "`rg -c -j1`, one e-mail pattern"),
    ("rg_patterns30", "`rg -c -j1`, 30 patterns"),
    ("sourdine_j1", "`sourdine redact -j1`, to /dev/null, with audit"),
    ("sourdine_j2", "`sourdine redact -j2`, to /dev/null, with audit"),
    ("sourdine_file", "`sourdine redact -j2`, to a file, with audit"),
    ("memory_file", "4 GB, read as a file, `-j2`"),
    ("memory_pipe", "4 GB, read from a pipe, `-j2`"),
    ("startup", "one line on stdin (start-up)"),
]
# (name, row, divided by row, measure); under 1 the first is cheaper.
RATIOS = [
    ("sourdine CPU / rg 30 patterns CPU", "sourdine_j1", "rg_patterns30", "cpu"),
    ("sourdine CPU / rg e-mail CPU", "sourdine_j1", "rg_email", "cpu"),
    ("sourdine CPU / cat CPU", "sourdine_j1", "cat", "cpu"),
    ("sourdine CPU / wc CPU", "sourdine_j1", "wc", "cpu"),
    ("sourdine wall, 1 worker / 2 workers", "sourdine_j1", "sourdine_j2", "wall"),
]


def own_peak_kb():
    """The kernel counts a child's peak from before exec, when it still shared this
    program's memory: nothing below this can be seen."""
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def run(options):
    feeder = None
    stdin = subprocess.DEVNULL
    if options.feed:
        feeder = subprocess.Popen(["cat", options.feed], stdout=subprocess.PIPE)
        stdin = feeder.stdout
    elif options.text is not None:
        stdin, writing_end = os.pipe()
        os.write(writing_end, options.text.encode().decode("unicode_escape").encode())
        os.close(writing_end)
    floor = own_peak_kb()

    started = time.monotonic()
    child = subprocess.Popen(options.command, stdin=stdin, stdout=subprocess.DEVNULL)
    if feeder:
        feeder.stdout.close()   # only the child holds the pipe: cat ends when it does
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - started

    child.returncode = os.waitstatus_to_exitcode(status)
    fed = feeder.wait() if feeder else 0
    if child.returncode or fed:
        sys.exit(f"bench: {' '.join(options.command)}: exit code {child.returncode}, feeder {fed}")
    record = {"row": options.row, "round": options.round, "cpu": usage.ru_utime + usage.ru_stime,
              "wall": wall, "peak_kb": usage.ru_maxrss, "floor_kb": floor}
    with open(options.results, "a", encoding="utf-8") as results:
        results.write(json.dumps(record) + "\n")


def summarise(records):
    """Medians of one row; the peak is the largest seen, for memory is a promise."""
    peak, floor = max(r["peak_kb"] for r in records), max(r["floor_kb"] for r in records)
    return {"runs": len(records), "cpu_s": statistics.median(r["cpu"] for r in records),
            "wall_s": statistics.median(r["wall"] for r in records), "peak_kb": peak,
            "peak_at_floor": peak <= floor * 1.05}


def ratios(by_row):
    found = {}
    for name, above, below, measure in RATIOS:
        over = {r["round"]: r[measure] for r in by_row.get(above, [])}
        under = {r["round"]: r[measure] for r in by_row.get(below, [])}
        values = [over[at] / under[at] for at in over if under.get(at)]
        if values:
            found[name] = {"median": statistics.median(values), "min": min(values), "max": max(values)}
    return found


def table(options):
    by_row = {}
    with open(options.results, encoding="utf-8") as results:
        for line in results:
            record = json.loads(line)
            by_row.setdefault(record["row"], []).append(record)
    facts = dict(fact.split("=", 1) for fact in options.fact)
    rows = {row: summarise(by_row[row]) for row, _ in ROWS if row in by_row}

    for name, value in facts.items():
        print(f"- {name}: {value}")
    print("\n| command | runs | CPU s | wall s | MB per CPU second | MB/s wall | peak memory |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for row, title in ROWS:
        if row not in rows:
            continue
        got = rows[row]
        size = None if row == "startup" else options.memory_bytes if row.startswith("memory") else options.bytes
        if size:
            got["bytes"] = size
        rates = (f"{size / 1e6 / got['cpu_s']:,.0f} | {size / 1e6 / got['wall_s']:,.0f}"
                 if size and got["cpu_s"] else "|")
        memory = "under " if got["peak_at_floor"] else ""
        print(f"| {title} | {got['runs']} | {got['cpu_s']:.3f} | {got['wall_s']:.4f} | {rates} | "
              f"{memory}{got['peak_kb'] * 1024 / 1e6:.0f} MB |")
    found = ratios(by_row)
    if found:
        print("\n| ratio, inside a round | median | min | max |\n|---|--:|--:|--:|")
        for name, value in found.items():
            print(f"| {name} | {value['median']:.2f} | {value['min']:.2f} | {value['max']:.2f} |")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump({"facts": facts, "rows": rows, "ratios": found}, out, indent=1)
            out.write("\n")


def main():
    parser = argparse.ArgumentParser(description="Measure one command, or print what was measured.")
    verbs = parser.add_subparsers(required=True)
    one = verbs.add_parser("run")
    one.add_argument("results")
    one.add_argument("row")
    one.add_argument("round", type=int)
    one.add_argument("--feed", metavar="FILE", help="send FILE through a pipe to its stdin")
    one.add_argument("--text", help="send this to its stdin")
    one.add_argument("command", nargs="+")
    one.set_defaults(act=run)
    all_of_them = verbs.add_parser("table")
    all_of_them.add_argument("results")
    all_of_them.add_argument("--bytes", type=int, required=True)
    all_of_them.add_argument("--memory-bytes", type=int, default=0)
    all_of_them.add_argument("--json", metavar="FILE")
    all_of_them.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE")
    all_of_them.set_defaults(act=table)
    options = parser.parse_args()
    options.act(options)


if __name__ == "__main__":
    main()
