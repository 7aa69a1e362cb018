#!/usr/bin/env bash
# Measures the same calls three ways in one run on the loopback: direct to the upstream, through
# nginx as a plain reverse proxy, and through Ponder. README.md says how to read the table.
#
#   deploy/load/run.sh
#
# PONDER=FILE     the launcher to measure; "skip" leaves Ponder out (default gateway/bin/ponder)
# BUDGETS=off     no policies and no ledger (default on)
# UPSTREAM=stub   `ponder stub` answers instead of nginx (slower: then its own speed is the limit)
# ROUNDS=3        rounds of all ways, alternating; medians are shown (1..20)
# SECONDS_EACH=8  length of one measurement (1..60)
# CALLS="..."     which kinds of calls, of: plain stream large responses responses-stream messages
#                 messages-stream (default: all)
# WARM_UP=15      seconds of load before the first measurement of each call (1..120)
# LOAD_PORT=18080 first of a row of seven ports on 127.0.0.1
set -euo pipefail
# shellcheck source=deploy/load/parts.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/parts.sh"

rounds=${ROUNDS:-3}
seconds_each=${SECONDS_EACH:-8}
[[ $rounds =~ ^[0-9]+$ && $rounds -ge 1 && $rounds -le 20 ]] || fail "ROUNDS: $rounds (expected: 1..20)"
[[ ${WARM_UP:-15} =~ ^[0-9]+$ && ${WARM_UP:-15} -ge 1 && ${WARM_UP:-15} -le 120 ]] \
  || fail "WARM_UP: $WARM_UP (expected: 1..120)"
[[ $seconds_each =~ ^[0-9]+$ && $seconds_each -ge 1 && $seconds_each -le 60 ]] \
  || fail "SECONDS_EACH: $seconds_each (expected: 1..60)"

# The kinds of calls, each with its numbers of connections.
declare -A connections_of=([plain]="1 64" [stream]=64 [large]=16 [responses]=64
  [responses-stream]=64 [messages]=64 [messages-stream]=64)
read -ra calls <<<"${CALLS:-plain stream large responses responses-stream messages messages-stream}"
for call in "${calls[@]}"; do
  [[ -n ${connections_of[$call]:-} ]] || fail "CALLS: $call (expected: ${!connections_of[*]})"
done

# filler BYTES: plain words, so that a classifier has something to read.
filler() {
  awk -v n="$1" 'BEGIN {
    s = "The harbour master asked how many boats had left before noon and why two came back. "
    while (length(t) < n) t = t s
    print substr(t, 1, n)
  }'
}

write_bodies() {
  local form='{"model":"%s","messages":[{"role":"system","content":"Answer briefly."},'
  form+='{"role":"user","content":"%s"}],"max_completion_tokens":256%s}'
  # shellcheck disable=SC2059
  {
    printf "$form" auto "$(filler 850)" "" >"$dir/plain.body"
    printf "$form" auto-stream "$(filler 850)" ',"stream":true' >"$dir/stream.body"
    printf "$form" auto "$(filler 400000)" "" >"$dir/large.body"
    form='{"model":"%s","instructions":"Answer briefly.","input":"%s","max_output_tokens":256%s}'
    printf "$form" auto "$(filler 850)" "" >"$dir/responses.body"
    printf "$form" auto-stream "$(filler 850)" ',"stream":true' >"$dir/responses-stream.body"
    form='{"model":"%s","system":"Answer briefly.","messages":[{"role":"user","content":"%s"}],'
    form+='"max_tokens":256%s}'
    printf "$form" auto-messages "$(filler 850)" "" >"$dir/messages.body"
    printf "$form" auto-messages-stream "$(filler 850)" ',"stream":true' >"$dir/messages-stream.body"
  }
}

