import type { WriteStream } from 'node:tty';
import { type Instance, render } from 'ink';
import { App } from './app.tsx';
import type { Controller } from './keys/controller.ts';
import type { Screen } from './screen-context.ts';

export interface Streams {
  stdin: NodeJS.ReadStream;
  stdout: WriteStream;
  stderr: NodeJS.WriteStream;
}

/** The only place that mounts Ink. Interactive is said outright: a CI variable in the environment must not blank a terminal. */
export function renderScreen(screen: Screen, controller: Controller, streams: Streams): Instance {
  return render(<App screen={screen} controller={controller} />, {
    ...streams,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: 60,
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    isScreenReaderEnabled: false,
  });
}
