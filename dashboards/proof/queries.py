"""The boards' queries and the rules, and a Prometheus that is asked them."""
import json
import re
import urllib.error
import urllib.parse
import urllib.request

VARIABLES = {"$__rate_interval": "1m", "$__range": "5m", "$__interval": "15s"}


def filled(expression):
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return re.sub(r"\$(?!__)\w+", ".+", expression)


class Prometheus:
    def __init__(self, base):
        self.base = base

    def get(self, path, **parameters):
        url = self.base + path + "?" + urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as refusal:
            raise ValueError(json.load(refusal)["error"]) from refusal

    def query(self, expression):
        return self.get("/api/v1/query", query=expression)["result"]

    def query_range(self, expression, start, end, step):
        return self.get("/api/v1/query_range", query=expression, start=start, end=end,
                        step=step)["result"]

    def label_values(self, metric, label):
        return self.get(f"/api/v1/label/{label}/values", **{"match[]": metric})

    def rules(self):
        return [rule for group in self.get("/api/v1/rules")["groups"] for rule in group["rules"]]


def panels(folder):
    """(board, panel) of every panel that is no row, in the order of the boards."""
    for file in sorted(folder.glob("*.json")):
        board = json.loads(file.read_text())
        for panel in board["panels"]:
            for each in [panel, *panel.get("panels", [])]:
                if each["type"] != "row":
                    yield board, each


def variables(folder):
    """(board, metric, label) of every variable that is asked for."""
    for file in sorted(folder.glob("*.json")):
        board = json.loads(file.read_text())
        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                metric, label = re.fullmatch(r"label_values\((.*), (\w+)\)",
                                             variable["definition"]).groups()
                yield board, metric, label


def annotations(folder):
    for file in sorted(folder.glob("*.json")):
        board = json.loads(file.read_text())
        for annotation in board["annotations"]["list"]:
            yield board, annotation["name"], annotation["expr"]


def is_nan(result):
    return all(series["value"][1] == "NaN" for series in result)
