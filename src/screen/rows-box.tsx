import { Box, Text } from 'ink';
import { memo } from 'react';
import type { Rect } from './layout.ts';
import { paintRow } from './paint.ts';
import { useLook } from './screen-context.ts';
import type { Row } from './spans.ts';

/**
 * Rows at a fixed place. Each row is one Text with one ready string: cut, filled and coloured here, so that Ink neither
 * wraps nor measures anew. A row per Text, not a pane per Text: Ink caches 4,096 measured texts, and whole panes would
 * fill that with megabytes.
 */
export const RowsBox = memo(function RowsBox({ rows, rect }: { rows: Row[]; rect: Rect }) {
  const { palette, ascii } = useLook();
  return (
    <Box
      position="absolute"
      left={rect.left}
      top={rect.top}
      width={rect.width}
      height={rect.height}
      flexDirection="column"
    >
      {Array.from({ length: rect.height }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
        <Line key={i} text={paintRow(rows[i] ?? [], rect.width, palette, ascii)} />
      ))}
    </Box>
  );
});

const Line = memo(function Line({ text }: { text: string }) {
  return <Text wrap="truncate">{text}</Text>;
});
