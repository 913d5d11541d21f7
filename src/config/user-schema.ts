import { z } from 'zod';
import {
  defaultUserSettings,
  notifiable,
  notificationChannels,
  type UserSettings,
} from '../protocol/user-settings.ts';

// What a user may write in their own config.yaml, section by section: a mistake in one leaves the others in force.

const chord = z.string().min(1);

const sections = {
  theme: z.string().min(1),
  keys: z.record(z.string(), z.union([chord, z.array(chord), z.null()])),
  notifications: z.strictObject({
    channel: z.enum(notificationChannels).optional(),
    command: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
    events: z
      .strictObject(Object.fromEntries(notifiable.map((event) => [event, z.boolean().optional()])))
      .optional(),
    title: z.boolean().optional(),
    progress: z.boolean().optional(),
  }),
  consent: z.strictObject({
    no_sandbox: z.union([z.boolean(), z.array(z.string().min(1))]).optional(),
    remote: z
      .union([
        z.boolean(),
        // A folder alone is a yes of an earlier version, to whatever server pawl.yaml would name: it is asked again.
        z.array(
          z.union([z.string(), z.strictObject({ folder: z.string().min(1), server: z.string().min(1) })]),
        ),
      ])
      .optional(),
  }),
  sandbox: z.strictObject({
    writable: z.array(z.string().min(1)).optional(),
  }),
  screen: z.strictObject({
    ascii: z.boolean().optional(),
    motion: z.enum(['full', 'reduced']).optional(),
    reader: z.boolean().optional(),
  }),
} as const;

/** Top-level keys of the user's own config.yaml. */
export const userConfigSections = Object.keys(sections) as (keyof typeof sections)[];
export type UserConfigSection = keyof typeof sections;

/** The schema of one section of the file. */
export function sectionSchema(section: UserConfigSection): z.ZodType {
  return sections[section];
}

/** Names that may be written at a path, for suggestions. */
export function knownUserKeys(path: readonly PropertyKey[]): string[] {
  const [section, field] = path.map(String);
  if (section === undefined) return userConfigSections;
  if (section === 'notifications' && field === 'events') return [...notifiable];
  if (section === 'consent' && field === 'remote') return ['folder', 'server'];
  if (field !== undefined || !(section in sections)) return [];
  const schema: unknown = sections[section as UserConfigSection];
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** What was written, with every default; a section that is null (not written, or wrong) is as shipped. */
export function resolveUserSettings(written: Record<UserConfigSection, unknown>): UserSettings {
  const settings = defaultUserSettings();
  const theme = written.theme as z.output<typeof sections.theme> | null;
  const keys = written.keys as z.output<typeof sections.keys> | null;
  const told = written.notifications as z.output<typeof sections.notifications> | null;
  const consent = written.consent as z.output<typeof sections.consent> | null;
  const sandbox = written.sandbox as z.output<typeof sections.sandbox> | null;
  const screen = written.screen as z.output<typeof sections.screen> | null;
  return {
    theme: theme ?? settings.theme,
    keys: Object.fromEntries(
      Object.entries(keys ?? {}).map(([id, value]) => [
        id,
        value === null ? [] : typeof value === 'string' ? [value] : value,
      ]),
    ),
    notifications: {
      channel: told?.channel ?? (told?.command ? 'command' : settings.notifications.channel),
      command: told?.command ?? null,
      events: { ...settings.notifications.events, ...dropUndefined(told?.events ?? {}) },
      title: told?.title ?? settings.notifications.title,
      progress: told?.progress ?? settings.notifications.progress,
    },
    consent: {
      noSandbox: consent?.no_sandbox ?? settings.consent.noSandbox,
      remote: Array.isArray(consent?.remote)
        ? consent.remote.filter((given) => typeof given !== 'string')
        : (consent?.remote ?? settings.consent.remote),
    },
    sandbox: { writable: sandbox?.writable ?? settings.sandbox.writable },
    screen: { ...settings.screen, ...dropUndefined(screen ?? {}) },
  };
}

function dropUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never;
}
