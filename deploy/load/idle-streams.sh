#!/usr/bin/env bash
# Measures what an open, silent stream costs: Ponder in front of an upstream that stalls, memory
# before, with and after. Usage: deploy/load/idle-streams.sh [STREAMS], 2000 unless told; 1 to 10000.
#
# UPSTREAM=stub   (default) `ponder stub` stalls; "python" uses the small one in idle_streams.py
# PONDER, LOAD_PORT as in run.sh
#
# Fails when the heap or the open files do not come back after the streams are closed.
set -euo pipefail
# shellcheck source=deploy/load/parts.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/parts.sh"

streams=${1:-2000}
[[ $streams =~ ^[0-9]+$ && $streams -ge 1 && $streams -le 10000 ]] \
  || fail "STREAMS: $streams (expected: 1..10000)"

# What may stay behind: pools that grew, and classes that were loaded on the way.
heap_slack_kib=8192
files_slack=50

# heap_kib: bytes of live objects after a full collection.
heap_kib() {
  jcmd "$ponder_pid" GC.class_histogram | awk '$1 == "Total" { printf "%d\n", $3 / 1024 }'
}

open_files() {
  find "/proc/$ponder_pid/fd" -mindepth 1 2>/dev/null | wc -l
}

# note WHEN: sets heap, rss and files, and prints them.
note() {
  heap=$(heap_kib)
  rss=$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$ponder_pid/status")
  files=$(open_files)
  printf '%-8s %8d KiB heap  %8d KiB resident  %6d open files\n' "$1" "$heap" "$rss" "$files"
}

# hold COUNT COMMAND...: opens COUNT streams, runs the command, closes them.
hold() {
  local count=$1 line
  shift
  coproc CLIENT { KEY=$key python3 "$here/idle_streams.py" open "$ponder_api" "$count" 2>&1; }
  local client=$CLIENT_PID in=${CLIENT[0]} out=${CLIENT[1]}
  started+=("$client")
  read -r -t 90 -u "$in" line || fail "the streams did not open in 90 s"
  [[ $line == "open $count" ]] || fail "$line"
  "$@"
  echo >&"$out"
  read -r -t 30 -u "$in" line || fail "the streams did not close in 30 s"
  [[ $line == "closed, 0 had"* ]] || fail "$line (expected: none)"
  wait "$client" || true
}

# settle FILES: waits until the open files are back near that number; 15 s at most.
settle() {
  local since=$SECONDS
  until (($(open_files) <= $1 + files_slack)) || ((SECONDS - since > 15)); do sleep 0.2; done
}

need python3 curl awk sha256sum jcmd
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
[[ $(ulimit -n) == unlimited || $(ulimit -n) -ge $((streams * 2 + 500)) ]] \
  || fail "ulimit -n: $(ulimit -n) (expected: at least $((streams * 2 + 500)))"
new_folder
must_be_free "$upstream_plain" "$ponder_api" "$ponder_admin"
"$ponder" --help >"$dir/help"

case ${UPSTREAM:-stub} in
  stub) "$ponder" stub --port "$upstream_plain" >"$dir/stub.log" 2>&1 & ;;
  python) python3 "$here/idle_streams.py" stall "$upstream_plain" >"$dir/stub.log" 2>&1 & ;;
  *) fail "UPSTREAM: $UPSTREAM (expected: stub or python)" ;;
esac
started+=("$!")
wait_ready "http://127.0.0.1:$upstream_plain/health" "$!" >"$dir/stub.ready"
write_config "$upstream_plain" "$upstream_plain"
start_ponder

# The first streams load classes and fill pools; that is no cost of a stream.
hold $((streams < 200 ? streams : 200)) true
settle 100
note before
heap_before=$heap rss_before=$rss files_before=$files
hold "$streams" note with
heap_with=$heap rss_with=$rss
settle "$files_before"
note after

awk -v n="$streams" -v heap=$((heap_with - heap_before)) -v rss=$((rss_with - rss_before)) \
  'BEGIN { printf "%d streams: %.1f KiB of heap and %.1f KiB resident each\n", n, heap / n, rss / n }'
((heap <= heap_before + heap_slack_kib)) \
  || fail "the heap did not come back: $heap KiB (expected: at most $heap_slack_kib more than before)"
((files <= files_before + files_slack)) \
  || fail "open files did not come back: $files (expected: at most $files_slack more than before)"
