#!/bin/sh
# 退回上一个版本：封场之前可以，数据不动。上一版读不了现有日志时拒绝。
# Goes back to the version before: before the seal, the data stay as they are. Refused where that version cannot read the
# journal as it is now.
set -eu
export LC_ALL=C
here=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$here/lib/setup-lib.sh"
prefix=$(dirname "$(dirname "$here")")
read_settings "$prefix"
[ -n "${data:-}" ] || fail "$prefix/settings 不见了。" "$prefix/settings is gone."
[ -L "$prefix/previous" ] || fail '没有上一个版本。' 'There is no version before this one.'
current=$(readlink -f "$prefix/current")
previous=$(readlink -f "$prefix/previous")
[ -d "$previous" ] && [ "$previous" != "$current" ] || fail '没有上一个版本。' 'There is no version before this one.'
if [ "$service" = yes ]; then
  [ "$(id -u)" = 0 ] || fail '需要 root。' 'This needs root.'
else
  refuse_other_server
fi
group=$(id -gn "$user")
may_change "$previous" || fail '没有退回。' 'The version was not changed.'
was=no
if service_runs; then was=yes; fi
stop_service
if ! may_change "$previous"; then
  [ "$was" = no ] || start_service || true
  fail '没有退回。' 'The version was not changed.'
fi
write_units "$previous"
point "$prefix/current" "versions/$(basename "$previous")"
point "$prefix/previous" "versions/$(basename "$current")"
sync
if [ "$service" = yes ]; then
  systemctl daemon-reload
  [ "$was" = no ] || start_service || fail '已退回，但服务启动不了。' 'The version is changed, but the service does not start.'
fi
say "现在是 $(basename "$previous")。" "This is $(basename "$previous") now."
