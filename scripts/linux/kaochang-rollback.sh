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
# Whether that version may take over: asked of it where it can read the journal, else of the one that can.
may_go_back() {
  journal_back "$current" "$previous" --check || return 1
  [ "$(format_of "$current")" -gt "$(format_of "$previous")" ] || may_change "$previous"
}
may_go_back || fail '没有退回。' 'The version was not changed.'
was=no
if service_runs; then was=yes; fi
stop_service
if ! may_go_back || ! journal_back "$current" "$previous"; then
  [ "$was" = no ] || start_service || true
  fail '没有退回。' 'The version was not changed.'
fi
write_units "$previous"
point "$prefix/current" "versions/$(basename "$previous")"
point "$prefix/previous" "versions/$(basename "$current")"
settle "$prefix" "$units"
if [ "$service" = yes ]; then
  systemctl daemon-reload
  if [ "$was" = yes ] && ! start_service; then
    stop_service
    write_units "$current"
    point "$prefix/current" "versions/$(basename "$current")"
    point "$prefix/previous" "versions/$(basename "$previous")"
    start_service || true
    fail "上一个版本启动不了，仍用 $(basename "$current")。" "The version before does not start; it is $(basename "$current") again."
  fi
fi
say "现在是 $(basename "$previous")。" "This is $(basename "$previous") now."
