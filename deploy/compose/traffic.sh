#!/bin/sh
# Asks a gateway on and on: two questions a second, easy and hard, as streams and not, for three teams.
# Usage: traffic.sh BASE_URL [REQUESTS]; without a number until it is stopped.
set -u
base=$1
left=${2:--1}
count=0

ask() {
  printf '{"model": "%s", "stream": %s, "messages": [{"role": "user", "content": "%s"}]}' \
    "$2" "$3" "$4" \
    | curl -sS -m 60 -o /dev/null -H "authorization: Bearer sk-demo-$1" \
      -H 'content-type: application/json' --data-binary @- "$base/v1/chat/completions"
}

while [ "$left" -ne 0 ]; do
  case $((count % 8)) in
    0) ask web auto true "Translate good morning into French, please. ($count)" & ;;
    1) ask web auto false "Give me a title for a page about bread. ($count)" & ;;
    2) ask lab auto true "Prove that there are infinitely many primes of the form 4k+3. ($count)" & ;;
    3) ask web mini true "Say hello to my colleague. ($count)" & ;;
    4) ask lab auto false "Find all integers x, y with x^3 - y^2 = 2, with a proof. ($count)" & ;;
    5) ask batch auto false "Summarise: the cat sat on the mat. ($count)" & ;;
    6) ask batch thinker false "Plan every move of a wolf, a goat and a cabbage. ($count)" & ;;
    7) ask web auto true "stub: fail_first=1\\nWhat is the capital of Peru? ($count)" & ;;
  esac
  count=$((count + 1))
  left=$((left - 1))
  # No more than 16 at once, should the gateway hang.
  if [ $((count % 16)) -eq 0 ]; then wait; fi
  sleep 0.5
done
wait
