# shellcheck shell=bash
# What the capture scripts share. Source it after `set -euo pipefail`.

# Traced programs get this environment and nothing else: a log must not tell about the machine it was made on.
# shellcheck disable=SC2034  # used by the scripts that source this
clean=(env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TZ=UTC0)

# An inherited descriptor would take a number that the traced program then does not get.
for inherited in "/proc/$$/fd"/*; do
    number=${inherited##*/}
    case $number in 0 | 1 | 2 | 255) ;; *) eval "exec $number>&-" ;; esac
done

children=()
work=$(mktemp -d /tmp/tracestat-capture.XXXXXX)
chmod 755 "$work"

# Ends a process that this script started. CONT first: a stopped one would not see the signal.
stop() { # PID [SIGNAL]
    kill -CONT "$1" 2>/dev/null || return 0
    kill "-${2:-TERM}" "$1" 2>/dev/null || return 0
    for _ in {1..50}; do
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

clean_up() {
    local pid
    for pid in "${children[@]}"; do stop "$pid"; done
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
fail() { say "$*"; exit 1; }

# Installs the Debian packages whose command or file is not there yet.
need() { # COMMAND-OR-FILE=PACKAGE...
    local pair missing=() policy=/usr/sbin/policy-rc.d ours=no
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null || [[ -e ${pair%%=*} ]] || missing+=("${pair#*=}")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0
    say "installing ${missing[*]}"
    # Debian starts a service when its package is installed, unless a policy says no.
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
        ours=yes
    fi
    local status=0
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null || status=$?
    [[ $ours = no ]] || rm -f "$policy"
    [[ $status = 0 ]] || fail "apt-get failed"
}
