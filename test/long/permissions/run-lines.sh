#!/bin/bash
# Runs lines in a namespace of their own: `unshare -rmpn --fork --kill-child bash run-lines.sh ROOT WORK`.
# ROOT is the scratch directory that contains the project; it is copied, so that nothing of the host can change.
# WORK/lines has the texts, each ended by NUL; WORK/results gets, for line N, N.out, N.trace, N.state and N.code.
# The environment is the one that the lines get.
set -e
ROOT=$1 WORK=$2 NEW=$2/root
declare +x ROOT WORK NEW
mkdir -p "$NEW"
mount -t tmpfs tmpfs "$NEW"
mkdir -p "$NEW"/{usr,etc,dev,proc,tmp,old,results,opt/bin} "$NEW/$ROOT"
for name in bin sbin lib lib32 lib64; do
  if [ -L "/$name" ]; then ln -s "$(readlink "/$name")" "$NEW/$name"
  elif [ -d "/$name" ]; then mkdir "$NEW/$name"; mount --rbind "/$name" "$NEW/$name"; fi
done
mount --rbind /usr "$NEW/usr"
mount -o remount,bind,ro "$NEW/usr" 2>/dev/null || true
for name in null zero full random urandom; do touch "$NEW/dev/$name"; mount --bind "/dev/$name" "$NEW/dev/$name"; done
ln -s /proc/self/fd "$NEW/dev/fd"
ln -s /proc/self/fd/0 "$NEW/dev/stdin"; ln -s /proc/self/fd/1 "$NEW/dev/stdout"; ln -s /proc/self/fd/2 "$NEW/dev/stderr"
mount -t proc proc "$NEW/proc"
cp -a "$ROOT/." "$NEW/$ROOT/"
cp -a "$WORK/etc/." "$NEW/etc/"
for name in alternatives ld.so.cache ld.so.conf ld.so.conf.d; do [ ! -e "/etc/$name" ] || cp -a "/etc/$name" "$NEW/etc/"; done
if [ -e "$WORK/rg" ]; then touch "$NEW/opt/bin/rg"; mount --bind "$WORK/rg" "$NEW/opt/bin/rg"; fi
mount --bind "$WORK/results" "$NEW/results"
# One file for all categories of the locale: opening them was most of what was traced.
if [ -d /usr/lib/locale/C.utf8 ] && command -v localedef > /dev/null; then
  mount -t tmpfs tmpfs "$NEW/usr/lib/locale"
  localedef --prefix="$NEW" --add-to-archive /usr/lib/locale/C.utf8 > /dev/null 2>&1 || umount "$NEW/usr/lib/locale"
fi
exec 9< "$WORK/lines"
cd "$NEW"; /sbin/pivot_root . old; umount -l /old; rmdir /old
cd "$ROOT/project"
set +e
ulimit -f 4096 -c 0
TRACED=openat,open,creat,openat2,connect,sendto,execve,execveat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,chown,lchown,fchownat,utimensat,mknod,mknodat,setxattr,kill,tkill,readlink,readlinkat,statx,newfstatat,clone,clone3,fork,vfork
STATE='
{ builtin printf "%s\n" "$-" "$PATH" "$IFS" "$HOME" "${CDPATH-}${GLOBIGNORE-}${BASH_ENV-}${ENV-}${LD_PRELOAD-}${PS4-}${GIT_DIR-}"; builtin declare -F; builtin alias; builtin trap; builtin shopt; builtin export -p; } >&8 2>/dev/null'
sleep 0.01
touch /results/start
N=0
while IFS= read -r -d '' -u 9 TEXT; do
  timeout -s KILL 5 strace -f -y --seccomp-bpf -qq -s 4096 -o "/results/$N.trace" -e trace="$TRACED" -e signal=none \
    /bin/bash --norc --noprofile -p -f -c "$TEXT$STATE" </dev/null >"/results/$N.out" 2>&1 8>"/results/$N.state" 9<&-
  echo $? > "/results/$N.code"
  N=$((N + 1))
done
find "$ROOT" /etc /tmp -mindepth 1 -newercm /results/start > /results/changed
