/** A typed client of the habit tracker that sees to the tokens. */

import createClient, { type Client, type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema.js";

export type Api = Client<paths>;
export type Habit = components["schemas"]["HabitOut"];
export type Problem = components["schemas"]["Problem"];

// docs: tokens
/** What a sign-up, a sign-in and /telegram/login give, though not before every flow has ended. */
export interface Tokens {
  access_token?: string;
  refresh_token?: string;
}

/** Where they stay between calls: a variable, or `localStorage`, which a person's tabs share. */
export interface TokenStore {
  read(): Tokens;
  write(tokens: Tokens): void;
}
// end docs

export function inMemory(): TokenStore {
  let kept: Tokens = {};
  return {
    read: () => kept,
    write: (tokens) => {
      kept = tokens;
    },
  };
}

// docs: refresh
/** Sends the access token along. On 401 it gets a new one, once for all calls under way, and sends the call again. */
export function withTokens(service: string, store: TokenStore): Middleware {
  const plain = createClient<paths>({ baseUrl: service });
  const copies = new WeakMap<Request, Request>(); // a body can be sent only once
  let refreshing: Promise<void> | undefined;

  async function refresh(refresh_token: string): Promise<void> {
    const { data, response } = await plain.POST("/api/auth/app/v1/tokens/refresh", { body: { refresh_token } });
    if (data) store.write({ access_token: data.data.access_token, refresh_token });
    // The session is over. Any other answer, 429 or 503, says nothing of it.
    else if (response.status === 400) store.write({});
  }

  return {
    onRequest({ request }) {
      const { access_token } = store.read();
      if (!access_token) return;
      copies.set(request, request.clone());
      request.headers.set("Authorization", `Bearer ${access_token}`);
    },
    async onResponse({ request, response, options }) {
      const copy = copies.get(request);
      if (response.status !== 401 || !copy) return;
      const { access_token, refresh_token } = store.read();
      const isCurrent = request.headers.get("Authorization") === `Bearer ${access_token}`;
      if (isCurrent && refresh_token) {
        refreshing ??= refresh(refresh_token).finally(() => (refreshing = undefined));
        await refreshing;
      }
      const fresh = store.read().access_token;
      if (!fresh || request.headers.get("Authorization") === `Bearer ${fresh}`) return;
      copy.headers.set("Authorization", `Bearer ${fresh}`);
      return options.fetch(copy);
    },
  };
}

export function connect(service: string, store: TokenStore): Api {
  const api = createClient<paths>({ baseUrl: service });
  api.use(withTokens(service, store));
  return api;
}
// end docs
