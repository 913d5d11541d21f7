// When and how much a model may think before it answers. Thinking tokens count against num_predict.

export type ThinkField = boolean | 'low' | 'medium' | 'high' | 'max';
export type ThinkSetting = boolean | 'auto' | 'low' | 'medium' | 'high' | 'max';

/**
 * The `think` field of a request; undefined = leave it out. Left out, thinking models think (since 0.12.4); sent to
 * a model that cannot, the request fails with 400. gpt-oss ignores booleans and needs a level. Off by default: small
 * models spend minutes thinking about a one-line change.
 */
export function thinkField(
  model: { capabilities: readonly string[]; family: string },
  setting: ThinkSetting,
): ThinkField | undefined {
  if (!model.capabilities.includes('thinking')) return undefined;
  if (isGptOss(model.family)) {
    if (setting === true) return 'medium';
    return setting === 'auto' || setting === false ? 'low' : setting;
  }
  return setting === 'auto' ? false : setting;
}

/** True when this field makes the model think. */
export function thinks(field: ThinkField | undefined): boolean {
  return field !== undefined && field !== false;
}

/** Tokens that an answer may take: edits are short; thinking needs room of its own; whole files need their length. */
export function numPredict(field: ThinkField | undefined, wholeFileTokens: number | null): number {
  const answer = wholeFileTokens === null ? 4096 : Math.max(4096, Math.ceil(wholeFileTokens * 1.3) + 512);
  return answer + (thinks(field) ? 8192 : 0);
}

function isGptOss(family: string): boolean {
  return /^gpt-?oss/i.test(family);
}
