"""Boards, rules and alerts against two real gateways under traffic, scraped by a real Prometheus.

Every query of every panel must be understood and give numbers; every rule must be healthy and
record something. --rename METRIC is the negative control: it asks for a metric that nobody has.
"""
import argparse
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import queries
import servers
from traffic import Traffic

BOARDS = servers.HERE.parent
RULES = BOARDS / "prometheus"

# Panels and recorded series that a healthy run leaves empty, and why.
MAY_BE_EMPTY = {}

# Bytes of text that a scrape may have, uncompressed.
SCRAPE_BYTES_MAX = 1_000_000

# Seconds: an exhausted budget fires after one minute of them.
LONGEST_PENDING = 90


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=75, help="of traffic before the questions")
    parser.add_argument("--rate", type=float, default=16, help="requests a second")
    parser.add_argument("--rename", metavar="METRIC", help="ask for METRIC under a wrong name")
    parser.add_argument("--draw", metavar="DIR", type=pathlib.Path, help="pages of the boards")
    parser.add_argument("--keep", action="store_true", help="leave the working folder behind")
    return parser.parse_args()


def promtool(*command, told=None):
    done = subprocess.run(["promtool", *map(str, command)], capture_output=True, text=True,
                          input=told)
    if done.returncode:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def lint(folder):
    """The rules, and their own tests."""
    return {
        "promtool check rules --lint=all": promtool("check", "rules", "--lint=all", "--lint-fatal",
                                           RULES / "recording.yml", RULES / "alerts.yml"),
        "promtool test rules": promtool("test", "rules", RULES / "rules_test.yml", RULES / "drift_test.yml"),
        "promtool check config": promtool("check", "config", folder / "prometheus.yml"),
    }


def ours(scrape):
    """The lines of our own metrics; the names of the JVM's are Micrometer's."""
    lines = [line for line in scrape.splitlines()
             if re.match(r"(# \w+ )?(ponder|gen_ai)_", line)]
    return "\n".join(lines) + "\n"


def scrape(admins):
    """What one scrape of each busy gateway is like: (checks, what to tell of it)."""
    checks = {}
    told = []
    for name, admin in zip("ab", admins):
        times = []
        for _ in range(5):
            begin = time.perf_counter()
            with urllib.request.urlopen(f"http://127.0.0.1:{admin}/metrics", timeout=20) as page:
                text = page.read().decode()
            times.append(time.perf_counter() - begin)
        checks[f"promtool check metrics, gateway {name}"] = promtool("check", "metrics", told=ours(text))
        checks[f"size of a scrape, gateway {name}"] = len(text) <= SCRAPE_BYTES_MAX
        told.append(f"gateway {name}: a scrape has {len(text.splitlines())} lines, "
                    f"{len(text) / 1000:.0f} kB (at most {SCRAPE_BYTES_MAX // 1000}), "
                    f"in {min(times) * 1000:.1f} ms, the best of {len(times)}")
    return checks, told


class Verdict:
    """What was asked, and what was wrong with the answers."""

    def __init__(self, prometheus, rename):
        self.prometheus = prometheus
        self.rename = rename
        self.counts = dict.fromkeys(("queries", "refused", "empty", "NaN", "exempt"), 0)

    def wrong(self, kind, place, expression):
        self.counts[kind] += 1
        print(f"{kind:8} {place} | {expression}")

    def ask(self, place, expression):
        if self.rename:
            expression = re.sub(rf"\b{self.rename}", self.rename + "_renamed", expression)
        expression = queries.filled(expression)
        self.counts["queries"] += 1
        try:
            result = self.prometheus.query(expression)
        except ValueError as refusal:
            self.wrong("refused", place, f"{expression}: {refusal}")
            return
        if place in MAY_BE_EMPTY:
            self.counts["exempt"] += 1
        elif not result:
            self.wrong("empty", place, expression)
        elif queries.is_nan(result):
            self.wrong("NaN", place, expression)

    def ask_variable(self, place, metric, label):
        self.counts["queries"] += 1
        if not self.prometheus.label_values(queries.filled(metric), label):
            self.wrong("empty", place, f"{metric}, {label}")

    def ask_annotation(self, place, expression):
        """An event: it must have happened at some moment of the run."""
        self.counts["queries"] += 1
        now = time.time()
        if not self.prometheus.query_range(queries.filled(expression), now - 120, now, 2):
            self.wrong("empty", place, expression)

    def rules(self):
        """(recorded, alerts, unhealthy), and records that are empty count as empty."""
        rules = self.prometheus.rules()
        recorded = [rule for rule in rules if rule["type"] == "recording"]
        alerts = [rule for rule in rules if rule["type"] == "alerting"]
        for rule in recorded:
            self.ask("recorded / " + rule["name"], rule["name"])
        sick = [rule for rule in rules if rule["health"] != "ok"]
        for rule in sick:
            print("unhealthy", rule["name"], rule.get("lastError"))
        return recorded, alerts, sick

    def bad(self):
        return sum(self.counts[kind] for kind in ("refused", "empty", "NaN"))


