import { createTokenTextFinder, type TokenTextFinder } from '@latchkey/core/testing';
import { refuseLeaks } from '@latchkey/database/testing';
import type { Logger } from 'pino';
import { createLogger } from '../lifecycle/create-logger.ts';

/** The log of a server in this process: everything from debug on is searched for the texts of tokens. */
export interface SearchedLog {
  readonly logger: Logger;
  /** The lines of errors. */
  readonly errors: string[];
  /** Throws where the text of a token was in any line. */
  refuse(): void;
}

const ERROR = 50;

export function createSearchedLog(): SearchedLog {
  const search = createOutputSearch('what a server has logged');
  const errors: string[] = [];
  const stream = {
    write(line: string) {
      search.push('log', line);
      if (JSON.parse(line).level >= ERROR) errors.push(line);
    },
  };
  return { logger: createLogger({ logLevel: 'debug' }, stream), errors, refuse: search.refuse };
}

/** Searches texts that come piece by piece, by the place that they come from. */
export interface OutputSearch {
  push(place: string, text: string): void;
  /** Throws where the text of a token was in any place; says in which. */
  refuse(): void;
}

/** @param where whose places they are, for the error: `what a server has said`. */
export function createOutputSearch(where: string): OutputSearch {
  const finders = new Map<string, TokenTextFinder>();
  const leaks = new Map<string, number>();
  const encoder = new TextEncoder();
  return {
    push(place, text) {
      const finder = finders.getOrInsertComputed(place, createTokenTextFinder);
      const found = finder.push(encoder.encode(text)).length;
      if (found > 0) leaks.set(place, (leaks.get(place) ?? 0) + found);
    },
    refuse: () => refuseLeaks(where, leaks),
  };
}
