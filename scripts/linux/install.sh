#!/bin/sh
# 安装或升级考场服务器，不需要网络。先检查，全部通过才动手；最后一步只是换一个链接。
# Installs or upgrades the exam room's server, without a network. It checks first and changes nothing before all is well; the
# last step is the change of one link.
#
#   sudo ./install.sh --trust MAKER.pub
#   --trust FILE       发布方公钥 public key of whoever made the release (remembered for upgrades)
#   --fingerprint HEX  或电话核对的指纹 or the fingerprint that the makers read to you
#   --unsigned         都没有：只核对完整性 neither: only that nothing is damaged
#   --prefix DIR       程序目录 programs, /opt/kaochang
#   --data DIR         数据目录 data, /var/lib/kaochang
#   --user NAME        运行用户 the service's user, kaochang
#   --bin DIR          命令链接目录 where the command is linked, /usr/local/bin
#   --no-service       不登记服务 no systemd units
#   --no-start         登记但不启动 units, but not started
#   --allow-older      允许装回较旧版本 takes an older version than the one that runs
#   --check            只检查 checks only
set -eu
export LC_ALL=C
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
. "$here/lib/setup-lib.sh"

prefix=/opt/kaochang data= user= bin= units= service= trust= fingerprint=
unsigned=no start=yes older=no check_only=no
given_data= given_user= given_bin= given_service=
need() { [ $# -ge 2 ] || fail "$1 后面缺少内容。" "$1 needs a value."; }
while [ $# -gt 0 ]; do
  case $1 in
    --trust) need "$@"; trust=$2; shift ;;
    --fingerprint) need "$@"; fingerprint=$2; shift ;;
    --prefix) need "$@"; prefix=$2; shift ;;
    --data) need "$@"; given_data=$2; shift ;;
    --user) need "$@"; given_user=$2; shift ;;
    --bin) need "$@"; given_bin=$2; shift ;;
    --unsigned) unsigned=yes ;;
    --no-service) given_service=no ;;
    --no-start) start=no ;;
    --allow-older) older=yes ;;
    --check) check_only=yes ;;
    -h | --help) sed -n '2,/^set -eu/p' "$0" | sed -e '$d' -e 's/^# \{0,1\}//'; exit 0 ;;
    *) echo "不认识的参数 / unknown option: $1" >&2; exit 2 ;;
  esac
  shift
