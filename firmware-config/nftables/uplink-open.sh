#!/bin/sh
# 为一个机构地址打开上行，到时自动关闭。 Opens the way to one address of the organisation; it closes by itself.
# 用法 Usage: uplink-open.sh ADDRESS [MINUTES<=240, 默认 default 60]
set -eu
address=${1:?地址 address}
minutes=${2:-60}
case $minutes in '' | *[!0-9]*)
  echo "分钟数不是整数 / minutes are no number: $minutes" >&2
  exit 2
  ;;
esac
if [ "$minutes" -lt 1 ] || [ "$minutes" -gt 240 ]; then
  echo '1 至 240 分钟 / 1 to 240 minutes' >&2
  exit 2
fi
# An element that is there keeps its old time: it is taken out first. 已有的先去掉，否则沿用旧的时限。
nft add element inet kaochang uplink "{ $address }"
nft delete element inet kaochang uplink "{ $address }"
nft add element inet kaochang uplink "{ $address timeout ${minutes}m }"
