#!/bin/sh
# 由 plan.csv 生成 dnsmasq 的地址表（输出到标准输出）。 Makes dnsmasq's table of addresses from plan.csv, on standard output.
# 用法 Usage: dhcp-hosts.sh plan.csv > /etc/kaochang/dhcp-hosts
set -eu
awk -F, 'NR > 1 && $3 != "" {
  # Written out: the awk of Debian 12 counts no repetitions. 逐段写出：Debian 12 的 awk 不认重复次数。
  if ($3 !~ /^[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]$/) { print "行 line " NR ": " $3 > "/dev/stderr"; exit 1 }
  if (seen[$3]++ || seen[$4]++) { print "重复 twice, 行 line " NR > "/dev/stderr"; exit 1 }
  print $3 "," $4
}' "${1:?plan.csv}"
