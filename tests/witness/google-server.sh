# Read by the scripts next to it: sets $ready, and cleans up $work and what was started at the end. Options
# for the servers are in $serve_options.
pids=""
cleanup() {
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

wait_for() {
    tries=0
    while [ ! -s "$1" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 6000 ] || { echo "$1 does not appear" >&2; exit 1; }
        sleep 0.1
    done
}

if [ -n "${1:-}" ]; then
    ready=$1
else
    ready=$work/ready.json
    cargo build --release
    # shellcheck disable=SC2086 # options are words
    cargo run --release --quiet -- practice --serve --faults off --data-dir "$work/data" --ready "$ready" ${serve_options:-} &
    pids="$pids $!"
    wait_for "$ready"
fi
