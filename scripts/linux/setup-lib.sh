# 安装、回退、卸载共用的函数。
# What installing, going back and removing share. Sourced, never run; POSIX sh, nothing but a base system.
# Callers set: prefix data user units bin service (yes/no).

UNITS='kaochang.service kaochang-backup.service kaochang-backup.timer'

say() { # zh en
  printf '%s\n  %s\n' "$1" "$2"
}

fail() { # zh en
  printf '%s\n  %s\n' "$1" "$2" >&2
  exit 1
}

# Reads what an earlier installation wrote down. settings are lines NAME=VALUE, read and not run.
read_settings() { # prefix
  if [ -r "$1/settings" ]; then
    data=$(sed -n 's/^data=//p' "$1/settings")
    user=$(sed -n 's/^user=//p' "$1/settings")
    units=$(sed -n 's/^units=//p' "$1/settings")
    bin=$(sed -n 's/^bin=//p' "$1/settings")
    service=$(sed -n 's/^service=//p' "$1/settings")
  fi
}

# Runs a version's command as the service's user: what root wrote the server could not read.
as_user() { # folder args...
  folder=$1
  shift
  if [ "$(id -u)" = 0 ] && [ "$user" != root ]; then
    runuser -u "$user" -- "$folder/node/bin/node" "$folder/build/scripts/kaochang.js" "$@"
  else
    "$folder/node/bin/node" "$folder/build/scripts/kaochang.js" "$@"
  fi
}

# Whether this version may take over the data now. The reason is printed.
may_change() { # folder [--destroy]
  [ -e "$data/journal/journal.db" ] || return 0
  as_user "$1" release may-change --data "$data" ${2:-}
}

service_runs() {
  [ "$service" = yes ] && systemctl is-active --quiet kaochang.service
}

# Where no service manager keeps it, a person runs the server: whoever holds the data folder is asked to stop it.
refuse_other_server() {
  [ -e "$data/serve.lock" ] || return 0
  other=$(cat "$data/serve.lock" 2>/dev/null || true)
  case $other in '' | *[!0-9]*) return 0 ;; esac
  [ -d "/proc/$other" ] || return 0
  tr '\0' ' ' <"/proc/$other/cmdline" 2>/dev/null | grep -Eq 'node|kaochang' || return 0
  fail "服务器正在运行（进程 $other），请先停止它。" "A server runs (process $other): stop it first."
}

# Stops the server, and the recorder of this version with it: no session is held, so nothing is being recorded.
stop_service() {
  [ "$service" = yes ] || return 0
  systemctl stop kaochang-backup.timer kaochang.service 2>/dev/null || true
  systemctl kill --kill-whom=all --signal=SIGTERM kaochang.service 2>/dev/null || true
}

start_service() {
  [ "$service" = yes ] || return 0
  systemctl daemon-reload && systemctl start kaochang.service && systemctl start kaochang-backup.timer
}

# One rename: whoever starts sees the one version or the other.
point() { # link target
  ln -sfn "$2" "$1.new" && mv -Tf "$1.new" "$1"
}

# The unit files of a version with this machine's paths.
write_units() { # folder
  [ "$service" = yes ] || return 0
  for unit in $UNITS; do
    sed -e "s#/opt/kaochang#$prefix#g" -e "s#/var/lib/kaochang#$data#g" \
      -e "s#^User=kaochang#User=$user#" -e "s#^Group=kaochang#Group=$group#" \
      "$1/systemd/$unit" >"$units/.$unit.new" || return 1
    chmod 0644 "$units/.$unit.new" && mv -f "$units/.$unit.new" "$units/$unit" || return 1
  done
}
