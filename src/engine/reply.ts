/** The engine's answer to a command. */
export interface Reply {
  ok: boolean;
  message: string;
}

/** The command was carried out. */
export const done = (message: string): Reply => ({ ok: true, message });
/** The command was not carried out; `message` says why. */
export const refused = (message: string): Reply => ({ ok: false, message });
