export { pawlDir, runPaths } from './paths.ts';

/** What the launching command tells the engine. Travels as one JSON argument. */
export interface EngineOptions {
  projectDir: string;
  tag: string;
  /** Overrides of pawl.yaml from the command line. */
  experiments?: number;
  afterMs?: number;
  budgetMs?: number;
  seed?: number;
  proposer?: 'auto' | 'ollama' | 'tuner';
  model?: string;
}