def ask_everything(verdict):
    panels = 0
    for board, panel in queries.panels(BOARDS):
        panels += 1
        for target in panel["targets"]:
            verdict.ask(f"{board['title']} / {panel['title']}", target["expr"])
    for board, metric, label in queries.variables(BOARDS):
        verdict.ask_variable(f"{board['title']} / variable {label}", metric, label)
    for board, name, expression in queries.annotations(BOARDS):
        verdict.ask_annotation(f"{board['title']} / annotation {name}", expression)
    return panels


def wait_for_an_alert(prometheus):
    """Boards mark alerts that fire, and each has to be pending for some time before it does."""
    end = time.monotonic() + LONGEST_PENDING
    while time.monotonic() < end:
        if any(rule.get("state") == "firing" for rule in prometheus.rules()):
            return
        time.sleep(1)


def prove(options, folder):
    running = servers.Servers(folder)
    traffic = None
    try:
        running.start()
        prometheus = queries.Prometheus(
            running.launch_prometheus([RULES / "recording.yml", RULES / "alerts.yml"]))
        traffic = Traffic(running.apis, options.rate)
        print(f"{len(running.apis)} gateways under traffic for {options.seconds} s", flush=True)
        begin = time.monotonic()
        checks = lint(folder)
        for good in (False, True):
            time.sleep(max(1, options.seconds / 4))
            running.reload(good)
        time.sleep(max(1, options.seconds - (time.monotonic() - begin)))
        wait_for_an_alert(prometheus)
        verdict = Verdict(prometheus, options.rename)
        panels = ask_everything(verdict)
        scraped, sizes = scrape(running.admins)
        checks.update(scraped)
        recorded, alerts, sick = verdict.rules()
        if options.draw:
            import draw
            draw.boards(prometheus, BOARDS, options.draw, options.seconds)
    finally:
        if traffic:
            traffic.stop()
        running.end()
    report(verdict, checks, panels, recorded, alerts, sick, traffic.count)
    print("\n".join(sizes))
    return verdict.bad() == 0 and not sick and all(checks.values())


def report(verdict, checks, panels, recorded, alerts, sick, requests):
    counts = verdict.counts
    tests = "".join(file.read_text() for file in RULES.glob("*_test.yml"))
    print(f"requests {requests}, panels {panels}, queries {counts['queries']}: "
          f"refused {counts['refused']}, empty {counts['empty']}, NaN {counts['NaN']}, "
          f"exempt {counts['exempt']}")
    print(f"rules {len(recorded)} recorded, {len(alerts)} alerts, unhealthy {len(sick)}; "
          f"firing or pending now: "
          + (", ".join(sorted(a["name"] for a in alerts if a["state"] != "inactive")) or "none"))
    for alert in alerts:
        cases = re.findall(rf"alertname: {alert['name']}\n.*\n +exp_alerts:( \[])?", tests)
        print(f"  {alert['name']:32} fires in {cases.count('')} tests, quiet in {cases.count(' []')}")
    for name, passed in checks.items():
        print(f"{name}: {'clean' if passed else 'FAILED'}")


def stop(*_):
    sys.exit("stopped")


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, stop)
    missing = [tool for tool in ("prometheus", "promtool") if not shutil.which(tool)]
    if missing:
        print(f"not proved: no {' and no '.join(missing)} (Debian: apt-get install prometheus)")
        return 1
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ponder-proof-"))
    try:
        proved = prove(options, folder)
    finally:
        if options.keep:
            print("working folder:", folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print("proved" if proved else "NOT proved")
    return 0 if proved else 1


if __name__ == "__main__":
    sys.exit(main())
