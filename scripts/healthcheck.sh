#!/usr/bin/env bash
# Whether ControlPilot answers: exit code 0 where /api/health does so within 5 s, else 1 and a line that says why.

ask() {
  local host=${PORTAL_HOST:-0.0.0.0} port=${PORTAL_PORT:-7878} connection line=''
  case $host in 0.0.0.0 | :: | '[::]') host=127.0.0.1 ;; esac
  { exec {connection}<>"/dev/tcp/$host/$port"; } 2>/dev/null || {
    echo "Nothing listens on $host:$port."
    return 1
  }
  printf 'GET /api/health HTTP/1.1\r\nHost: localhost:%s\r\nConnection: close\r\n\r\n' "$port" >&"$connection"
  IFS= read -r line <&"$connection"
  case $line in 'HTTP/1.'?' 200 '*) return 0 ;; esac
  echo "ControlPilot on port $port answered: ${line:-nothing}"
  return 1
}

if [ "${1-}" = ask ]; then
  ask
  exit
fi
# A server that hangs may even leave the connection waiting, which bash cannot cut short by itself.
timeout -k 1 4.5 "$BASH" "${BASH_SOURCE[0]}" ask
code=$?
[ "$code" -lt 124 ] || echo "ControlPilot did not answer within 5 s."
exit $((code > 0))
