import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Max, Min, ValidateBy } from 'class-validator';
import { isId } from '../ids.js';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
/** The clients that come with the service are rows too, with a name of ours for an id. */
const NAMED = /^hallpass(?:-[a-z]+)?$/;

/** The query of a list: how many, and where the page before it ended. */
export class PageQuery {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
    required: false,
    description: 'How many items to return',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => decimal(value))
  @IsInt({ message: `must be a whole number from 1 to ${MAX_LIMIT}` })
  @Min(1, { message: `must be a whole number from 1 to ${MAX_LIMIT}` })
  @Max(MAX_LIMIT, { message: `must be a whole number from 1 to ${MAX_LIMIT}` })
  readonly limit: number = DEFAULT_LIMIT;

  @ApiProperty({
    type: 'string',
    required: false,
    description: 'The `next` of the page before; without it, the first page',
  })
  @IsOptional()
  @ValidateBy({
    name: 'cursor',
    validator: {
      validate: (value) => typeof value === 'string' && isPlace(decodeCursor(value)),
      defaultMessage: () => 'must be the next of an earlier page',
    },
  })
  readonly cursor?: string;

  /** The id after which this page begins; undefined on the first page. */
  get after(): string | undefined {
    return this.cursor === undefined ? undefined : decodeCursor(this.cursor);
  }
}

/** One page of a list. */
export class Page<T> {
  private constructor(
    readonly items: readonly T[],
    readonly next: string | null,
  ) {}

  /** @param rows one more than the limit where there is a next page */
  static of<T extends { id: string }>(rows: readonly T[], limit: number): Page<T> {
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return new Page(items, rows.length > limit && last ? encodeCursor(last.id) : null);
  }

  map<U>(change: (item: T) => U): Page<U> {
    return new Page(this.items.map(change), this.next);
  }
}

/** Where the next page begins. */
export function NextCursor(): PropertyDecorator {
  return ApiProperty({
    type: 'string',
    nullable: true,
    description: 'The `cursor` of the next page; null on the last',
    example: null,
  });
}

function encodeCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

function decodeCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString();
}

function isPlace(id: string): boolean {
  return isId(id) || NAMED.test(id);
}

/** Numbers in a query are decimal digits; `1e2`, ` 5` and a repeated parameter stay what they are, and fail. */
function decimal(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
}
