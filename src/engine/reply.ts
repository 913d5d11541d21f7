/** The engine's answer to a command. */
export interface Reply {
  ok: boolean;
  message: string;
}

export const done = (message: string): Reply => ({ ok: true, message });
export const refused = (message: string): Reply => ({ ok: false, message });
