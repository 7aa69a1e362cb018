"""Pages that show the boards as Grafana would about show them, drawn from Prometheus's answers.

Only to look at, without a Grafana: one HTML page a board, no script, nothing to fetch.
"""
import html
import json
import math
import re
import time

import queries

COLORS = ["#73bf69", "#5794f2", "#ff9830", "#f2495c", "#b877d9", "#fade2a", "#8ab8ff", "#ca95e5",
          "#ffa6b0", "#37872d", "#e0b400", "#1f60c4", "#fa6400", "#c4162a", "#8f3bb8"]
NAMED = {"green": "#73bf69", "yellow": "#fade2a", "orange": "#ff9830", "red": "#f2495c",
         "blue": "#5794f2"}
WIDTH, UNIT = 1560, 36  # of a page, and of a row of the grid
STYLE = """
body { margin: 0; padding: 12px; width: 1560px; background: #111217; color: #ccccdc;
  font: 12px/1.4 'DejaVu Sans', sans-serif; }
h1 { font-size: 17px; font-weight: 500; margin: 2px 0 8px; } h1 span { color: #8e8e99; }
.grid { position: relative; } .panel { position: absolute; background: #181b1f;
  border: 1px solid #25272c; border-radius: 2px; box-sizing: border-box; padding: 6px 8px;
  overflow: hidden; }
.row { position: absolute; color: #d8d9da; font-weight: 500; padding: 8px 2px; }
.title { font-weight: 500; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.big { text-align: center; font-size: 30px; padding-top: 14px; white-space: nowrap; }
.legend { columns: 3; column-gap: 16px; font-size: 10.5px; line-height: 15px; height: 47px;
  overflow: hidden; }
.legend div { display: flex; white-space: nowrap; overflow: hidden; }
.legend i { width: 10px; height: 3px; margin: 6px 5px 0 0; flex: none; }
.legend b { font-weight: 400; overflow: hidden; text-overflow: ellipsis; flex: 1; }
.legend u { text-decoration: none; color: #8e8e99; margin-left: 6px; }
table { border-collapse: collapse; width: 100%; margin-top: 6px; font-size: 11.5px; }
td, th { text-align: left; padding: 4px 8px; border-bottom: 1px solid #25272c; font-weight: 400; }
th { color: #6e9fff; } text { fill: #8e8e99; font-size: 10px; }
.bar { display: flex; align-items: center; margin-top: 6px; }
.bar span { width: 26%; } .bar i { height: 17px; } .bar b { margin-left: 8px; font-weight: 400; }
"""


