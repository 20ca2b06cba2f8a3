#!/bin/bash
# Runs lines where there are no namespaces: `bash run-lines-plain.sh ROOT WORK`, in the scratch directory itself, which is thrown
# away afterwards. With strace, where it is installed, everything that they do is seen as in a namespace; without it, what
# they print, and what changes in ROOT. The files are those of `run-lines.sh`.
ROOT=$1 RESULTS=$2/results
declare +x ROOT RESULTS
cd "$ROOT/project" || exit 1
ulimit -f 4096 -c 0
TRACED=openat,open,creat,openat2,connect,sendto,execve,execveat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,chown,lchown,fchownat,utimensat,mknod,mknodat,setxattr,kill,tkill,readlink,readlinkat,statx,newfstatat,clone,clone3,fork,vfork
STATE='
{ builtin printf "%s\n" "$-" "$PATH" "$IFS" "$HOME" "${CDPATH-}${GLOBIGNORE-}${BASH_ENV-}${ENV-}${LD_PRELOAD-}${PS4-}${GIT_DIR-}"; builtin declare -F; builtin alias; builtin trap; builtin shopt; builtin export -p; } >&8 2>/dev/null'
TRACER=()
if command -v strace > /dev/null; then
  TRACER=(strace -f -y -qq -s 4096 -e trace="$TRACED" -e signal=none -o)
fi
LIMIT=()
if command -v timeout > /dev/null; then LIMIT=(timeout -s KILL 5); fi
exec 9< "$2/lines"
sleep 0.01
touch "$RESULTS/start"
N=0
while IFS= read -r -d '' -u 9 TEXT; do
  RUN=(/bin/bash --norc --noprofile -p -f -c "$TEXT$STATE")
  if [ ${#TRACER[@]} -gt 0 ]; then RUN=("${TRACER[@]}" "$RESULTS/$N.trace" "${RUN[@]}"); fi
  "${LIMIT[@]}" "${RUN[@]}" < /dev/null > "$RESULTS/$N.out" 2>&1 8> "$RESULTS/$N.state" 9<&-
  echo $? > "$RESULTS/$N.code"
  N=$((N + 1))
done
find "$ROOT" -mindepth 1 -newer "$RESULTS/start" > "$RESULTS/changed"
