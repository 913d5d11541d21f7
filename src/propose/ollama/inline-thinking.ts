/** Sorts a stream of content into thinking and answer when the model writes <think> tags into it. */
export class InlineThinking {
  private state: 'start' | 'thinking' | 'gap' | 'answer' = 'start';
  private held = '';

  /** The parts of a piece that can be sorted now; a possible half of a tag is held back. */
  push(text: string): { channel: 'thinking' | 'answer'; text: string }[] {
    if (this.state === 'answer') return text === '' ? [] : [{ channel: 'answer', text }];
    this.held += text;
    if (this.state === 'gap') return this.afterThinking();
    if (this.state === 'start') {
      const open = /^\s*<(?:think|thinking|reasoning)>/i.exec(this.held);
      if (!open) {
        if (/^\s*(?:<(?:t|r|$)[a-z]*$|$)/i.test(this.held) && this.held.length < 200) return [];
        this.state = 'answer';
        return this.flush('answer');
      }
      this.held = this.held.slice(open[0].length);
      this.state = 'thinking';
    }
    const close = /<\/(?:think|thinking|reasoning)>/i.exec(this.held);
    if (!close) {
      const half = /<\/?[a-z]{0,9}$/i.exec(this.held);
      const now = half ? this.held.slice(0, half.index) : this.held;
      this.held = half ? half[0] : '';
      return now === '' ? [] : [{ channel: 'thinking', text: now }];
    }
    const thought = this.held.slice(0, close.index);
    this.held = this.held.slice(close.index + close[0].length);
    this.state = 'gap';
    return [
      ...(thought === '' ? [] : [{ channel: 'thinking' as const, text: thought }]),
      ...this.afterThinking(),
    ];
  }

  /** Blank lines between the closing tag and the answer belong to neither. */
  private afterThinking() {
    this.held = this.held.trimStart();
    if (this.held === '') return [];
    this.state = 'answer';
    return this.flush('answer');
  }

  /** What is left when the stream ends. */
  end(): { channel: 'thinking' | 'answer'; text: string }[] {
    return this.flush(this.state === 'thinking' ? 'thinking' : 'answer');
  }

  private flush(channel: 'thinking' | 'answer') {
    const text = this.held;
    this.held = '';
    return text === '' ? [] : [{ channel, text }];
  }
}