def number(value, unit):
    """A value as Grafana writes it in this unit."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞"
    if unit == "percentunit":
        return f"{value * 100:.3g} %" if value < 10 else f"{value * 100:.0f} %"
    if unit == "currencyUSD":
        return "$" + short(value)
    if unit in ("s", "dateTimeFromNow"):
        seconds = time.time() - value / 1000 if unit == "dateTimeFromNow" else value
        return duration(seconds) + (" ago" if unit == "dateTimeFromNow" else "")
    if unit == "bytes":
        return f"{short(value / 2 ** 20)} MiB"
    return short(value) + {"reqps": " req/s", "cps": " c/s"}.get(unit, "")


def short(value):
    for size, letter in ((1e9, " B"), (1e6, " M"), (1e3, " K")):
        if abs(value) >= size:
            return f"{value / size:.3g}" + letter
    return "0" if value == 0 else f"{value:.2f}" if abs(value) >= 10 else f"{value:.3g}"


def duration(seconds):
    if seconds == 0:
        return "0 s"
    for size, name in ((86400, "days"), (3600, "h"), (60, "min"), (1, "s"), (1e-3, "ms")):
        if abs(seconds) >= size:
            return f"{seconds / size:.3g} {name}"
    return f"{seconds * 1e6:.3g} µs"


def nice(top):
    """The next number that divides well by four."""
    if top <= 0:
        return 1
    size = 10 ** math.floor(math.log10(top))
    return next(size * n for n in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10) if size * n >= top)


def legend_of(target, labels):
    text = target["legendFormat"]
    for key, value in labels.items():
        text = text.replace("{{" + key + "}}", value)
    return re.sub(r"\{\{\w+}}", "", text).strip() or "all"


class Page:
    """One board."""

    def __init__(self, prometheus, board, seconds):
        self.prometheus = prometheus
        self.board = board
        self.end = time.time()
        self.start = self.end - seconds
        self.step = max(1, seconds // 120)
        self.parts = []
        self.bottom = 0

    def html(self):
        for panel in self.board["panels"]:
            if panel["type"] == "row":
                self.row(panel)
            else:
                self.panel(panel, 0)
        title = html.escape(self.board["title"])
        return (f"<!DOCTYPE html><meta charset=utf-8><title>{title}</title><style>{STYLE}</style>"
                f"<h1>{title} <span>{html.escape(self.board['description'])}</span></h1>"
                f"<div class=grid style='height:{self.bottom}px'>{''.join(self.parts)}</div>")

    def place(self, at):
        self.bottom = max(self.bottom, (at["y"] + at["h"]) * UNIT)
        column = WIDTH / 24
        return (f"left:{at['x'] * column:.0f}px;top:{at['y'] * UNIT}px;"
                f"width:{at['w'] * column - 6:.0f}px;height:{at['h'] * UNIT - 6}px")

    def row(self, panel):
        sign = "›" if panel["collapsed"] else "⌄"
        self.parts.append(f"<div class=row style='{self.place(panel['gridPos'])}'>"
                          f"{sign} {html.escape(panel['title'])}</div>")

    def panel(self, panel, below):
        at = panel["gridPos"]
        draw = getattr(self, panel["type"].replace("-", "_"))
        size = (int(at["w"] * WIDTH / 24 - 24), at["h"] * UNIT - 34)
        self.parts.append(f"<div class=panel style='{self.place(at)}'><div class=title>"
                          f"{html.escape(panel['title'])}</div>{draw(panel, *size)}</div>")

    def instant(self, panel):
        return [(target, series["metric"], float(series["value"][1]))
                for target in panel["targets"]
                for series in self.prometheus.query(queries.filled(target["expr"]))]

    def ranges(self, panel):
        return [(target, series["metric"],
                 [(float(t), float(v)) for t, v in series["values"]])
                for target in panel["targets"]
                for series in self.prometheus.query_range(
                    queries.filled(target["expr"]), self.start, self.end, self.step)]

    def color(self, panel, value):
        steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        chosen = steps[0]["color"]
        for step in steps[1:]:
            if value >= step["value"]:
                chosen = step["color"]
        return NAMED[chosen]

    def unit(self, panel):
        return panel["fieldConfig"]["defaults"]["unit"]

    def stat(self, panel, width, height):
        results = self.instant(panel)
        value = results[0][2] if results else math.nan
        lines = self.ranges(panel) if self.unit(panel) != "dateTimeFromNow" else []
        spark = ""
        if lines:
            points = [(t, v) for t, v in lines[0][2] if not math.isnan(v)]
            top = max((v for _, v in points), default=0) or 1
            path = " ".join(f"{(t - self.start) / (self.end - self.start) * width:.0f},"
                            f"{34 - v / top * 30:.0f}" for t, v in points)
            spark = (f"<svg width={width} height=36 style='position:absolute;bottom:4px;left:8px'>"
                     f"<polyline points='{path}' fill=none stroke='{self.color(panel, value)}' "
                     "opacity=.6 /></svg>")
        return (f"<div class=big style='color:{self.color(panel, value)}'>"
                f"{number(value, self.unit(panel))}</div>{spark}")

    def gauge(self, panel, width, height):
        results = self.instant(panel)
        value = results[0][2] if results else 0
        color = self.color(panel, value)
        x, y, radius = width / 2, height - 14, min(width / 2 - 12, height - 22)
        end = math.pi * (1 - min(value, 1))
        return (f"<svg width={width} height={height}>"
                f"<path d='M{x - radius},{y} A{radius},{radius} 0 0 1 {x + radius},{y}' "
                "fill=none stroke='#2b2e34' stroke-width=12 />"
                f"<path d='M{x - radius},{y} A{radius},{radius} 0 0 1 "
                f"{x + radius * math.cos(end):.1f},{y - radius * math.sin(end):.1f}' "
                f"fill=none stroke='{color}' stroke-width=12 />"
                f"<text x={x} y={y} text-anchor=middle style='fill:{color};font-size:20px'>"
                f"{number(value, self.unit(panel))}</text></svg>")

    def bargauge(self, panel, width, height):
        results = sorted(self.instant(panel), key=lambda r: -r[2])[:10]
        top = max([r[2] for r in results] + [1e-9])
        return "".join(
            f"<div class=bar><span>{html.escape(legend_of(t, m))}</span><i style='width:"
            f"{v / top * 60:.1f}%;background:{self.color(panel, v)}'></i>"
            f"<b>{number(v, self.unit(panel))}</b></div>" for t, m, v in results)

    def table(self, panel, width, height):
        rows, labels = {}, []
        for target, metric, value in self.instant(panel):
            key = tuple((k, v) for k, v in sorted(metric.items()) if k not in ("job", "__name__"))
            labels = labels or [k for k, _ in key]
            rows.setdefault(key, {})[target["legendFormat"]] = value
        units = {o["matcher"]["options"]: o["properties"][0]["value"]
                 for o in panel["fieldConfig"]["overrides"]}
        columns = [target["legendFormat"] for target in panel["targets"]]
        head = "".join(f"<th>{html.escape(c)}</th>" for c in labels + columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(v)}</td>" for _, v in key)
            + "".join(f"<td>{number(values.get(c, math.nan), units[c])}</td>" for c in columns)
            + "</tr>" for key, values in sorted(rows.items()))
        return f"<table><tr>{head}</tr>{body}</table>"

    def axes(self, width, height, top, unit):
        """Lines and numbers behind a graph that begins at x = 58."""
        parts = []
        for i in range(5):
            y = height - 16 - i * (height - 26) / 4
            parts.append(f"<line x1=58 x2={width} y1={y:.1f} y2={y:.1f} stroke='#25272c' />"
                         f"<text x=52 y={y + 3:.1f} text-anchor=end>"
                         f"{number(top * i / 4, unit)}</text>")
        for i in range(5):
            at = self.start + (self.end - self.start) * i / 4
            side = ("start", "middle", "middle", "middle", "end")[i]
            parts.append(f"<text x={58 + (width - 60) * i / 4:.0f} y={height - 3} text-anchor={side}>"
                         f"{time.strftime('%H:%M:%S', time.gmtime(at))}</text>")
        return "".join(parts)

    def timeseries(self, panel, width, height):
        height -= 50
        series = self.ranges(panel)
        stacked = panel["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal"
        lines, below = [], {}
        for target, metric, points in series:
            points = [(t, v) for t, v in points if math.isfinite(v)]
            if stacked:
                points = [(t, v + below.get(t, 0)) for t, v in points]
                below.update(dict(points))
            if points:
                lines.append((legend_of(target, metric), points))
        top = nice(max([v for _, points in lines for _, v in points] + [0]))
        drawn = self.drawn(lines, width, height, top, stacked)
        legend = self.legend(series, self.unit(panel))
        return (f"<svg width={width} height={height}>{self.axes(width, height, top, self.unit(panel))}"
                f"{drawn}</svg><div class=legend>{legend}</div>")

    def drawn(self, lines, width, height, top, stacked):
        parts = []
        indexed = list(enumerate(lines))
        for i, (_, points) in reversed(indexed) if stacked else indexed:
            color = COLORS[i % len(COLORS)]
            path = " ".join(
                f"{58 + (t - self.start) / (self.end - self.start) * (width - 60):.1f},"
                f"{height - 16 - v / top * (height - 26):.1f}" for t, v in points)
            if stacked:
                first, last = path.split(" ")[0], path.split(" ")[-1]
                parts.append(f"<polygon points='{first.split(',')[0]},{height - 16} {path} "
                             f"{last.split(',')[0]},{height - 16}' fill='{color}' />")
            else:
                parts.append(f"<polyline points='{path}' fill=none stroke='{color}' "
                             "stroke-width=1.4 />")
        return "".join(parts)

    def legend(self, series, unit):
        parts, index = [], 0
        for target, metric, points in series:
            values = [v for _, v in points if math.isfinite(v)]
            if values:
                parts.append(f"<div><i style='background:{COLORS[index % len(COLORS)]}'></i>"
                             f"<b>{html.escape(legend_of(target, metric))}</b>"
                             f"<u>{number(values[-1], unit)}</u></div>")
                index += 1
        return "".join(parts[:9])

    def heatmap(self, panel, width, height):
        """Buckets are cumulative: each minus the one below it."""
        series = sorted(self.ranges(panel), key=lambda s: float(s[1]["le"]))
        previous, rows = {}, []
        for _, metric, points in series:
            rows.append((metric["le"], {t: v - previous.get(t, 0) for t, v in points}))
            previous = dict(points)
        top = max([v for _, row in rows for v in row.values()] + [1e-9])
        high = (height - 18) / max(1, len(rows))
        wide = (width - 60) / ((self.end - self.start) / self.step + 1)
        parts = []
        for i, (bound, row) in enumerate(rows):
            y = height - 18 - (i + 1) * high
            parts.append(f"<text x=52 y={y + high - 1:.1f} text-anchor=end>{bound}</text>")
            for t, v in row.items():
                if v > 0.01:
                    x = 58 + (t - self.start) / self.step * wide
                    parts.append(f"<rect x={x:.1f} y={y:.1f} width={wide:.1f} height={high - 1:.1f} "
                                 f"fill='#5794f2' opacity={0.15 + 0.85 * min(1, v / top):.2f} />")
        return f"<svg width={width} height={height}>{''.join(parts)}</svg>"

    def state_timeline(self, panel, width, height):
        series = self.ranges(panel)
        names = panel["fieldConfig"]["defaults"]["mappings"][0]["options"]
        high = min(26, (height - 18) / max(1, len(series)))
        wide = (width - 170) / ((self.end - self.start) / self.step + 1)
        parts = []
        for i, (target, metric, points) in enumerate(series):
            parts.append(f"<text x=4 y={i * high + high / 2 + 3:.0f} style='font-size:11px'>"
                         f"{html.escape(legend_of(target, metric))}</text>")
            for t, v in points:
                color = NAMED[names[str(int(v))]["color"]]
                parts.append(f"<rect x={160 + (t - self.start) / self.step * wide:.1f} "
                             f"y={i * high + 2:.1f} width={wide + .5:.1f} height={high - 4:.1f} "
                             f"fill='{color}' opacity=.75 />")
        return f"<svg width={width} height={height}>{''.join(parts)}</svg>"


def boards(prometheus, folder, out, seconds):
    """Writes one page a board into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    for file in sorted(folder.glob("*.json")):
        page = Page(prometheus, json.loads(file.read_text()), seconds)
        (out / (file.stem + ".html")).write_text(page.html())
        print(f"drawn {file.stem}.html, {WIDTH + 24} x {page.bottom + 70}")
