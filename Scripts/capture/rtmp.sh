# shellcheck shell=bash
# An RTMP server with publishers and players on a loopback of its own, and notes of what really happened.
# Source it after common.sh, once own_network has run.
# shellcheck disable=SC2154  # clean and work come from common.sh
port=1935
url=rtmp://127.0.0.1:$port

# Starts the calling script again where only loopback exists: nothing on the machine is reached, ports are free, `ss`
# shows only us. Loopback gets the packet size and send buffers of a real network; with its own (64 KiB packets, MBs of
# buffer) a slow reader would never be felt by the server.
own_network() { # SCRIPT ARGUMENTS...
    if [[ ${TRACESTAT_OWN_NETWORK:-} != yes ]]; then
        rm -rf "$work"
        exec env TRACESTAT_OWN_NETWORK=yes unshare --net -- "$@"
    fi
    ip link set lo up mtu 1500
    echo '4096 16384 32768' >/proc/sys/net/ipv4/tcp_wmem
}

# Ground truth: one line per event, by the same clock that strace prints.
begin_truth() { # DIRECTORY
    cd "$work" || return      # a log with -y names the working directory
    truth=$1
    rm -rf "$truth"
    mkdir -p "$truth"
    printf 'epoch\tevent\tpid\tname\tdetail\n' >"$truth/events.tsv"
    printf 'moment\tpid\tfd\tkind\tlocal\tpeer\n' >"$truth/fdpeers.tsv"
    printf 'tid\ttgid\tcomm\n' >"$truth/tids.tsv"
}
event() { # EVENT PID NAME [DETAIL]
    printf '%s\t%s\t%s\t%s\t%s\n' "$(date +%s.%6N)" "$1" "$2" "$3" "${4:-}" >>"$truth/events.tsv"
}

# Which descriptor of which process leads to whom, right now: /proc names the socket, ss knows its ends.
snapshot() { # MOMENT PID...
    local moment=$1 pid fd target
    shift
    event snapshot "$*" "$moment"
    {
        ss -H -tan -e | awk '{ for (i = 6; i <= NF; i++) if (sub(/^ino:/, "", $i)) print $i "\ttcp\t" $4 "\t" $5 }'
        ss -H -xan | awk '{ print $6 "\tunix\t" $5 ":" $6 "\t" $7 ":" $8 }'
    } >"$work/sockets"
    for pid in "$@"; do
        for fd in /proc/"$pid"/fd/*; do
            target=$(readlink "$fd") || continue
            printf '%s\t%s\t%s\t%s\n' "$moment" "$pid" "${fd##*/}" "$target"
        done
    done | awk -F'\t' -v OFS='\t' '
        NR == FNR { ends[$1] = $2 OFS $3 OFS $4; next }
        match($4, /^socket:\[/) { inode = substr($4, 9, length($4) - 9); print $1, $2, $3, (inode in ends) ? ends[inode] : "socket" OFS OFS; next }
        match($4, /^(pipe|anon_inode):/) { print $1, $2, $3, substr($4, 1, RLENGTH - 1), substr($4, RLENGTH + 1), ""; next }
        { print $1, $2, $3, "file", $4, "" }' "$work/sockets" - | sort -t$'\t' -k2,2n -k3,3n >>"$truth/fdpeers.tsv"
    for pid in "$@"; do
        for fd in /proc/"$pid"/task/*; do printf '%s\t%s\t%s\n' "${fd##*/}" "$pid" "$(<"$fd/comm")"; done
    done >>"$truth/tids.tsv"
}
# Threads seen at several moments are listed once.
end_truth() {
    { head -1 "$truth/tids.tsv"; tail -n +2 "$truth/tids.tsv" | sort -n -u -k1,1; } >"$work/tids"
    mv "$work/tids" "$truth/tids.tsv"
}