write_answers() {
  mkdir -p "$dir/answers"
  local usage='"usage":{"prompt_tokens":200,"completion_tokens":40,"total_tokens":240,'
  usage+='"completion_tokens_details":{"reasoning_tokens":0}}'
  local head='{"id":"chatcmpl-load","object":"chat.completion%s","created":1700000000,"model":"mini",'
  # shellcheck disable=SC2059
  {
    printf "$head" ""
    printf '"choices":[{"index":0,"message":{"role":"assistant","content":"%s"},' "$(filler 600)"
    printf '"finish_reason":"stop"}],%s}' "$usage"
  } >"$dir/answers/plain.json"
  local i
  # shellcheck disable=SC2059
  {
    for ((i = 0; i < 38; i++)); do
      printf "data: $head" .chunk
      printf '"choices":[{"index":0,"delta":{"content":"word "},"finish_reason":null}]}\n\n'
    done
    printf "data: $head" .chunk
    printf '"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    printf "data: $head" .chunk
    printf '"choices":[],%s}\n\ndata: [DONE]\n\n' "$usage"
  } >"$dir/answers/stream.txt"
  write_responses
  write_messages
}

# event NAME DATA: as both other dialects send it.
event() { printf 'event: %s\ndata: {"type":"%s",%s}\n\n' "$1" "$1" "$2"; }

write_responses() {
  local usage='"usage":{"input_tokens":200,"input_tokens_details":{"cached_tokens":0},'
  usage+='"output_tokens":40,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":240}'
  local head='"id":"resp_load","object":"response","created_at":1700000000,"model":"mini"'
  local text whole
  text=$(filler 600)
  local item='{"type":"message","id":"msg_load","role":"assistant","status":"completed",'
  item+="\"content\":[{\"type\":\"output_text\",\"text\":\"$text\",\"annotations\":[]}]}"
  whole="$head,\"status\":\"completed\",\"output\":[$item],$usage"
  printf '{%s}' "$whole" >"$dir/answers/responses.json"
  local i delta='"item_id":"msg_load","output_index":0,"content_index":0,"delta":"word "'
  {
    event response.created "\"sequence_number\":0,\"response\":{$head,\"status\":\"in_progress\"}"
    for ((i = 1; i <= 38; i++)); do
      event response.output_text.delta "\"sequence_number\":$i,$delta"
    done
    event response.completed "\"sequence_number\":39,\"response\":{$whole}"
  } >"$dir/answers/responses.txt"
}

write_messages() {
  local head='"id":"msg_load","type":"message","role":"assistant","model":"mini"'
  local usage='"usage":{"input_tokens":200,"output_tokens":40}'
  printf '{%s,"content":[{"type":"text","text":"%s"}],"stop_reason":"end_turn",%s}' \
    "$head" "$(filler 600)" "$usage" >"$dir/answers/messages.json"
  local i
  {
    event message_start "\"message\":{$head,\"content\":[],\"stop_reason\":null,$usage}"
    event content_block_start '"index":0,"content_block":{"type":"text","text":""}'
    for ((i = 0; i < 38; i++)); do
      event content_block_delta '"index":0,"delta":{"type":"text_delta","text":"word "}'
    done
    event content_block_stop '"index":0'
    event message_delta '"delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":40}'
    printf 'event: message_stop\ndata: {"type":"message_stop"}\n\n'
  } >"$dir/answers/messages.txt"
}

# start_nginx NAME: from NAME.conf beside this script.
start_nginx() {
  local user=
  # Workers of a root's nginx would be somebody else, who cannot write into our folder.
  [[ $(id -u) -ne 0 ]] || user="user $(id -un) $(id -gn);"
  sed -e "s|@USER@|$user|" -e "s|@DIR@|$dir|" \
    -e "s|@PLAIN@|$upstream_plain|" -e "s|@STREAM@|$upstream_stream|" \
    -e "s|@NGINX_PLAIN@|$nginx_plain|" -e "s|@NGINX_STREAM@|$nginx_stream|" \
    "$here/$1.conf" >"$dir/$1.conf"
  nginx -e stderr -p "$dir" -c "$dir/$1.conf" 2>"$dir/$1.log" &
  started+=("$!")
}

# address WAY BODY: where a call of this kind goes.
address() {
  local at
  case $1-$2 in
    direct-*stream) at=$upstream_stream ;;
    direct-*) at=$upstream_plain ;;
    nginx-*stream) at=$nginx_stream ;;
    nginx-*) at=$nginx_plain ;;
    ponder-*) at=$ponder_api ;;
  esac
  case $2 in
    responses*) printf 'http://127.0.0.1:%s/v1/responses\n' "$at" ;;
    messages*) printf 'http://127.0.0.1:%s/v1/messages\n' "$at" ;;
    *) printf 'http://127.0.0.1:%s/v1/chat/completions\n' "$at" ;;
  esac
}

