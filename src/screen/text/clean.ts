export { clean, cleanLines, isUnsafe } from '../../protocol/clean.ts';
