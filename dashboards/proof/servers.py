"""Starts what the proof needs on free ports of the loopback, and ends all of it."""
import hashlib
import http.server
import json
import os
import pathlib
import re
import signal
import socket
import string
import subprocess
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# The team of each key; none for the last one.
KEYS = {"web": "web", "web-2": "web", "lab": "research", "poor": "research", "queue": "batch",
        "careful": "batch", "hasty": "batch", "lazy": "web", "guest": None}


def secret(name):
    return "sk-proof-" + name


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Scorer(http.server.ThreadingHTTPServer):
    """A scorer of one's own: right, late or broken, in turn."""

    daemon_threads = True

    def __init__(self):
        self.count = 0
        super().__init__(("127.0.0.1", 0), self.answer())
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """The gateway hangs up on a scorer that is late: that is what it is late for."""

    def answer(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.count += 1
                if outer.count % 9 == 0:
                    time.sleep(0.4)
                words = body.get("features", {})
                score = min(1, max(0, 0.2 + sum(v for v in words.values() if 0 < v < 1) / 3))
                text = "{" if outer.count % 7 == 0 else json.dumps({"score": score})
                self.send_response(200)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *args):
                pass

        return Handler


class Servers:
    """All processes, and where they listen."""

    def __init__(self, folder):
        self.folder = folder
        self.processes = []
        self.apis = []
        self.admins = []
        self.configurations = []
        self.command = os.environ.get("PONDER", str(ROOT / "gateway/bin/ponder")).split()

    def start(self):
        self.scorer = Scorer()
        self.stub = self.launch_stub()
        self.nobody = free_port()
        ledger = "sqlite:" + str(self.folder / "ledger.db")
        scorer = '{ http: "http://127.0.0.1:%d/score", timeout: 80ms }' % self.scorer.server_port
        self.launch_gateway("a", ledger, scorer)
        self.launch_gateway("b", "memory", "logistic")

    def launch(self, name, *command):
        log = open(self.folder / (name + ".log"), "w")
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder,
                                   start_new_session=True)
        self.processes.append(process)
        return process

    def said(self, name, pattern, seconds=90):
        """Waits for a line in what a process prints."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            text = (self.folder / (name + ".log")).read_text()
            hit = re.search(pattern, text)
            if hit:
                return hit
            if self.processes[-1].poll() is not None:
                raise SystemExit(f"{name} ended: {text}")
            time.sleep(0.1)
        raise SystemExit(f"{name} was not ready after {seconds} s: {text}")

    def launch_stub(self):
        models = ["mini:first_byte=150ms,tokens=120,tps=300,cached=5",
                  "o3:first_byte=300ms,tokens=~150,reasoning=~900,tps=600,show_reasoning=reasoning_content",
                  "silent:no_usage=true,tokens=60",
                  "slow:first_byte=3s,tokens=40,tps=100",
                  "local:tokens=50"]
        options = [part for model in models for part in ("--model", model)]
        self.launch("stub", *self.command, "stub", "--port", "0", *options)
        return int(self.said("stub", r"127\.0\.0\.1:(\d+)")[1])

    def launch_gateway(self, name, ledger, classifier):
        keys = ", ".join(
            '{ name: %s, %ssha256: "%s" }' % (
                key, f"team: {team}, " if team else "",
                hashlib.sha256(secret(key).encode()).hexdigest())
            for key, team in KEYS.items())
        text = string.Template((HERE / "ponder.yaml").read_text()).substitute(
            STUB=self.stub, NOBODY=self.nobody, KEYS=keys, LEDGER=ledger, CLASSIFIER=classifier)
        file = self.folder / (name + ".yaml")
        file.write_text(text)
        self.configurations.append(file)
        self.launch(name, *self.command, "serve", "--config", str(file))
        hit = self.said(name, r"127\.0\.0\.1:(\d+)\D.*127\.0\.0\.1:(\d+)")
        self.apis.append(int(hit[1]))
        self.admins.append(int(hit[2]))

    def reload(self, good):
        """Gives the second gateway a configuration with a mistake, or a right one."""
        file = self.configurations[1]
        text = file.read_text().replace("mistake: here\n", "")
        file.write_text(text + ("# again\n" if good else "mistake: here\n"))

    def launch_prometheus(self, rules):
        port = free_port()
        targets = ", ".join(f"'127.0.0.1:{admin}'" for admin in self.admins)
        config = self.folder / "prometheus.yml"
        config.write_text(
            "global: { scrape_interval: 1s, evaluation_interval: 2s }\n"
            f"rule_files: [ {', '.join(str(rule) for rule in rules)} ]\n"
            "scrape_configs:\n"
            "  - job_name: ponder\n"
            f"    static_configs: [ {{ targets: [ {targets} ] }} ]\n")
        self.launch("prometheus", "prometheus", f"--config.file={config}",
                    f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
                    f"--storage.tsdb.path={self.folder / 'tsdb'}")
        base = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                urllib.request.urlopen(base + "/-/ready", timeout=2)
                return base
            except OSError:
                time.sleep(0.1)
        raise SystemExit("prometheus was not ready: " + (self.folder / "prometheus.log").read_text())

    def end(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if hasattr(self, "scorer"):
            self.scorer.shutdown()
