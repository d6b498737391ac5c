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

# The newest format of the journal that a version can read.
format_of() { # folder
  sed -n 's/^  "journalFormat": \([0-9]*\),*$/\1/p' "$1/release.json"
}

# Before a version that changes the journal's format opens it, the journal as it is is copied and checked.
keep_journal() { # folder of the version that would take over
  [ -e "$data/journal/journal.db" ] || return 0
  as_user "$1" release keep-journal --data "$data"
}

# Where a version cannot read the journal any more the copy from before takes its place. Said by the one that can read it.
journal_back() { # folder-that-reads folder-that-takes-over [--check]
  [ -e "$data/journal/journal.db" ] && [ "$(format_of "$1")" -gt "$(format_of "$2")" ] || return 0
  as_user "$1" release journal-back --data "$data" --format "$(format_of "$2")" ${3:-}
}

# Also one that ends again and again and is started anew.
service_runs() {
  [ "$service" = yes ] || return 1
  case $(systemctl show -p ActiveState --value kaochang.service) in inactive | failed | '') return 1 ;; esac
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

# Stops the server, and the recorder of this installation with it: no session is held.
stop_service() {
  [ "$service" = no ] || systemctl stop kaochang-backup.timer kaochang.service 2>/dev/null || true
  stop_recorders
  [ "$service" = no ] || systemctl kill --signal=SIGKILL kaochang.service 2>/dev/null || true
}

# The recorders of this installation: their command line names the version that they came with.
recorders() {
  grep -slz "^$(readlink -f "$prefix")/versions/.*/recorder-main\.js\$" /proc/[0-9]*/cmdline | sed 's#/proc/\(.*\)/cmdline#\1#'
}

# A recorder outlives its server. Asked to end it closes and lists what it was writing; nothing is taken away below it before.
stop_recorders() {
  left=$(recorders || true)
  [ -n "$left" ] || return 0
  say '结束录像进程……' 'Ending the recorder...'
  kill -TERM $left 2>/dev/null || true
  waited=0
  while left=$(recorders || true) && [ -n "$left" ]; do
    if [ "$waited" -ge 30 ]; then
      kill -KILL $left 2>/dev/null || true
      return 0
    fi
    sleep 1
    waited=$((waited + 1))
  done
}

# Starts the server and waits until it is ready. One that ends a moment later does not run either: KAOCHANG_SETTLES are the seconds
# that it has to stay (5).
start_service() {
  [ "$service" = yes ] || return 0
  systemctl daemon-reload && systemctl start kaochang.service || return 1
  started=$(systemctl show -p MainPID --value kaochang.service)
  sleep "${KAOCHANG_SETTLES:-5}"
  [ "$started" != 0 ] && [ "$(systemctl show -p MainPID --value kaochang.service)" = "$started" ] || return 1
  systemctl start kaochang-backup.timer
}

# One rename: whoever starts sees the one version or the other.
point() { # link target
  ln -sfn "$2" "$1.new" && mv -Tf "$1.new" "$1"
}

# What lies on the disks of these folders is written down. Other disks, which may be busy with recordings, are not waited for.
settle() { # folders...
  for place in "$@"; do
    [ ! -d "$place" ] || sync -f "$place" 2>/dev/null || sync
  done
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
