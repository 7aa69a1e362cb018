# Lines "body connections way requests seconds p50_us p99_us failures" to a table of medians.

function median(values, n,    i, j, t) {
  for (i = 2; i <= n; i++) {
    t = values[i]
    for (j = i - 1; j >= 1 && values[j] > t; j--) values[j + 1] = values[j]
    values[j + 1] = t
  }
  return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
}

function of(field, row,    i, values) {
  for (i = 1; i <= rounds[row]; i++) values[i] = seen[field, row, i]
  return median(values, rounds[row])
}

# How many calls of another dialect Ponder answers for each of chat, beside what nginx does: the
# answers differ in length.
function compare(other, chat,    ponder, nginx) {
  if (!((other " 64 ponder") in rounds) || !((chat " 64 ponder") in rounds)) return
  ponder = of("rate", other " 64 ponder") / of("rate", chat " 64 ponder")
  nginx = of("rate", other " 64 nginx") / of("rate", chat " 64 nginx")
  printf "%s%s: %.2f of %s through ponder, %.2f through nginx\n", said++ ? "" : "\n", other,
    ponder, chat, nginx
}

{
  row = $1 " " $2 " " $3
  if (!(row in rounds)) rows[++count] = row
  i = ++rounds[row]
  seen["rate", row, i] = $5 > 0 ? $4 / $5 : 0
  seen["p50", row, i] = $6 / 1000
  seen["p99", row, i] = $7 / 1000
  failures[row] += $8
}

END {
  printf "%-16s %5s  %-7s %10s %9s %9s %9s %7s\n",
    "call", "conns", "way", "requests/s", "of nginx", "p50 ms", "p99 ms", "failed"
  for (r = 1; r <= count; r++) {
    row = rows[r]
    split(row, part, " ")
    scenario = part[1] " " part[2]
    nginx = of("rate", scenario " nginx")
    printf "%-16s %5d  %-7s %10.0f %8.0f%% %9.3f %9.3f %7d%s\n", part[1], part[2], part[3],
      of("rate", row), (nginx > 0 ? 100 * of("rate", row) / nginx : 0), of("p50", row),
      of("p99", row), failures[row], (failures[row] ? "  INVALID" : "")
  }
  compare("responses", "plain")
  compare("responses-stream", "stream")
  compare("messages", "plain")
  compare("messages-stream", "stream")
  printf "\nAdded p50 of a plain call at one connection, against direct:\n"
  for (r = 1; r <= count; r++) {
    if (rows[r] ~ /^plain 1 / && rows[r] !~ / direct$/) {
      split(rows[r], part, " ")
      printf "  %-7s %+.3f ms\n", part[3], of("p50", rows[r]) - of("p50", "plain 1 direct")
    }
  }
}
