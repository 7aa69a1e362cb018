#!/usr/bin/env bash
# Measures how long `ponder serve` takes from the command to a 200 of /health/ready, and what memory
# it then holds. Usage: deploy/load/start.sh [RUNS], 5 unless told; 1 to 50.
set -euo pipefail
# shellcheck source=deploy/load/parts.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/parts.sh"

runs=${1:-5}
[[ $runs =~ ^[0-9]+$ && $runs -ge 1 && $runs -le 50 ]] || fail "RUNS: $runs (expected: 1..50)"
need curl awk sha256sum
new_folder
must_be_free "$ponder_api" "$ponder_admin"
write_config "$upstream_plain" "$upstream_stream"

# Builds what is missing, so that no run measures Maven.
"$ponder" --help >"$dir/help"

for ((run = 1; run <= runs; run++)); do
  start_ponder
  memory=$(rss_mib "$ponder_pid")
  printf 'run %d: ready in %s s, %d MiB resident\n' "$run" "$ready_seconds" "$memory"
  printf '%s %d\n' "$ready_seconds" "$memory" >>"$dir/runs"
  kill "$ponder_pid"
  wait "$ponder_pid" 2>/dev/null || true
  started=()
done
sort -n "$dir/runs" | awk '{ s[NR] = $1; if ($2 > m) m = $2 }
  END { printf "median %s s, slowest %s s, at most %d MiB\n", s[int((NR + 1) / 2)], s[NR], m }'
