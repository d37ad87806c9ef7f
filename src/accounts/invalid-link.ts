import { BadRequestException } from '@nestjs/common';

/** Said of every link that is good for nothing: made up, used, expired or withdrawn. */
export const INVALID_LINK = 'The link is invalid or has expired; ask for another';

export class InvalidLink extends BadRequestException {
  constructor() {
    super(INVALID_LINK);
  }
}