done
case $prefix in /*) ;; *) fail '--prefix 要写绝对路径。' '--prefix is an absolute path.' ;; esac

read_settings "$prefix"
for pair in "data:$given_data" "user:$given_user" "bin:$given_bin" "service:$given_service"; do
  name=${pair%%:*} value=${pair#*:}
  [ -n "$value" ] || continue
  eval "known=\$$name"
  if [ -n "$known" ] && [ "$known" != "$value" ]; then
    fail "原安装的 $name 是 $known，升级时不能改成 $value。" \
      "This installation has $name=$known; an upgrade does not change it to $value."
  fi
  eval "$name=\$value"
done
data=${data:-/var/lib/kaochang} bin=${bin:-/usr/local/bin} units=${units:-/etc/systemd/system}
if [ "$(id -u)" = 0 ]; then user=${user:-kaochang}; else user=${user:-$(id -un)}; fi
if [ -z "$service" ]; then
  if [ -d /run/systemd/system ] && [ "$(id -u)" = 0 ]; then service=yes; else service=no; fi
fi
case $prefix$data$bin$user in
  *[!A-Za-z0-9/._-]*) fail '路径与用户名只能用字母、数字和 / . _ -。' 'Paths and the user: letters, digits and / . _ - only.' ;;
esac
case $data in /*) ;; *) fail '--data 要写绝对路径。' '--data is an absolute path.' ;; esac
case $data/ in "$prefix"/versions/*) fail '数据不能放在程序目录里。' 'The data do not lie among the programs.' ;; esac

# --- 检查 checks: all at once, and nothing is changed by them
problems=0
problem() { # zh en
  problems=$((problems + 1))
  printf '✗ %s\n    %s\n' "$1" "$2" >&2
}
advice() { # zh en
  printf '! %s\n    %s\n' "$1" "$2" >&2
}
version=$(sed -n 's/^  "version": "\(.*\)",*$/\1/p' "$here/release.json")
platform=$(sed -n 's/^  "platform": "\(.*\)",*$/\1/p' "$here/release.json")
[ "$platform" = linux-x64 ] || problem "这个包是 $platform 的。" "This release is for $platform."
case $(uname -s)-$(uname -m) in
  Linux-x86_64) ;;
  *) problem "本机是 $(uname -sm)，需要 64 位 x86 Linux。" "This machine is $(uname -sm); 64-bit x86 Linux is needed." ;;
esac
for tool in sha256sum readlink sed tr mv ln cp mkdir df id; do
  command -v "$tool" >/dev/null || problem "缺少命令 $tool。" "The command $tool is missing."
done
if [ "$(id -u)" != 0 ]; then
  [ "$user" = "$(id -un)" ] || problem '换用户运行需要 root。' 'Another user than yourself needs root.'
  [ "$service" = no ] || problem '登记服务需要 root。' 'Units need root.'
fi
parent=$prefix
while [ ! -d "$parent" ]; do parent=$(dirname "$parent"); done
[ -w "$parent" ] || problem "不能写入 $parent。" "Cannot write to $parent."
free=$(df -Pk "$parent" | awk 'NR == 2 { print $4 }')
[ "${free:-0}" -ge 600000 ] || problem "$parent 的空间不足 600 MB。" "Less than 600 MB are free at $parent."
parent=$data
while [ ! -d "$parent" ]; do parent=$(dirname "$parent"); done
free=$(df -Pk "$parent" | awk 'NR == 2 { print $4 }')
[ "${free:-0}" -ge 20000000 ] ||
  advice "数据目录所在磁盘不足 20 GB，录像需要更多。" "Less than 20 GB are free for the data; recordings need more."
[ "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 8)" -ge 6 ] ||
  advice '少于 6 个 CPU 核（REQ-A01）。' 'Fewer than 6 CPU cores (REQ-A01).'
[ "$(awk '/^MemTotal/ { print $2 }' /proc/meminfo)" -ge 15000000 ] ||
  advice '内存不足 16 GB（REQ-A01）。' 'Less than 16 GB of memory (REQ-A01).'
command -v ffmpeg >/dev/null ||
  advice '没有 ffmpeg：能考试，不能录像（sudo apt-get install ffmpeg）。' 'No ffmpeg: exams work, recordings do not.'
if [ "$service" = yes ]; then
  systemd=$(systemctl --version | awk 'NR == 1 { print $2 }')
  [ "${systemd:-0}" -ge 240 ] 2>/dev/null || problem "systemd $systemd 太旧，需要 240 以上。" "systemd $systemd is too old; 240 is needed."
  getent group dialout >/dev/null || problem '没有用户组 dialout。' 'There is no group dialout.'
  # 8443 = 0x20FB, listening. A port that somebody else holds is named now and not at the start.
  if [ ! -e "$prefix/current" ] && grep -Eqs '^ *[0-9]+: [0-9A-F]+:20FB [0-9A-F:]+ 0A ' /proc/net/tcp /proc/net/tcp6; then
    problem '端口 8443 已被其他程序占用。' 'Port 8443 is taken by another program.'
  fi
fi
[ "$problems" = 0 ] || fail "有 $problems 项不满足，没有改动任何东西。" "$problems things are not well; nothing was changed."

# --- 这个包是谁发布的 who made it, and is it whole
current=
[ -L "$prefix/current" ] && current=$(readlink -f "$prefix/current")
own=$(sha256sum "$here/SHA256SUMS" | cut -d ' ' -f 1)
remembered=$prefix/trust/release.pub
if [ -z "$trust" ] && [ -r "$remembered" ]; then trust=$remembered; fi
if [ -n "$trust" ] && [ -r "$remembered" ] && ! cmp -s "$trust" "$remembered"; then
  fail "公钥与安装时记住的不同：$remembered。确要更换，请先删除它。" \
    "This key is not the one that was remembered at the installation: $remembered. Remove that first if it is to change."
fi
# The signature of the list, by OpenSSL: nothing of a release runs before it is known whose it is.
signed_by() { # public-key-file
  work=$(mktemp -d) || return 1
  ok=1
  envelope=$here/SHA256SUMS.dsse.json
  sed -n 's/.*"signing": *"\([A-Za-z0-9+/=]*\)".*/\1/p' "$1" | head -n 1 | base64 -d >"$work/key" 2>/dev/null || true
  sed -n 's/.*"payload":"\([A-Za-z0-9+/=]*\)".*/\1/p' "$envelope" 2>/dev/null | base64 -d >"$work/payload" 2>/dev/null || true
  type=application/vnd.kaochang.release-sums.v1
  printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(wc -c <"$work/payload")" >"$work/signed"
  cat "$work/payload" >>"$work/signed"
  if [ -s "$work/key" ] && [ -s "$work/payload" ] && cmp -s "$work/payload" "$here/SHA256SUMS"; then
    for sig in $(grep -o '"sig":"[A-Za-z0-9+/=]*"' "$envelope" | sed 's/"sig":"\(.*\)"/\1/'); do
      printf '%s' "$sig" | base64 -d >"$work/sig"
      if openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key" -rawin -in "$work/signed" \
        -sigfile "$work/sig" >/dev/null 2>&1; then ok=0; fi
    done
  fi
  rm -rf "$work"
  return "$ok"
}
if [ -n "$trust" ]; then
  [ -r "$trust" ] || fail "读不到公钥 $trust。" "Cannot read the key $trust."
  if [ -n "$current" ]; then
    as_user "$current" release check "$here" --trust "$trust" ||
      fail '签名或文件不符，没有改动任何东西。' 'Signature or files do not hold; nothing was changed.'
  elif command -v openssl >/dev/null; then
    signed_by "$trust" || fail '签名不符，没有改动任何东西。' 'The signature does not hold; nothing was changed.'
  else
    fail '没有 openssl，无法核对签名；请用 --fingerprint。' 'There is no openssl to check the signature with: use --fingerprint.'
  fi
