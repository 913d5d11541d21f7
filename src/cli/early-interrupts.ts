/** Interrupts that arrived before anything could act on them. */
export interface EarlyInterrupts {
  readonly seen: boolean;
  /** Stops listening: whoever acts on signals has taken over. */
  end(): void;
}

/**
 * Notes Ctrl-C while the engine starts. Without this it would end only the launching command, and the engine, which
 * is a process of its own, would go on unseen.
 */
export function noteInterrupts(): EarlyInterrupts {
  let seen = false;
  const note = () => {
    seen = true;
  };
  process.on('SIGINT', note).on('SIGTERM', note);
  return {
    get seen() {
      return seen;
    },
    end: () => void process.off('SIGINT', note).off('SIGTERM', note),
  };
}
