import type { Rect } from '../layout.ts';
import { cutRow, rowWidth } from '../paint.ts';
import { paneNames } from '../pane-names.ts';
import type { Row, Span, Tone } from '../spans.ts';
import { cut, cutParts, width } from '../text/cut.ts';
import { type PaneId, paneNumber } from '../view.ts';
import type { Inner, PaneContent } from './content.ts';

const light = { tl: '╭', tr: '╮', bl: '╰', br: '╯', h: '─', v: '│' };
// Focus shows by weight as well as by colour.
const heavy = { tl: '┏', tr: '┓', bl: '┗', br: '┛', h: '━', v: '┃' };

/** The place inside a frame. */
export function innerOf(rect: Rect): Inner {
  return { width: Math.max(0, rect.width - 4), height: Math.max(0, rect.height - 2) };
}

/** A pane's content with its border: exactly `rect.height` rows. */
export function frame(
  content: PaneContent,
  rect: Rect,
  pane: PaneId,
  tabs: PaneId[],
  focused: boolean,
): Row[] {
  const box = focused ? heavy : light;
  const tone: Tone = focused ? 'focus' : 'border';
  const edge: Span = { text: box.v, tone };
  const inner = innerOf(rect);
  const rows: Row[] = [topEdge(content, rect, pane, tabs, focused)];
  for (let i = 0; i < inner.height; i++) {
    const row = cutRow(content.rows[i] ?? [], inner.width);
    const fill = ' '.repeat(Math.max(0, inner.width - rowWidth(row)));
    rows.push([edge, { text: ' ', tone: 'fg' }, ...row, { text: `${fill} `, tone: 'fg' }, edge]);
  }
  const foot = content.foot ? cut(` ${content.foot} `, inner.width) : '';
  const line = box.h.repeat(Math.max(0, rect.width - 3 - width(foot)));
  rows.push([
    { text: box.bl + line, tone },
    { text: foot, tone: 'dim' },
    { text: box.h + box.br, tone },
  ]);
  return rows;
}

/** A box over the panes: menu, help, note. Always heavy, it has the keys. */
export function overlayFrame(title: string, aside: string, rows: Row[], rect: Rect): Row[] {
  const inner = innerOf(rect);
  const left = cut(` ${title} `, inner.width);
  const right = padded(cutParts(aside, inner.width - width(left) - 4));
  const gap = Math.max(0, rect.width - 4 - width(left) - width(right));
  const edge: Span = { text: heavy.v, tone: 'focus' };
  return [
    [
      { text: `${heavy.tl}${heavy.h}`, tone: 'focus' },
      { text: left, tone: 'title', bold: true },
      { text: heavy.h.repeat(gap), tone: 'focus' },
      { text: right, tone: 'dim' },
      { text: `${heavy.h}${heavy.tr}`, tone: 'focus' },
    ],
    ...Array.from({ length: inner.height }, (_, i): Row => {
      const row = cutRow(rows[i] ?? [], inner.width);
      const fill = ' '.repeat(Math.max(0, inner.width - rowWidth(row)));
      return [edge, { text: ' ', tone: 'fg' }, ...row, { text: `${fill} `, tone: 'fg' }, edge];
    }),
    [{ text: heavy.bl + heavy.h.repeat(Math.max(0, rect.width - 2)) + heavy.br, tone: 'focus' }],
  ];
}

const padded = (text: string) => (text === '' ? '' : ` ${text} `);

function topEdge(content: PaneContent, rect: Rect, pane: PaneId, tabs: PaneId[], focused: boolean): Row {
  const box = focused ? heavy : light;
  const tone: Tone = focused ? 'focus' : 'border';
  const place = rect.width - 4;
  // Where the names leave no room for what the pane says, the others are known by their numbers.
  const named = tabRow(content, pane, tabs, focused, true);
  const said = content.aside ? width(content.aside) + 3 : 0;
  const left = rowWidth(named) + said <= place ? named : tabRow(content, pane, tabs, focused, false);
  const shown = cutRow(left, place);
  const room = place - rowWidth(shown) - 1;
  const aside = padded(cutParts(content.aside ?? '', room - 2));
  return [
    { text: box.tl + box.h, tone },
    ...shown,
    { text: box.h.repeat(Math.max(0, place - rowWidth(shown) - width(aside))), tone },
    { text: aside, tone: 'dim' },
    { text: box.h + box.tr, tone },
  ];
}

function tabRow(content: PaneContent, pane: PaneId, tabs: PaneId[], focused: boolean, named: boolean): Row {
  const left: Row = [];
  for (const tab of tabs) {
    if (left.length > 0) left.push({ text: (focused ? heavy : light).h, tone: focused ? 'focus' : 'border' });
    if (tab === pane) {
      left.push({ text: `[${paneNumber(tab)}]`, tone: focused ? 'focus' : 'dim', bold: focused });
      left.push({ text: ` ${paneNames[tab]} `, tone: focused ? 'focus' : 'title', bold: true });
      if (content.title) left.push({ text: `${content.title} `, tone: 'dim' });
    } else {
      left.push({
        text: named ? ` ${paneNumber(tab)} ${paneNames[tab]} ` : ` ${paneNumber(tab)} `,
        tone: 'dim',
      });
    }
  }
  return left;
}