elif [ -n "$fingerprint" ]; then
  given=$(printf '%s' "$fingerprint" | tr -d ' :-' | tr 'A-F' 'a-f')
  [ "$given" = "$own" ] || fail "指纹不符：这个包是 $own。" "The fingerprint is another: this release is $own."
elif [ "$unsigned" = no ]; then
  fail "请用 --trust 公钥 核对发布方，或电话核对指纹后用 --fingerprint：
  $own" "Say who made this release: --trust KEY, or --fingerprint with what the makers read to you."
fi
(cd "$here" && sha256sum --quiet -c SHA256SUMS >&2) ||
  fail '文件与清单不符，没有改动任何东西。' 'Files differ from the list; nothing was changed.'
listed=$(wc -l <"$here/SHA256SUMS")
found=$(find "$here" ! -type d ! -name SHA256SUMS ! -name SHA256SUMS.dsse.json | wc -l)
[ "$listed" = "$found" ] ||
  fail '目录里有清单之外的文件，没有改动任何东西。' 'There are files that the list does not name; nothing was changed.'
"$here/node/bin/node" "$here/build/scripts/kaochang.js" release may-change --data /nonexistent ||
  fail '随包的 Node 在这台机器上运行不了（glibc 太旧？）。' 'The Node of this release does not run here (an old glibc?).'

id=$version-$(printf '%s' "$own" | cut -c 1-8)
if [ -n "$current" ]; then
  now=$(sed -n 's/^  "version": "\(.*\)",*$/\1/p' "$current/release.json")
  lowest=$(printf '%s\n%s\n' "$now" "$version" | sort -V | head -n 1)
  if [ "$now" != "$version" ] && [ "$lowest" = "$version" ] && [ "$older" = no ]; then
    fail "正在运行的 $now 更新；要退回，请用 kaochang-rollback，或加 --allow-older。" \
      "$now, which is installed, is newer. To go back use kaochang-rollback, or --allow-older."
  fi
fi
# Nothing is copied beside a session that is held. Other reasons are asked of the version that would take over, below.
if [ -n "$current" ] && [ -e "$data/journal/journal.db" ] &&
  as_user "$current" release may-change --data "$data" --json 2>/dev/null | grep -q '"code":"session-held"'; then
  may_change "$current" || true
  fail '没有换版本。' 'The version was not changed.'
fi
if [ "$check_only" = yes ]; then
  say "检查通过：$id" "All is well: $id"
  exit 0
fi

# --- 安装 the installation
if ! id "$user" >/dev/null 2>&1; then
  useradd --system --user-group --no-create-home --home-dir "$data" --shell /usr/sbin/nologin "$user"
fi
group=$(id -gn "$user")
if [ ! -d "$data" ]; then
  mkdir -p "$data" && chmod 0700 "$data"
  [ "$(id -u)" != 0 ] || chown "$user:$group" "$data"
