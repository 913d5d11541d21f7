import { Box, useApp, useInput, usePaste, useStdin } from 'ink';
import { useEffect, useMemo } from 'react';
import { functionKey } from './keys/chord.ts';
import type { Controller } from './keys/controller.ts';
import { alive, hasGpu, type Layout, layout, type Rect, type Slot, shownPane, sizeClass } from './layout.ts';
import { headerRows } from './panes/header-rows.ts';
import { hintsRow } from './panes/hints-row.ts';
import { messageRow } from './panes/message-row.ts';
import { overlayBox } from './panes/overlay-rows.ts';
import { paneOf } from './panes/panes.tsx';
import { tooSmallRows } from './panes/too-small-rows.ts';
import { RowsBox } from './rows-box.tsx';
import { type Screen, ScreenContext, useScreen, useSnapshot } from './screen-context.ts';

/** The whole screen. It holds no state: what is shown is a function of what the store has published. */
export function App({ screen, controller }: { screen: Screen; controller: Controller }) {
  useInput((input, key) => controller.key(input, key));
  usePaste((text) => controller.paste(text));
  useFunctionKeys(controller);
  const { suspendTerminal } = useApp();
  useEffect(() => {
    if (screen.suspend) screen.suspend.terminal = suspendTerminal;
  }, [screen, suspendTerminal]);
  return (
    <ScreenContext value={screen}>
      <Body />
    </ScreenContext>
  );
}

// useInput leaves function keys out; the raw sequence tells them.
function useFunctionKeys(controller: Controller): void {
  const { internal_eventEmitter: input } = useStdin() as unknown as {
    internal_eventEmitter: NodeJS.EventEmitter;
  };
  useEffect(() => {
    const take = (data: unknown) => {
      const f = functionKey(String(data));
      if (f !== null) controller.key('', { f });
    };
    input.on('input', take);
    return () => void input.off('input', take);
  }, [input, controller]);
}

/** All that is drawn, without keys: for a picture of it, too. */
export function Body() {
  const size = useSnapshot((s) => s.size);
  const zoomed = useSnapshot((s) => (s.view.zoom ? s.view.focus : null));
  const sizes = useSnapshot((s) => s.view.sizes[sizeClass(s.size.columns, s.size.rows)]);
  const gpu = useSnapshot(hasGpu);
  const places = useMemo(
    () => layout(size.columns, size.rows, zoomed, sizes, gpu),
    [size, zoomed, sizes, gpu],
  );
  return (
    <Box width={size.columns} height={size.rows}>
      {places.kind === 'too-small' ? (
        <TooSmall />
      ) : (
        <>
          <Header rect={places.header} />
          {places.slots.map((slot) => (
            <SlotPane key={slot.panes.join()} slot={slot} kind={places.kind} />
          ))}
          <Message rect={places.message} />
          <Hints rect={places.hints} />
          <OverlayLayer />
        </>
      )}
    </Box>
  );
}

function SlotPane({ slot, kind }: { slot: Slot; kind: Layout['kind'] }) {
  const pane = useSnapshot((s) => shownPane(slot, s.view, alive(s), kind));
  // Where panes share a place, whichever it shows has the keys of the focused one.
  const focused = useSnapshot((s) => slot.panes.includes(s.view.focus));
  const Pane = paneOf[pane];
  return <Pane rect={slot.rect} tabs={slot.panes} focused={focused} />;
}

function Header({ rect }: { rect: Rect }) {
  const run = useSnapshot((s) => s.run);
  const live = useSnapshot((s) => s.live);
  const view = useSnapshot((s) => s.view);
  const link = useSnapshot((s) => s.link);
  const now = useSnapshot((s) => s.now);
  const rows = useMemo(
    () => headerRows({ run, live, view, link, now }, rect.width),
    [run, live, view, link, now, rect.width],
  );
  return <RowsBox rows={rows} rect={rect} />;
}

function Message({ rect }: { rect: Rect }) {
  const snapshot = useSnapshot((s) => s);
  const rows = useMemo(() => [messageRow(snapshot)], [snapshot]);
  return <RowsBox rows={rows} rect={rect} />;
}

function Hints({ rect }: { rect: Rect }) {
  const snapshot = useSnapshot((s) => s);
  const rows = useMemo(() => [hintsRow(snapshot, rect.width)], [snapshot, rect.width]);
  return <RowsBox rows={rows} rect={rect} />;
}

function OverlayLayer() {
  const snapshot = useSnapshot((s) => s);
  const { extents } = useScreen();
  const { overlay } = snapshot.view;
  if (!overlay) return null;
  const box = overlayBox(overlay, snapshot);
  if (overlay.kind === 'help') extents.help = { most: box.most ?? 0, page: box.page ?? 1 };
  return <RowsBox rows={box.rows} rect={box.rect} />;
}

function TooSmall() {
  const snapshot = useSnapshot((s) => s);
  const { columns, rows } = snapshot.size;
  return <RowsBox rows={tooSmallRows(snapshot)} rect={{ left: 0, top: 0, width: columns, height: rows }} />;
}
