// Which way a number gets better is told by pawl.yaml. Where it is silent, less is better: so of a name that says the
// opposite the user is asked, because a night that lowers an accuracy looks like a night of great gains.

const rising =
  /^(?:acc|accuracy|accuracies|top\d*|f\d|fscore|auc|auroc|auprc|roc|precision|recall|ap|iou|miou|map\d*|ndcg|mrr|hits?|bleu|rouge|chrf|meteor|r2|score|scores|reward|rewards|return|returns|win|winrate|wins|pass|passed|passes|solved|success|successes|correct|throughput|speedup|fps|qps|rps|tps|iops|gflops|tflops|flops|mfu|psnr|ssim|elo|psr|likelihood|pnl|sharpe|profit)$/;
const falling =
  /^(?:loss|losses|err|error|errors|cost|regret|perplexity|ppl|bpb|bpc|nll|crossentropy|entropy|penalty|latency|ms|fail|failed|failures|miss|misses|missed|mse|rmse|mae|drop|gap|rank|negative|neg|size|memory|mb|vram)$/;

/** Whether a metric's name says that more of it is better: `val_accuracy`, `pass_rate`, `tokens_per_sec`. */
export function risesWhenBetter(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean);
  if (words.some((word) => falling.test(word))) return false;
  return (
    words.some((word) => rising.test(word)) ||
    /_(?:per|p)_(?:s|sec|secs|second|min|minute|hour)$/.test(`_${words.join('_')}`)
  );
}