start_nginx() { # WORKERS ; sets nginx_pid and worker_pids
    local home=$work/nginx pid
    mkdir -p "$home"
    install -d -o www-data "$home/hls"
    cat >"$home/nginx.conf" <<CONF
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
user www-data;
daemon off;
worker_processes $1;
pid $home/nginx.pid;
error_log $home/error.log warn;
events { worker_connections 128; accept_mutex on; }
rtmp {
    access_log $home/rtmp_access.log;
    server {
        listen 127.0.0.1:$port;
        application live { live on; }
        application hls { live on; hls on; hls_path $home/hls; hls_fragment 2s; hls_playlist_length 8s; }
    }
}
CONF
    "${clean[@]}" nginx -p "$home" -e "$home/error.log" -c "$home/nginx.conf" >/dev/null 2>&1 </dev/null &
    nginx_pid=$!
    children+=("$nginx_pid")
    sleep 1
    read -ra worker_pids <"/proc/$nginx_pid/task/$nginx_pid/children" || true   # (no newline there)
    [[ ${#worker_pids[@]} -ge $1 ]] || fail "nginx did not start: $(tail -1 "$home/error.log")"
    for pid in "$nginx_pid" "${worker_pids[@]}"; do event server_start "$pid" nginx "$(ps -o args= -p "$pid" | sed "s| nginx -p.*||")"; done
}

# A few seconds of picture and tone, encoded once; publishers loop over it, so they cost little.
make_sample() { # FRAMES-PER-SECOND
    "${clean[@]}" ffmpeg -nostdin -v error -y -f lavfi -i "testsrc=size=320x180:rate=$1" -f lavfi -i sine=frequency=440:sample_rate=44100 -t 8 \
        -c:v libx264 -preset ultrafast -pix_fmt yuv420p -b:v 120k -g "$((2 * $1))" -c:a aac -b:a 48k -f flv "$work/sample.flv"
}
# Both run for at most three minutes, whatever happens to this script; both set `last` to their pid.
publish() { # APPLICATION/STREAM [URL]
    "${clean[@]}" ffmpeg -nostdin -v error -re -stream_loop 100 -i "$work/sample.flv" -t 180 -c copy -f flv "${2:-$url}/$1" >/dev/null 2>&1 </dev/null &
    last=$!
    children+=("$last")
    note_client publisher_start "$1"
}
# A worker knows only the streams published to it (rtmp_auto_push does not work in Debian's build: nobody accepts on its
# sockets), so a viewer who sees nothing within a second or two connects again, as viewers do.
play() { # APPLICATION/STREAM [URL]
    for _ in {1..12}; do
        "${clean[@]}" ffmpeg -nostdin -v error -recv_buffer_size 8192 -i "${2:-$url}/$1" -t 180 -c copy -f null - >/dev/null 2>&1 </dev/null &
        last=$!
        children+=("$last")
        note_client player_start "$1"
        for _ in {1..15}; do
            if [[ $(received "$last") -gt 8000 ]]; then return; fi
            sleep 0.1
        done
        end player "$last" "$1"
    done
    fail "no player of $1 saw anything"
}
received() { # PID ; bytes that its connection has got
    ss -H -tinp state established | awk -v pid="pid=$1," '
        index($0, pid) { mine = 1; next }
        mine && match($0, /bytes_received:[0-9]+/) { bytes = substr($0, RSTART + 15, RLENGTH - 15); exit }
        { mine = 0 }
        END { print bytes + 0 }'
}
# The event, and as soon as the client is connected the address by which a server's log knows it.
note_client() {
    local address
    event "$1" "$last" "$2"
    for _ in {1..30}; do
        address=$(ss -H -tnp state established | awk -v pid="pid=$last," 'index($0, pid) { print $3; exit }')
        [[ -z $address ]] || break
        sleep 0.1
    done
    event "${1%_start}_connected" "$last" "$2" "from ${address:-nowhere}"
}
freeze() { kill -STOP "$2"; event "${1}_freeze" "$2" "$3"; }  # WHO PID NAME
resume() { kill -CONT "$2"; event "${1}_resume" "$2" "$3"; }
slay() { event "${1}_kill" "$2" "$3" "SIGKILL"; kill -KILL "$2"; wait "$2" 2>/dev/null || true; }
end() { event "${1}_stop" "$2" "$3" "SIGINT"; stop "$2" INT; }

# Ends strace, keeps its log as OUT/NAME.xz, and refuses one that is too large to live in a repository.
keep_log() { # STRACE-PID LOG OUT-FILE
    local size
    event strace_stop "$1" strace
    stop "$1" INT
    xz -9e -T1 -c "$2" >"$3"
    size=$(stat -c %s "$3")
    say "$(wc -l <"$2") lines, $(stat -c %s "$2") bytes, $size as $3"
    [[ $size -le 921600 ]] || fail "more than 900 KiB: lower the sample's rates, do not cut the log (strace's table must hold)"
}
