"""Traffic of every kind that a board has a line for."""
import http.client
import json
import random
import threading
import time

from servers import secret

EASY = ["Translate good morning into French.", "Give me a title for a page about bread.",
        "What is the capital of Peru?", "Thanks, that was all.", "Say hello to my colleague."]
HARD = ["Prove that there are infinitely many primes of the form 4k+3, step by step.",
        "Find all integers x, y with x^3 - y^2 = 2 and prove that there are no others.",
        "A farmer crosses a river with a wolf, a goat and a cabbage. Plan every move, with states.",
        "Write an algorithm that counts inversions in O(n log n); prove that it is right."]


def ask(port, key, model, text, stream=False, leave=False, headers=(), **members):
    """One request; reads it to its end, or leaves after some bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    body = {"model": model, "messages": [{"role": "user", "content": text}], **members}
    if stream:
        body["stream"] = True
    try:
        connection.request("POST", "/v1/chat/completions", json.dumps(body), {
            "content-type": "application/json", "authorization": "Bearer " + secret(key),
            **dict(headers)})
        answer = connection.getresponse()
        if leave:
            answer.read(200)
        else:
            answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def easy():
    return random.choice(EASY) + f" ({random.randrange(40)})"


def hard():
    return random.choice(HARD) + f" ({random.randrange(40)})"


def raw(port, text):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST", "/v1/chat/completions", text,
                           {"authorization": "Bearer " + secret("web")})
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        pass
    finally:
        connection.close()


KINDS = [  # how often, what
    (12, lambda p: ask(p, "web", "auto", easy())),
    (12, lambda p: ask(p, "web", "auto", easy(), stream=True)),
    (5, lambda p: ask(p, "web-2", "auto", hard())),
    (5, lambda p: ask(p, "lab", "auto", hard(), stream=True)),
    (4, lambda p: ask(p, "lab", "thrifty", random.choice((easy, hard))())),
    (4, lambda p: ask(p, "guest", "thrifty", random.choice((easy, hard))(), stream=True)),
    (2, lambda p: ask(p, "lazy", "auto", hard(), headers=[("x-ponder-effort", "high")])),
    (2, lambda p: ask(p, "web", "thinker", hard(), stream=True)),
    (2, lambda p: ask(p, "web", "mini", easy(), stream=True)),
    (2, lambda p: ask(p, "guest", "away", easy())),
    (2, lambda p: ask(p, "guest", "silent", easy())),
    (1, lambda p: ask(p, "guest", "slow", easy(), stream=True)),
    (2, lambda p: ask(p, "guest", "local", easy())),
    (1, lambda p: ask(p, "guest", "nothing", easy())),
    (2, lambda p: ask(p, "poor", "mini", easy())),
    (1, lambda p: ask(p, "careful", "thinker", hard())),
    (2, lambda p: ask(p, "hasty", "mini", easy())),
    (1, lambda p: ask(p, "unknown", "mini", easy())),
    (1, lambda p: ask(p, "web", "auto", easy(), headers=[("x-ponder-dry-run", "true")])),
    (1, lambda p: raw(p, "no json")),
    (1, lambda p: ask(p, "web", "auto", easy(), stream=True, leave=True)),
    (1, lambda p: ask(p, "lab", "auto", "stub: reasoning=20\n" + hard(), stream=True)),
    (1, lambda p: ask(p, "lab", "thinker", "stub: reasoning=4000\n" + hard())),
    (2, lambda p: ask(p, "web", "auto", "stub: tokens=900\n" + easy(), max_tokens=300)),
    (2, lambda p: ask(p, "web", "auto", "stub: fail_first=1\n" + easy() + str(random.random()))),
    (1, lambda p: ask(p, "web", "mini", "stub: fail=429; retry_after=1\n" + easy())),
    (1, lambda p: ask(p, "web", "mini", "stub: fail=503\n" + easy())),
    (1, lambda p: ask(p, "web", "mini", "stub: latency=4s\n" + easy())),
    (1, lambda p: ask(p, "web", "mini", "stub: garbage=true\n" + easy())),
    (1, lambda p: ask(p, "web", "mini", "stub: die=after_events:5\n" + easy(), stream=True)),
    (1, lambda p: ask(p, "web", "mini", "stub: stall=after_events:5\n" + easy(), stream=True)),
    (1, lambda p: ask(p, "web", "mini", "stub: usage=deepseek\n" + easy())),
]


class Traffic:
    """Threads that ask until told to stop."""

    def __init__(self, ports, each_second):
        self.ports = ports
        self.pause = 1 / each_second
        self.running = True
        self.count = 0
        self.threads = [threading.Thread(target=self.ask, daemon=True) for _ in range(24)]
        self.threads += [threading.Thread(target=self.crowd, daemon=True) for _ in range(4)]
        self.due = time.monotonic()
        self.lock = threading.Lock()
        random.seed(1)
        for thread in self.threads:
            thread.start()

    def ask(self):
        while self.running:
            with self.lock:
                self.due = max(self.due + self.pause, time.monotonic() - 1)
                wait = self.due - time.monotonic()
                kind = random.choices([k for _, k in KINDS], [w for w, _ in KINDS])[0]
                port = random.choice(self.ports)
                self.count += 1
            time.sleep(max(0, wait))
            kind(port)

    def crowd(self):
        """Four callers at once under a budget that covers two calls: some of them wait."""
        while self.running:
            ask(self.ports[0], "queue", "wide", "stub: latency=2s\n" + hard())
            time.sleep(1)

    def stop(self):
        self.running = False
        for thread in self.threads:
            thread.join(25)
