# Runs within the small machine: installs the release, and tells what the service does. One fact a line: `fact NAME VALUE`.
exec 2>&1
release=/mnt/release/$(ls /mnt/release)
fact() { echo "fact $*"; }
of() { systemctl show -p "$1" --value kaochang.service; }
# Waits up to 30 s until the unit is active under another main process than $1.
back_from() {
  n=0
  while [ $n -lt 300 ]; do
    now=$(of MainPID)
    if [ "$now" != 0 ] && [ "$now" != "$1" ] && [ "$(of ActiveState)" = active ]; then return 0; fi
    sleep 0.1
    n=$((n + 1))
  done
  return 1
}
fact refused-without-key "$("$release/install.sh" >/dev/null 2>&1; echo $?)"
fact nothing-was-changed "$(ls /opt /var/lib/kaochang 2>/dev/null | grep -c kaochang)"
"$release/install.sh" --trust /mnt/out/org.pub
fact installed $?
fact state "$(of ActiveState)"
fact status "$(of StatusText)"
fact enabled "$(systemctl is-enabled kaochang.service 2>&1)"
pid=$(of MainPID)
fact uid "$(stat -c %U "/proc/$pid")"
fact capabilities "$(sed -n 's/^CapEff:\t*//p' "/proc/$pid/status")"
fact seccomp "$(sed -n 's/^Seccomp:\t*//p' "/proc/$pid/status")"
fact data "$(stat -c '%U %a' /var/lib/kaochang)"
fact key "$(stat -c '%U %a' /var/lib/kaochang/keys/room.key)"
fact cannot-write "$(nsenter --target "$pid" --mount -- touch /usr/x /etc/x /opt/kaochang/x 2>&1 | grep -c 'Read-only')"

# A recorder is a process of its own in the unit.
sleep 1000 &
recorder=$!
echo $recorder >/sys/fs/cgroup/system.slice/kaochang.service/cgroup.procs
kill -KILL "$pid"
back_from "$pid" && fact after-kill active
fact recorder-after-kill "$(kill -0 $recorder && echo lives)"
pid=$(of MainPID)
systemctl restart kaochang.service
back_from "$pid" && fact after-restart active
fact recorder-after-restart "$(kill -0 $recorder && echo lives)"

# A server that stands still is ended by the watchdog; shorter here than in a room.
mkdir -p /run/systemd/system/kaochang.service.d /etc/systemd/system/kaochang.service.d
printf '[Service]\nWatchdogSec=3\n' >/etc/systemd/system/kaochang.service.d/watchdog.conf
systemctl daemon-reload
pid=$(of MainPID)
systemctl restart kaochang.service
back_from "$pid"
pid=$(of MainPID)
sleep 5
fact keeps-the-watchdog "$([ "$(of MainPID)" = "$pid" ] && echo yes)"
kill -STOP "$pid"
back_from "$pid" && fact after-standstill active
rm -r /etc/systemd/system/kaochang.service.d
systemctl daemon-reload

install -d -o kaochang -g kaochang -m 0700 /var/backups/kaochang
systemctl start kaochang-backup.service
fact backup "$(systemctl show -p Result --value kaochang-backup.service) $(ls /var/backups/kaochang | grep -c '^journal-.*db$')"
fact timer "$(systemctl is-active kaochang-backup.timer)"
fact no-root "$(/usr/local/bin/kaochang journal verify >/dev/null 2>&1; echo $?)"
fact journal "$(runuser -u kaochang -- /usr/local/bin/kaochang journal verify --json | tail -n 1 | grep -o '"ok":[a-z]*' | head -n 1)"

# The machine is lost: the steps of docs/install.md make it again of the backup and the safe.
systemctl stop kaochang.service
mkdir /safe
cp -r /var/lib/kaochang/keys /var/lib/kaochang/tls /safe
mv /var/backups/kaochang /backup
mv /var/lib/kaochang /lost
install -d -o kaochang -g kaochang -m 0700 /var/lib/kaochang
sed -n '/^cd \/var\/lib\/kaochang && mkdir journal$/,/^```$/p' /opt/kaochang/current/docs/install.md | sed '$d' >/restore.sh
(PATH=$PATH:/usr/local/bin; . /restore.sh)
fact restored "$? $(of ActiveState) $(cmp /lost/tls/ca.crt /var/lib/kaochang/tls/ca.crt && echo same-authority)"

kaochang-uninstall >/dev/null
fact uninstalled $?
fact units-left "$(ls /etc/systemd/system | grep -c kaochang)"
fact programs-left "$(ls /opt /usr/local/bin | grep -c kaochang)"
fact data-left "$(ls /var/lib/kaochang/journal/journal.db)"
fact end 0
