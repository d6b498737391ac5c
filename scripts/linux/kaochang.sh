#!/bin/sh
# 已安装的 kaochang 命令：用随包的 Node 运行本版本。
# The installed `kaochang` command: this version with the Node that came with it. It decides nothing but whose files are written.
set -eu
here=$(dirname "$(dirname "$(readlink -f "$0")")")
settings=$here/../../settings
if [ -r "$settings" ]; then
  data=$(sed -n 's/^data=//p' "$settings")
  user=$(sed -n 's/^user=//p' "$settings")
  KAOCHANG_DATA=${KAOCHANG_DATA:-$data}
  export KAOCHANG_DATA
  # Files that root writes into the data folder are files that the server cannot read.
  if [ "$(id -u)" = 0 ] && [ "$user" != root ]; then
    case ${1:-} in
      serve | install | preflight | bundle | journal | backup)
        echo "请用服务的用户运行：sudo -u $user kaochang $*" >&2
        echo "Run it as the service's user: sudo -u $user kaochang $*" >&2
        exit 2
        ;;
    esac
  fi
fi
exec "$here/node/bin/node" "$here/build/scripts/kaochang.js" "$@"
