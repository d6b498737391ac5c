#!/bin/sh
# A small machine of its own with a real systemd as its first process, and no network: namespaces, and a root that is a layer
# over this machine's. What happens in it is gone with it; nothing of this machine can be written, /tmp included.
# Started as root by `unshare --mount --pid --fork --kill-child --cgroup --uts --ipc --net`.
# Usage: systemd-machine.sh WORK RELEASE OUT PROGRAM CHECKOUT
#   WORK an empty folder, RELEASE what is seen as /mnt/release, OUT what is seen as /mnt/out, PROGRAM in OUT is run as root,
#   CHECKOUT what is seen as /mnt/checkout
set -eu
work=$1 release=$2 out=$3 program=$4 checkout=$5
[ "$$" = 1 ] || { echo 'not the first process of a namespace' >&2; exit 9; }
mount --make-rprivate /
mount -t tmpfs tmpfs "$work"
mkdir "$work/upper" "$work/layer" "$work/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/layer" "$work/root"
root=$work/root
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,ro,bind "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
for folder in dev run tmp mnt; do mount -t tmpfs -o mode=0755 tmpfs "$root/$folder"; done
chmod 1777 "$root/tmp"
# Nodes of its own: whatever was done to the outer ones (a /dev/null that only root may write) is not this machine's.
for device in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
  IFS=: read -r name major minor <<EOF
$device
EOF
  mknod -m 666 "$root/dev/$name" c "$major" "$minor"
done
mkdir "$root/dev/shm" "$root/dev/pts" "$root/mnt/release" "$root/mnt/out" "$root/mnt/checkout" "$root/mnt/old" "$root/run/lock"
chmod 1777 "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount --bind "$release" "$root/mnt/release"
mount --bind "$checkout" "$root/mnt/checkout"
for folder in release checkout; do mount -o remount,ro,bind "$root/mnt/$folder"; done
mount --bind "$out" "$root/mnt/out"
cd "$root"
pivot_root . mnt/old
umount -l /mnt/old
# From here on nothing of the machine outside is in reach. Without that, nothing goes on.
[ "$(stat -f -c %T /)" = overlayfs ] && [ "$(stat -f -c %T /tmp)" = tmpfs ] && [ -z "$(ls -A /mnt/old)" ] ||
  { echo 'this root is not its own' >&2; exit 9; }
ip link set lo up
: >/etc/fstab
# No unit of this system but those that are laid down here: none that clears, mounts or sets anything.
rm -rf /etc/systemd/system
mkdir -p /etc/systemd/system
for target in basic multi-user network shutdown sysinit timers; do
  printf '[Unit]\nDefaultDependencies=no\n' >"/etc/systemd/system/$target.target"
done
cat >/etc/systemd/system/program.service <<UNIT
[Unit]
DefaultDependencies=no
SuccessAction=exit-force
FailureAction=exit-force
[Service]
Type=oneshot
Environment=SYSTEMD_UNIT_PATH=/etc/systemd/system
Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ExecStart=/bin/sh /mnt/out/$program
StandardOutput=file:/mnt/out/said
StandardError=inherit
UNIT
printf '[Unit]\nDefaultDependencies=no\nWants=program.service\n' >/etc/systemd/system/machine.target
export container=test SYSTEMD_UNIT_PATH=/etc/systemd/system
exec /lib/systemd/systemd --system --unit=machine.target --log-target=null --show-status=no
