# Runs within the small machine: versions that do not hold, a journal whose format they change, a room that is sealed, a recorder that is at work when everything is
# removed. One fact a line: `fact NAME VALUE`.
exec 2>&1
data=/var/lib/kaochang
fact() { echo "fact $*"; }
of() { systemctl show -p "$1" --value kaochang.service; }
version() { sed -n 's/^build=//p' "/opt/kaochang/$1/CHANGELOG.md" 2>/dev/null || echo none; }
kept() { ls "$data/journal/before-upgrade" | sed 's/-[^-]*$//' | paste -sd ' '; }
runs() { readlink -f "/proc/$(of MainPID)/exe" | sed -n "s#^$(readlink -f /opt/kaochang/current)/node/.*#current#p"; }
install_() { "/mnt/release/$1/install.sh" >/tmp/said 2>&1; }
# Which of the sentences of a refusal or a failure were said.
said() { grep -Eo '已换回升级前的日志|升级前的日志|已封场|已退回|它也启动不了|启动不了，仍用|没有换版本|没有退回|没有卸载' /tmp/said | awk '!seen[$0]++' | paste -sd +; }
# The data of a room that was prepared outside, under the service that is installed.
lay() {
  systemctl stop kaochang.service
  rm -rf "$data"
  cp -R "/mnt/out/$1" "$data"
  chown -R kaochang:kaochang "$data"
  chmod 0700 "$data"
  systemctl start kaochang.service
}
wait_for() { # seconds command...
  n=0
  limit=$(($1 * 10))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$n" -lt "$limit" ] || return 1
    sleep 0.1
    n=$((n + 1))
  done
}
recorder() { grep -slz 'recorder-main\.js$' /proc/[0-9]*/cmdline | sed -n '1s#/proc/\(.*\)/cmdline#\1#p'; }

# A version that is ready has to stay for so long: shorter here than in a room.
export KAOCHANG_SETTLES=3
/mnt/release/first/install.sh --trust /mnt/out/org.pub --no-start
fact installed $?
lay recorded
fact first "$(of ActiveState) $(version current)"

# Until the room runs with the second version, the one that fails changes the format for the first.
install_ brief
fact brief "$? $(said) $(version current) $(version previous) $(of ActiveState) $(runs) $(ls /opt/kaochang/versions | wc -l)"
fact kept-by-brief "$(kept)"
install_ second
fact second "$? $(said) $(version current) $(version previous) $(of ActiveState) $(runs)"
for release in crashes hangs; do
  install_ "$release"
  fact "$release" "$? $(said) $(version current) $(version previous) $(of ActiveState) $(runs) $(ls /opt/kaochang/versions | wc -l)"
done
kaochang-rollback >/tmp/said 2>&1
fact rollback "$? $(said) $(version current) $(version previous) $(of ActiveState) $(runs)"
fact kept-at-last "$(kept)"
fact journal "$(runuser -u kaochang -- /usr/local/bin/kaochang journal verify --json | tail -n 1 | grep -o '"ok":[a-z]*' | head -n 1)"

lay sealed
# The camera is a process of this machine, and none of the service; it is needed further below.
sleep infinity | /opt/kaochang/current/node/bin/node /mnt/checkout/build/tests/support/test-camera-main.js '{"port":8554,"sub":null}' &
pid=$(of MainPID)
install_ crashes
fact sealed-upgrade "$? $(said)"
kaochang-rollback >/tmp/said 2>&1
fact sealed-rollback "$? $(said)"
kaochang-uninstall >/tmp/said 2>&1
fact sealed-uninstall "$? $(said)"
echo "$data" | kaochang-uninstall --purge-data >/tmp/said 2>&1
fact sealed-purge "$? $(said)"
fact sealed-after "$([ "$(of MainPID)" = "$pid" ] && echo same) $(of ActiveState) $(version current) $(version previous) $(ls /opt/kaochang/versions | wc -l)"

wait_for 60 grep -Eq '^ *[0-9]+: [0-9A-F]+:216A ' /proc/net/tcp
lay recorded
wait_for 60 test -s $data/video/cam-1/manifest.jsonl
pid=$(recorder)
fact recorder-of "$(stat -c %U "/proc/$pid") $(tr '\0' '\n' <"/proc/$pid/cmdline" | grep -c '^/opt/kaochang/versions/')"
sleep 1
kaochang-uninstall >/tmp/said 2>&1
fact uninstalled "$?"
fact recorder-left "$(recorder)$(pgrep -x ffmpeg)"
fact recorder-ended "$(tail -n 1 $data/video/.recorder/recorder.log | sed 's/.* //')"
fact open-left "$(find $data/video/.recorder/open -type f | wc -l)"
fact films "$(find $data/video/cam-1 -name '*.mp4' | wc -l) $(grep -c '"segment"' $data/video/cam-1/manifest.jsonl)"
cp -R "$data" /mnt/out/after
fact end 0