# One call of each kind, looked at: a wrong answer is not worth measuring.
prove() {
  local way body attempt
  for way in "${ways[@]}"; do
    for body in "${calls[@]}"; do
      for attempt in 1 2 3 4 5; do
        if curl -sf --max-time 10 -o "$dir/answer" -H "authorization: Bearer $key" \
          -H 'content-type: application/json' --data-binary "@$dir/$body.body" \
          "$(address "$way" "$body")"; then break; fi
        [[ $attempt -lt 5 ]] || fail "$way, $body: no answer to a single call"
        sleep 0.2
      done
      case $body in
        stream) grep -q '^data: \[DONE\]' "$dir/answer" ;;
        responses) grep -q '"output"' "$dir/answer" ;;
        responses-stream) grep -q '^event: response.completed' "$dir/answer" ;;
        messages) grep -q '"content"' "$dir/answer" ;;
        messages-stream) grep -q '^event: message_stop' "$dir/answer" ;;
        *) grep -q '"choices"' "$dir/answer" ;;
      esac || fail "$way, $body: not the upstream's answer: $(head -c 200 "$dir/answer")"
    done
  done
}

# measure WAY BODY CONNECTIONS SECONDS: "requests seconds p50_us p99_us failures"
measure() {
  local threads=2
  [[ $3 -ge 2 ]] || threads=1
  BODY=$dir/$2.body KEY=$key wrk -t"$threads" -c"$3" -d"$4s" --timeout 10s \
    -s "$here/request.lua" "$(address "$1" "$2")" | awk '$1 == "RESULT" { $1 = ""; print }'
}

need nginx wrk curl awk sha256sum
new_folder
ways=(direct nginx)
[[ $ponder == skip ]] || ways+=(ponder)
must_be_free "$upstream_plain" "$upstream_stream" "$nginx_plain" "$nginx_stream" \
  "$ponder_api" "$ponder_admin"
write_bodies
write_answers

if [[ ${UPSTREAM:-nginx} == stub ]]; then
  [[ $ponder != skip ]] || fail "UPSTREAM=stub needs Ponder (got: PONDER=skip)"
  upstream_stream=$upstream_plain
  "$ponder" stub --port "$upstream_plain" >"$dir/stub.log" 2>&1 &
  started+=("$!")
  wait_ready "http://127.0.0.1:$upstream_plain/health" "$!" >"$dir/stub.ready"
else
  start_nginx upstream
fi
start_nginx nginx
if [[ $ponder != skip ]]; then
  "$ponder" --help >"$dir/help"
  write_config "$upstream_plain" "$upstream_stream"
  start_ponder
fi
prove

warm_up=${WARM_UP:-15} # the JVM compiles for about that long under load; nginx gets as much
printf '%s, %s cores, %s round(s) of %s s, %s s of warm-up each\n' \
  "$(uname -sm)" "$(nproc)" "$rounds" "$seconds_each" "$warm_up" >&2
scenarios=()
for call in "${calls[@]}"; do
  for connections in ${connections_of[$call]}; do scenarios+=("$call $connections"); done
done
for scenario in "${scenarios[@]}"; do
  read -r body connections <<<"$scenario"
  for way in "${ways[@]}"; do measure "$way" "$body" "$connections" "$warm_up" >"$dir/warm"; done
  for ((round = 1; round <= rounds; round++)); do
    for way in "${ways[@]}"; do
      printf '  %s %s, round %d: %s\n' "$body" "$connections" "$round" "$way" >&2
      printf '%s %s %s %s\n' "$body" "$connections" "$way" \
        "$(measure "$way" "$body" "$connections" "$seconds_each")" >>"$dir/results"
    done
  done
done

awk -f "$here/table.awk" "$dir/results"
if [[ $ponder != skip ]]; then
  printf '\nPonder: ready in %s s; %s MiB resident at the end, %s MiB at its highest\n' \
    "$ready_seconds" "$(rss_mib "$ponder_pid")" "$(rss_mib "$ponder_pid" VmHWM)"
fi
# A table with failed calls in it is no result.
! grep -qE ' [1-9][0-9]*$' "$dir/results"