fi
[ "$service" = yes ] || refuse_other_server
mkdir -p "$prefix/versions" "$prefix/trust"
staged=$prefix/versions/.$id.new
trap 'rm -rf "$staged"' EXIT
trap 'exit 1' HUP INT TERM
if [ ! -d "$prefix/versions/$id" ]; then
  rm -rf "$staged"
  mkdir "$staged"
  cp -R -p "$here/." "$staged/"
  if [ "$(id -u)" = 0 ]; then chown -R root:root "$staged"; fi
  chmod -R u+rwX,go+rX,go-w "$staged"
  (cd "$staged" && sha256sum --quiet -c SHA256SUMS >&2)
  settle "$prefix"
  mv "$staged" "$prefix/versions/$id"
fi
new=$prefix/versions/$id
# Asked of the version that would take over: it has to be able to read the journal. Where an older one cannot, the copy from before
# takes its place.
may_take_over() {
  if [ -n "$current" ] && [ "$(format_of "$current")" -gt "$(format_of "$new")" ]; then
    journal_back "$current" "$new" --check
  else
    may_change "$new"
  fi
}
may_take_over || fail '没有换版本。' 'The version was not changed.'
before=$(readlink "$prefix/previous" 2>/dev/null || true)
stop_service
if [ -n "$current" ] && [ "$current" != "$new" ]; then
  # Between the first question and the stop somebody may have sealed. What is kept is what the version before wrote last.
  if ! may_take_over || ! journal_back "$current" "$new" || ! keep_journal "$new"; then
    start_service || true
    fail '没有换版本。' 'The version was not changed.'
  fi
  point "$prefix/previous" "versions/$(basename "$current")"
fi
if [ -n "$trust" ] && [ "$trust" != "$remembered" ]; then
  cp "$trust" "$remembered.new" && chmod 0644 "$remembered.new" && mv -f "$remembered.new" "$remembered"
fi
printf 'data=%s\nuser=%s\nunits=%s\nbin=%s\nservice=%s\n' "$data" "$user" "$units" "$bin" "$service" >"$prefix/.settings.new"
chmod 0644 "$prefix/.settings.new" && mv -f "$prefix/.settings.new" "$prefix/settings"
write_units "$new"
point "$prefix/current" "versions/$id"
mkdir -p "$bin"
for name in kaochang kaochang-rollback kaochang-uninstall; do point "$bin/$name" "$prefix/current/bin/$name"; done
settle "$prefix" "$bin" "$units"
if [ "$service" = yes ]; then
  systemctl daemon-reload
  systemctl enable kaochang.service kaochang-backup.timer >/dev/null 2>&1 || true
  if [ "$start" = yes ] && ! start_service; then
    systemctl status --no-pager -n 20 kaochang.service >&2 || true
    if [ -n "$current" ] && [ "$current" != "$new" ]; then
      stop_service
      # It may have changed the journal's format already.
      journal_back "$new" "$current" || true
      write_units "$current"
      point "$prefix/current" "versions/$(basename "$current")"
      if [ -n "$before" ]; then point "$prefix/previous" "$before"; else rm -f "$prefix/previous"; fi
      [ "$before" = "versions/$id" ] || rm -rf "$new"
      start_service || fail "新版本启动不了；已换回 $(basename "$current")，它也启动不了：systemctl status kaochang，必要时恢复备份。" \
        "The new version does not start. $(basename "$current") is back and does not start either: systemctl status kaochang; restore a backup if need be."
      fail "新版本启动不了，已退回 $(basename "$current")。" "The new version does not start; $(basename "$current") is back."
    fi
    fail '已安装，但服务启动不了，原因见上。' 'Installed, but the service does not start; see above.'
  fi
fi
# Two versions stay: this one and the one before.
for old in "$prefix"/versions/*; do
  [ "$old" = "$new" ] || [ "$old" = "$(readlink -f "$prefix/previous" 2>/dev/null || true)" ] || rm -rf "$old"
done
say "已安装 $id：$prefix/current，数据在 $data。" "Installed $id in $prefix/current; the data are in $data."
if [ "$service" = yes ]; then
  say '服务：systemctl status kaochang；退回上一版：kaochang-rollback' 'Service: systemctl status kaochang. Back to the version before: kaochang-rollback'
else
  say "启动：$bin/kaochang serve --data $data" "Start it: $bin/kaochang serve --data $data"
fi
