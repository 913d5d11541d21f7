import type { Channel } from './stream.ts';

/** Joins tokens into few messages: at most one per channel every `everyMs`, in order. */
export class TokenBatch {
  private readonly send: (channel: Channel, text: string) => void;
  private readonly everyMs: number;
  private channel: Channel = 'answer';
  private text = '';
  private timer: NodeJS.Timeout | null = null;

  constructor(send: (channel: Channel, text: string) => void, everyMs = 100) {
    this.send = send;
    this.everyMs = everyMs;
  }

  add(channel: Channel, text: string): void {
    if (channel !== this.channel) this.flush();
    this.channel = channel;
    this.text += text;
    this.timer ??= setTimeout(() => this.flush(), this.everyMs);
  }

  /** Sends what is waiting, now. */
  flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.text === '') return;
    const text = this.text;
    this.text = '';
    this.send(this.channel, text);
  }
}
