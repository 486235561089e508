# Read by the scripts next to it: lets mitmproxy ($MITMDUMP) end the TLS of the hosts in $PRACTICE_HOSTS and
# hand everything to the practice server at $PRACTICE_PORT. Sets $proxy and $authority.
export PRACTICE_PORT PRACTICE_HOSTS
proxy_port=${PROXY_PORT:-18098}
proxy=http://127.0.0.1:$proxy_port
authority=$work/mitm/mitmproxy-ca-cert.pem
"$MITMDUMP" --quiet --mode "regular@$proxy_port" --listen-host 127.0.0.1 --set "confdir=$work/mitm" \
    --set connection_strategy=lazy --set upstream_cert=false -s "$here/mitm_practice.py" &
pids="$pids $!"
wait_for "$authority"
tries=0
until python3 -c "import socket; socket.create_connection(('127.0.0.1', $proxy_port))" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || { echo "mitmproxy does not listen" >&2; exit 1; }
    sleep 0.1
done
