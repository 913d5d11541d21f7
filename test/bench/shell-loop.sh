#!/bin/sh
# The anchor of the overhead measure: the same experiments as a person would script them, with plumbing commits as pawl
# makes them. Per experiment: write the file, add, write-tree, diff (kept as a file), commit-tree, update-ref
# (create-only), run the trial into a log, ask git whether the trial changed tracked files, grep the metric, append a
# row to a table and fsync it, reset --hard. Same core.fsync settings as pawl, on the same disk.
# usage: shell-loop.sh COUNT full|trial-only   (in a git checkout with train.sh)
set -e
count=$1
what=$2
base=$(git rev-parse HEAD)
git="git -c core.fsync=committed,reference -c gc.auto=0 -c core.hooksPath=/dev/null -c commit.gpgSign=false"
n=0
while [ "$n" -lt "$count" ]; do
  n=$((n + 1))
  if [ "$what" = full ]; then
    sed "s/^STEP=.*/STEP=$n.5/" train.sh >train.sh.new
    mv train.sh.new train.sh
    $git add -- train.sh
    tree=$($git write-tree)
    $git diff-index --cached -p "$base" -- >"../edit-$n.diff"
    commit=$(echo "experiment $n" | $git commit-tree "$tree" -p "$base")
    $git update-ref "refs/bench/$n" "$commit" ""
    $git update-ref --no-deref HEAD "$commit"
  fi
  sh -c 'sh train.sh' >../run.log 2>&1
  if [ "$what" = full ]; then
    $git --no-optional-locks diff --name-only "$commit" --
    metric=$(grep '^METRIC loss=' ../run.log | cut -d= -f2)
    printf '%s\t%s\tdiscard\texperiment %s\n' "$commit" "$metric" "$n" |
      dd of=../results.tsv oflag=append conv=notrunc,fsync status=none
    $git reset -q --hard "$base"
  fi
done
