#!/usr/bin/env bash
# The JavaScript SDKs of OpenAI, Anthropic and Vercel against the gateway: starts a stub upstream and
# a gateway on free ports, installs the SDKs into a temporary folder, runs *.test.mjs, and stops what
# it started.
#
# Ends with 0 also when it cannot run here (no Node.js 20 or newer, no way to install); it says so.
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")"
here=$PWD
ponder=$here/../../../bin/ponder

skip() {
  printf 'JavaScript SDKs: skipped: %s\n' "$*"
  exit 0
}

command -v node >/dev/null || skip "no node (expected: Node.js 20 or newer)"
command -v npm >/dev/null || skip "no npm"
version=$(node -p 'process.versions.node')
[[ ${version%%.*} -ge 20 ]] || skip "node $version (expected: 20 or newer)"

pids=()
folder=$(mktemp -d)
clean_up() {
  local pid
  for pid in ${pids[@]+"${pids[@]}"}; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf -- "$folder"
}
trap clean_up EXIT

cp -- package.json package-lock.json ./*.mjs "$folder"
(cd -- "$folder" && npm ci --no-audit --no-fund --ignore-scripts) \
  >"$folder/npm.log" 2>&1 </dev/null || {
  tail -n 5 -- "$folder/npm.log"
  skip "npm ci did not succeed"
}

# start NAME PATTERN SECONDS ARGUMENTS...: runs the launcher, and sets url to what PATTERN captures
# of its output.
start() {
  local name=$1 pattern=$2 seconds=$3 deadline pid
  shift 3
  : >"$folder/$name.out" # a busy machine may look into it before the launcher has it
  "$ponder" "$@" >"$folder/$name.out" 2>"$folder/$name.err" </dev/null &
  pid=$!
  pids+=("$pid")
  deadline=$((SECONDS + seconds))
  while url=$(sed -n "s|$pattern|\1|p" "$folder/$name.out") && [[ -z $url ]]; do
    if ! kill -0 "$pid" 2>/dev/null || [[ $SECONDS -ge $deadline ]]; then
      printf '%s: not ready after %d s\n' "$name" $((SECONDS - deadline + seconds)) >&2
      cat -- "$folder/$name.out" "$folder/$name.err" >&2
      exit 1
    fi
    sleep 0.1
  done
}

# The launcher may have to build the jar first.
start stub '^stub: listening at \(http[^ ]*\) .*' 900 stub --port 0
stub=$url

key=sk-ponder-node-test
hash=$(node -p 'require("node:crypto").createHash("sha256").update(process.argv[1]).digest("hex")' \
  "$key")
cat >"$folder/ponder.yaml" <<YAML
listen: { api: 127.0.0.1:0, admin: 127.0.0.1:0 }
upstreams:
  stub: { base_url: "$stub", api_key: env:STUB_KEY }
  sage: { provider: anthropic, base_url: "$stub", api_key: env:STUB_KEY }
models:
  mini: { served_by: stub/mini, price: { input: 0.40, cached_input: 0.10, output: 1.60 } }
  deep: { served_by: stub/deep, reasoning: true, price: { input: 2.00, output: 8.00 } }
  slash: { served_by: stub/org/slash, price: { input: 0.40, output: 1.60 } }
  embed: { served_by: stub/embed, price: { input: 0.02, output: 0 } }
  claude:
    served_by: sage/claude
    price: { input: 3.00, cached_input: 0.30, cache_write: 3.75, output: 15.00 }
routes:
  auto: [ mini, { model: deep, min_score: 0.95 } ]
keys:
  - { name: node, sha256: $hash }
YAML
export STUB_KEY=stub-secret
start gateway '^ponder ready: api \(http[^ ]*\) .*' 60 serve --config "$folder/ponder.yaml"

cd -- "$folder"
PONDER_URL=$url PONDER_KEY=$key PONDER_STUB_URL=$stub \
  node --test --test-concurrency=1 ./*.test.mjs # one log for all of them
