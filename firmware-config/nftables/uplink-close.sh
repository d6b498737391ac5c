#!/bin/sh
# 立即关闭上行，正在传输的连接也中断。 Closes the way out at once; connections that run are cut too.
set -eu
nft flush set inet kaochang uplink
