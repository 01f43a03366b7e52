/** What every leg of the tour has at hand, and how it looks at an answer. */

import type { Api, TokenStore } from "../client.js";

export interface Guide {
  service: string;
  /** Somebody's client, signed in with what is in the store. */
  visit(store: TokenStore): Api;
  /** The line that whoever stands outside (a person at the terminal, or a test) answers with. */
  ask(question: string): Promise<string>;
}

interface Call {
  response: Response;
}

/** The body of an answer with that status; throws what came instead. */
export function got<Data>(call: Call & { data?: Data; error?: unknown }, status = 200): Data {
  if (call.response.status !== status || call.data === undefined) throw unexpected(call, call.error ?? call.data);
  return call.data;
}

/** The body of a refusal with that status; throws what came instead. */
export function refused<Body>(call: Call & { data?: unknown; error?: Body }, status: number): Body {
  if (call.response.status !== status || call.error === undefined) throw unexpected(call, call.error ?? call.data);
  return call.error;
}

/** For answers without a body. */
export function done(call: Call & { error?: unknown }, status = 204): void {
  if (call.response.status !== status) throw unexpected(call, call.error);
}

export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`not so: ${what}`);
}

function unexpected({ response }: Call, body: unknown): Error {
  return new Error(`${response.url} answered ${response.status} ${JSON.stringify(body)}`);
}
