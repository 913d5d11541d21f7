// What a user may set for themselves, in every project: $XDG_CONFIG_HOME/pawl/config.yaml. Defaults are filled in.

/** What can be notified of; true = tell me. */
export const notifiable = [
  'finished',
  'held',
  'approval',
  'model-lost',
  'gpu-lost',
  'disk-low',
  'best',
  'result',
] as const;
export type Notifiable = (typeof notifiable)[number];

/** How the user can be told of news. */
export const notificationChannels = ['auto', 'osc', 'bell', 'command', 'off'] as const;
export type NotificationChannel = (typeof notificationChannels)[number];

/** The code of the project in this absolute folder may go to this server (its base URL as pawl shows it). */
export interface RemoteConsent {
  folder: string;
  server: string;
}

export interface UserSettings {
  /** `auto`, a built-in theme, or the name of a file in the config folder's themes/. */
  theme: string;
  /** Keys by the name of the act: what is written here replaces its keys; an empty list takes them away. */
  keys: Record<string, readonly string[]>;
  notifications: {
    channel: NotificationChannel;
    /** Run for each notification without a shell, with JSON on its standard input; a list is its arguments. */
    command: string | readonly string[] | null;
    events: Record<Notifiable, boolean>;
    /** The run's state in the window's title. */
    title: boolean;
    /** Progress in the task bar of terminals that can (OSC 9;4). */
    progress: boolean;
  };
  consent: {
    /** Projects (absolute folders) that may run without a sandbox; true = all. */
    noSandbox: boolean | readonly string[];
    /** Projects whose model server may be another machine, and which; true = all, any. */
    remote: boolean | readonly RemoteConsent[];
  };
  sandbox: {
    /** Folders that sandboxed trials may write to, besides their own: caches in the home. */
    writable: readonly string[];
  };
  screen: {
    /** Only ASCII signs. */
    ascii: boolean;
    motion: 'full' | 'reduced';
    /** Plain lines for a screen reader instead of panes. */
    reader: boolean;
  };
}

/** What holds when the user has set nothing. */
export function defaultUserSettings(): UserSettings {
  return {
    theme: 'auto',
    keys: {},
    notifications: {
      channel: 'auto',
      command: null,
      events: {
        finished: true,
        held: true,
        approval: true,
        'model-lost': true,
        'gpu-lost': true,
        'disk-low': true,
        best: false,
        result: false,
      },
      title: true,
      progress: false,
    },
    consent: { noSandbox: false, remote: false },
    sandbox: { writable: [] },
    screen: { ascii: false, motion: 'full', reader: false },
  };
}
