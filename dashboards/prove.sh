#!/usr/bin/env bash
# Proves boards, rules and alerts against real gateways and a real Prometheus; README.md has more.
#
#   dashboards/prove.sh                    all of it; takes two minutes
#   dashboards/prove.sh --rename METRIC    the negative control: must fail
#
# Needs prometheus and promtool (Debian: prometheus) and python3, installs nothing, listens on free
# ports of the loopback, and ends what it started.
#
# PONDER   the command line to use instead of gateway/bin/ponder
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")"
export PYTHONDONTWRITEBYTECODE=1
exec python3 proof/prove.py "$@"
