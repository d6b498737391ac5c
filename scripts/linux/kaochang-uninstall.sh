#!/bin/sh
# 卸载程序与服务；数据保留。--purge-data 连数据一起删除，需要输入数据目录的路径确认。
# Removes programs and units; the data stay. --purge-data destroys them too, after the folder's path was typed.
set -eu
export LC_ALL=C
here=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$here/lib/setup-lib.sh"
prefix=$(dirname "$(dirname "$here")")
purge=no
for option in "$@"; do
  case $option in
    --purge-data) purge=yes ;;
    *) echo "不认识的参数 / unknown option: $option" >&2; exit 2 ;;
  esac
done
read_settings "$prefix"
[ -n "${data:-}" ] || fail "$prefix/settings 不见了。" "$prefix/settings is gone."
if [ "$service" = yes ]; then
  [ "$(id -u)" = 0 ] || fail '需要 root。' 'This needs root.'
else
  refuse_other_server
fi
may_change "$here" || fail '没有卸载。' 'Nothing was removed.'
if [ "$purge" = yes ]; then
  may_change "$here" --destroy || fail '没有卸载。' 'Nothing was removed.'
  say "将永久删除 $data：请输入这个路径确认。" "$data is destroyed for good: type that path to go on."
  read -r typed
  [ "$typed" = "$data" ] || fail '路径不同，没有卸载。' 'That is another path; nothing was removed.'
fi
stop_service
if [ "$service" = yes ]; then
  systemctl disable kaochang.service kaochang-backup.timer >/dev/null 2>&1 || true
  for unit in $UNITS; do rm -f "$units/$unit"; done
  systemctl daemon-reload || true
fi
for name in kaochang kaochang-rollback kaochang-uninstall; do
  [ "$(readlink "$bin/$name" 2>/dev/null || true)" != "$prefix/current/bin/$name" ] || rm -f "$bin/$name"
done
[ "$purge" = no ] || rm -rf "${data:?}"
rm -rf "$prefix/versions" "$prefix/trust" "$prefix/current" "$prefix/previous" "$prefix/settings"
rmdir "$prefix" 2>/dev/null || true
if [ "$purge" = yes ]; then
  say '已卸载，数据已删除。' 'Removed, and the data are destroyed.'
else
  say "已卸载，数据保留在 $data，用户 $user 保留。" "Removed. The data stay in $data, and so does the user $user."
fi
