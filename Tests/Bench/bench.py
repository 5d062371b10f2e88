"""Measures a release build of xerosync against the embedded sandbox.

Each figure stands beside a reference measured in the same run: the same answers fetched by
`curl`, one process, no parsing, no storing. Prints a table; `--json FILE` keeps the figures.

Usage: bench.py BINARY [--records N] [--rounds N] [--json FILE]
"""

import argparse
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request


def measured(command, cwd, environment):
    """Wall seconds, peak resident MB and the result of one process."""
    before = time.monotonic()
    process = subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate()
    wall = time.monotonic() - before
    # Children are waited for one by one: the figure is the largest child so far.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return wall, peak, process.returncode, out.decode(), err.decode()


def peak_of(command, cwd, environment):
    """Peak resident MB of one process, measured in a child of its own."""
    code = (
        "import resource,subprocess,sys;"
        "subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss/1024)")
    out = subprocess.run(
        [sys.executable, "-c", code, *command], cwd=cwd, env=environment, capture_output=True)
    return float(out.stdout)


def post(url, body):
    request = urllib.request.Request(
        url, data=json.dumps(body).encode(), headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=600) as answer:
        return json.load(answer)


def get(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


class Sandbox:
    """The sandbox in a process of its own, on a free port."""

    def __init__(self, binary, directory):
        self.process = subprocess.Popen(
            [binary, "sandbox", "--port", "0", "--write-config", "xerosync.yaml"],
            cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        path = os.path.join(directory, "xerosync.yaml")
        for _ in range(200):
            if os.path.exists(path) and os.path.getsize(path):
                break
            time.sleep(0.05)
        # What is measured is reading: nobody's customers are made anew.
        with open(path, "a") as file:
            file.write("\ncontacts:\n  create_in_crm: never\n")
        text = open(path).read()
        self.url = re.search(r"api_url: (\S+)", text).group(1)

    def fill(self, records):
        half = records // 2
        post(self.url + "/_sandbox/xero/limits", {"minute": None, "day": None, "app_minute": None})
        post(self.url + "/_sandbox/hubspot/limits", {"off": True})
        post(self.url + "/_sandbox/xero/bulk", {"contacts": half // 2, "invoices": half // 2})
        post(
            self.url + "/_sandbox/hubspot/bulk",
            {"deals": half // 3, "companies": half // 3, "contacts": half // 3})
        # What was made just now would be read again as possibly late: an hour passes first.
        post(self.url + "/_sandbox/clock", {"advance_seconds": 3600})

    def requests(self):
        return get(self.url + "/_sandbox/log")["log"]

    def forget(self):
        request = urllib.request.Request(self.url + "/_sandbox/log", method="DELETE")
        urllib.request.urlopen(request, timeout=60).close()

    def stop(self):
        self.process.terminate()
        self.process.wait()


def row(name, value, unit, target, ratio=None):
    mark = "" if target is None else ("ok" if value <= target else "OVER")
    return {
        "name": name, "value": round(value, 4), "unit": unit, "target": target,
        "ratio": None if ratio is None else round(ratio, 2), "verdict": mark}


def curl_floor(sandbox, count):
    """Seconds curl takes for as many small answers over one connection."""
    url = sandbox.url + "/_sandbox/clock"
    before = time.monotonic()
    subprocess.run(["curl", "-s", *([url] * count)], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - before


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary")
    options.add_argument("--records", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--json")
    chosen = options.parse_args()
    binary = os.path.abspath(chosen.binary)
    environment = dict(os.environ, NO_COLOR="1")
    rows = []
    with tempfile.TemporaryDirectory() as directory:
        starts = [measured([binary, "--version"], directory, environment)[0]
                  for _ in range(chosen.rounds * 3)]
        floor = [measured(["/bin/true"], directory, environment)[0]
                 for _ in range(chosen.rounds * 3)]
        start = statistics.median(starts)
        rows.append(row("xerosync --version", start, "s", 0.020,
                        start / statistics.median(floor)))
        sandbox = Sandbox(binary, directory)
        try:
            sandbox.fill(chosen.records)
            before = time.monotonic()
            first = subprocess.run(
                [binary, "run", "--json", "--allow-large"], cwd=directory, env=environment, capture_output=True)
            wall = time.monotonic() - before
            if first.returncode not in (0, 3):
                sys.exit(f"first pass failed: {first.stderr.decode()}")
            rows.append(row(f"first pass, {chosen.records} records", wall, "s", None))
            subprocess.run([binary, "run", "--quiet"], cwd=directory, env=environment)
            idle, calls = [], []
            for _ in range(chosen.rounds):
                sandbox.forget()
                idle.append(measured([binary, "run"], directory, environment)[0])
                calls.append(len(sandbox.requests()))
            reference = curl_floor(sandbox, max(calls))
            median = statistics.median(idle)
            rows.append(row("idle pass", median, "s", 0.3, median / reference))
            rows.append(row("idle pass, slowest", max(idle), "s", None))
            rows.append(row("idle pass, calls", statistics.median(calls), "calls", 7))
            rows.append(
                row("idle pass, peak memory", peak_of([binary, "run"], directory, environment),
                    "MB", 80))
            size = os.path.getsize(os.path.join(directory, "state", "xerosync.sqlite")) / 2**20
            rows.append(row("snapshot", size, "MB", None))
        finally:
            sandbox.stop()
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.platform()}")
    for entry in rows:
        ratio = "" if entry["ratio"] is None else f"{entry['ratio']} × reference"
        target = "" if entry["target"] is None else f"target {entry['target']}"
        print(f"{entry['name']:36} {entry['value']:10} {entry['unit']:6} "
              f"{target:14} {entry['verdict']:5} {ratio}")
    if chosen.json:
        with open(chosen.json, "w") as file:
            json.dump(rows, file, indent=2)


if __name__ == "__main__":
    main()
