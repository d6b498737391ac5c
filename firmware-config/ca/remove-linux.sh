#!/bin/sh
# 撤销 install-linux.sh。 Takes back what install-linux.sh did.
# 用法 Usage: remove-linux.sh [USER...]
set -eu
folder=${KAOCHANG_CA_FOLDER:-/usr/local/share/ca-certificates}
rm -f "$folder/kaochang-room-ca.crt"
[ -n "${KAOCHANG_CA_FOLDER:-}" ] || update-ca-certificates --fresh
for user in "$@"; do
  store="$(getent passwd "$user" | cut -d: -f6)/.pki/nssdb"
  [ ! -e "$store/cert9.db" ] || certutil -d "sql:$store" -D -n 'Kaochang room CA'
done
