#!/bin/sh
# 让这台 Linux 考生机信任考场 CA（系统证书库，以及考生用户的 Chromium 证书库）。
# Makes this Linux PC trust the room's CA: the system's store, and the NSS store that Chromium of the candidate's user reads.
# 用法 Usage: install-linux.sh kaochang-room-ca.crt FINGERPRINT [USER...]   (FINGERPRINT: SHA-256)
set -eu
certificate=${1:?kaochang-room-ca.crt}
wanted=$(printf %s "${2:?SHA-256}" | tr -d ': ' | tr 'A-F' 'a-f')
shift 2
found=$(openssl x509 -in "$certificate" -outform DER | openssl dgst -sha256 -r | cut -d' ' -f1)
if [ "$found" != "$wanted" ]; then
  echo "指纹不符，没有安装 / wrong fingerprint, nothing was installed: $found" >&2
  exit 1
fi
folder=${KAOCHANG_CA_FOLDER:-/usr/local/share/ca-certificates}
install -m 0644 "$certificate" "$folder/kaochang-room-ca.crt"
[ -n "${KAOCHANG_CA_FOLDER:-}" ] || update-ca-certificates
for user in "$@"; do
  home=$(getent passwd "$user" | cut -d: -f6)
  store="$home/.pki/nssdb"
  if [ ! -e "$store/cert9.db" ]; then
    mkdir -p "$store"
    certutil -d "sql:$store" -N --empty-password
  fi
  certutil -d "sql:$store" -D -n 'Kaochang room CA' 2>/dev/null || true
  certutil -d "sql:$store" -A -t C,, -n 'Kaochang room CA' -i "$certificate"
  chown -R "$user:" "$home/.pki"
done
