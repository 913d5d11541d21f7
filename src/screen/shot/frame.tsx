import { renderToString } from 'ink';
import { Body } from '../app.tsx';
import { type Screen, ScreenContext } from '../screen-context.ts';

/** The screen as it would be drawn now: lines with colour codes. Draws nothing and disturbs no screen that is open. */
export function frameOf(screen: Screen): string {
  const { columns } = screen.store.published.getState().size;
  // What the panes say about their lengths is for the keys of the screen that is seen.
  return renderToString(
    <ScreenContext value={{ ...screen, extents: {} }}>
      <Body />
    </ScreenContext>,
    { columns },
  );
}
