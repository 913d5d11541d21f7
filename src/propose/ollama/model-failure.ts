import { EnvironmentFailure } from '../../protocol/failure.ts';

/** The model, or its server, is not there as it should be. */
export class ModelFailure extends EnvironmentFailure {
  constructor(...[message, next, retryMs, options]: ConstructorParameters<typeof EnvironmentFailure>) {
    super(message, next, retryMs, { ...options, kind: 'model' });
  }
}
