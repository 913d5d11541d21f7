import { z } from 'zod';

/** A field of pawl.yaml that says something else than when the run was started. */
export const settingChangeSchema = z.object({
  /** As in pawl.yaml: `stop.plateau`. */
  name: z.string(),
  from: z.string(),
  to: z.string(),
  /** False: something said on the command line holds in its place. */
  holds: z.boolean(),
  /** What holds, where it is not what pawl.yaml says now. */
  instead: z.string().optional(),
});
export type SettingChange = z.infer<typeof settingChangeSchema>;

/** `strictness is careful now, was balanced: it holds from here on` */
export function settingChangeWords({ name, from, to, holds, instead }: SettingChange): string {
  const change = `${name} is ${to} in pawl.yaml now, was ${from} when the run was started`;
  return holds
    ? `${change}: it holds from here on`
    : `${change}: it does not hold, ${instead ?? 'what'} was said on the command line`;
}
