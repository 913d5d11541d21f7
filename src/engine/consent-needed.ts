import type { Consent } from '../config/consent.ts';
import { UserError } from '../protocol/failure.ts';

/** The user has not said yet that this is fine. Exit code 3. */
export class ConsentNeeded extends UserError {
  override name = 'ConsentNeeded';
  readonly to: Consent;

  constructor(message: string, to: Consent) {
    super(message, 3);
    this.to = to;
  }
}
