# shellcheck shell=bash
# shellcheck disable=SC2034
# What run.sh and start.sh share: a folder and processes that end with the script, ports, waiting.
# Sourced, not run. Everything listens on 127.0.0.1 only.

here=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(cd -P -- "$here/../.." && pwd)
ponder=${PONDER:-$root/gateway/bin/ponder}
port=${LOAD_PORT:-18080}
key=load-test-key
started=()

# The ports, in a row from $LOAD_PORT on.
upstream_plain=$((port + 1)) upstream_stream=$((port + 2))
nginx_plain=$((port + 3)) nginx_stream=$((port + 4))
ponder_api=$((port + 5)) ponder_admin=$((port + 6))

fail() {
  printf '%s: %s\n' "$(basename -- "$0")" "$*" >&2
  exit 1
}

need() {
  local tool missing=()
  for tool in "$@"; do command -v "$tool" >/dev/null || missing+=("$tool"); done
  [[ ${#missing[@]} -eq 0 ]] \
    || fail "missing: ${missing[*]} (Debian: apt-get install nginx-light wrk curl procps)"
}

# Ends what this script started, by its id, and nothing else.
end_all() {
  local pid
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf -- "$dir"
}

new_folder() {
  dir=$(mktemp -d)
  trap end_all EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

must_be_free() {
  local candidate
  for candidate in "$@"; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null; then
      fail "port $candidate: in use (expected: free; LOAD_PORT=$port chooses the row)"
    fi
  done
}

# wait_ready URL PID: until it answers 200; prints the seconds it took. 60 s at most.
wait_ready() {
  local url=$1 pid=$2 begin=$EPOCHREALTIME since=$SECONDS
  until curl -sf -o "$dir/ready" --max-time 1 "$url" 2>/dev/null; do
    kill -0 "$pid" 2>/dev/null || fail "$url: the server ended before it was ready"
    ((SECONDS - since <= 60)) || fail "$url: not ready in 60 s"
    sleep 0.02
  done
  elapsed "$begin"
}

# elapsed BEGIN: seconds since BEGIN, a value of $EPOCHREALTIME.
elapsed() {
  awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", b - a }'
}

# rss_mib PID [FIELD]: resident memory now (VmRSS) or at its highest (VmHWM), in MiB.
rss_mib() {
  awk -v field="${2:-VmRSS}:" '$1 == field { printf "%d\n", $2 / 1024 }' "/proc/$1/status"
}

# write_config UPSTREAM_PLAIN UPSTREAM_STREAM: four routes of two tiers each, one key. Unless BUDGETS=off
# every call is charged to four budgets, two of them paced, and settled durably.
write_config() {
  local hash
  hash=$(printf '%s' "$key" | sha256sum | cut -d' ' -f1)
  cat >"$dir/ponder.yaml" <<YAML
listen: { api: 127.0.0.1:$ponder_api, admin: 127.0.0.1:$ponder_admin }
upstreams:
  plain: { base_url: http://127.0.0.1:$1/v1, api_key: env:LOAD_UPSTREAM_KEY, max_concurrency: 8000 }
  stream: { base_url: http://127.0.0.1:$2/v1, api_key: env:LOAD_UPSTREAM_KEY, max_concurrency: 8000 }
  claude:
    provider: anthropic
    base_url: http://127.0.0.1:$1/v1
    api_key: env:LOAD_UPSTREAM_KEY
    max_concurrency: 8000
  claude-stream:
    provider: anthropic
    base_url: http://127.0.0.1:$2/v1
    api_key: env:LOAD_UPSTREAM_KEY
    max_concurrency: 8000
models:
  mini: { served_by: plain/mini, price: { input: 0.40, output: 1.60 } }
  thinker: { served_by: plain/thinker, reasoning: true, price: { input: 2.00, output: 8.00 } }
  mini-stream: { served_by: stream/mini, price: { input: 0.40, output: 1.60 } }
  thinker-stream:
    { served_by: stream/thinker, reasoning: true, price: { input: 2.00, output: 8.00 } }
  haiku: { served_by: claude/mini, price: { input: 0.40, output: 1.60 } }
  opus: { served_by: claude/thinker, reasoning: true, price: { input: 2.00, output: 8.00 } }
  haiku-stream: { served_by: claude-stream/mini, price: { input: 0.40, output: 1.60 } }
  opus-stream:
    { served_by: claude-stream/thinker, reasoning: true, price: { input: 2.00, output: 8.00 } }
routes:
  auto: [ mini, { model: thinker, min_score: 0.6 } ]
  auto-stream: [ mini-stream, { model: thinker-stream, min_score: 0.6 } ]
  auto-messages: [ haiku, { model: opus, min_score: 0.6 } ]
  auto-messages-stream: [ haiku-stream, { model: opus-stream, min_score: 0.6 } ]
keys:
  - { name: load, team: load, sha256: "$hash" }
decisions: { log: "file:$dir/decisions.jsonl" }
YAML
  [[ ${BUDGETS:-on} == on ]] || return 0
  cat >>"$dir/ponder.yaml" <<YAML
policies:
  - { name: company, budget: 900000 USD per month, pacing: adaptive, at_exhaustion: downgrade }
  - { name: day, budget: 500000 USD per day, at_exhaustion: reject }
  - { name: team, each: team, budget: 400000 USD per week, pacing: adaptive }
  - { name: key, each: key, budget: 300000 USD per hour, at_exhaustion: reject }
ledger: sqlite:$dir/ponder.db
YAML
}

# start_ponder: sets ponder_pid and ready_seconds. The launcher becomes the JVM, so its id is ours.
start_ponder() {
  LOAD_UPSTREAM_KEY=unused "$ponder" serve --config "$dir/ponder.yaml" >"$dir/ponder.log" 2>&1 &
  ponder_pid=$!
  started+=("$ponder_pid")
  ready_seconds=$(wait_ready "http://127.0.0.1:$ponder_admin/health/ready" "$ponder_pid") \
    || { sed 's/^/  /' "$dir/ponder.log" >&2; exit 1; }
}
