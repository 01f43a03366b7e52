/** Signing up and in with an address that is verified by mail, and everything about address and password. */

import { type Api, inMemory, type TokenStore } from "../client.js";
import { check, done, got, type Guide, refused } from "./guide.js";

export interface Person {
  api: Api;
  store: TokenStore;
  email: string;
  password: string;
}

/** Where the service has a mail server, as it has in production. */
export async function signUp(guide: Guide, email: string, password: string): Promise<Person> {
  const store = inMemory();
  const api = guide.visit(store);
  const timezone = "Europe/Berlin";
  // docs: verification
  const signUp = await api.POST("/api/auth/app/v1/auth/signup", { body: { email, password, timezone } });
  if (signUp.data) store.write(signUp.data.meta);
  else if (signUp.response.status === 401 && "meta" in signUp.error) {
    const headers = { "X-Session-Token": signUp.error.meta.session_token };
    const key = await guide.ask(`The code from the mail to ${email}:`);
    const { data } = await api.POST("/api/auth/app/v1/auth/email/verify", { headers, body: { key } });
    if (data) store.write(data.meta);
  }
  // end docs
  check(store.read().access_token !== undefined, "a code from the mail ends a sign-up");
  return { api, store, email, password };
}

/** A look at the code before it is used; and another mail, which nobody gets so soon after the first one. */
export async function lookAtACode(guide: Guide, email: string): Promise<void> {
  const api = guide.visit(inMemory());
  const body = { email, password: "narrow-bridge-7", timezone: "UTC", language: "ru" } as const;
  const pending = refused(await api.POST("/api/auth/app/v1/auth/signup", { body }), 401);
  check("meta" in pending, "a flow is pending");
  const headers = { "X-Session-Token": pending.meta.session_token };
  const key = await guide.ask(`The code from the mail to ${email}:`);
  const again = await api.POST("/api/auth/app/v1/auth/email/verify/resend", { headers });
  refused(again, 429);
  const look = { headers, params: { header: { "X-Email-Verification-Key": key } } };
  got(await api.GET("/api/auth/app/v1/auth/email/verify", look));
  got(await api.POST("/api/auth/app/v1/auth/email/verify", { headers, body: { key } }));
}

export async function changeAddress(guide: Guide, { api, email }: Person): Promise<void> {
  const newer = `new-${email}`;
  got(await api.POST("/api/auth/app/v1/account/email", { body: { email: newer } }));
  await guide.ask(`The code from the mail to ${newer}:`);
  const waiting = got(await api.GET("/api/auth/app/v1/account/email")).data;
  check(waiting.some((one) => one.email === newer && !one.verified), "the new address waits for its code");
  got(await api.DELETE("/api/auth/app/v1/account/email", { body: { email: newer } }));
  // For those who signed up where no mail server was; nobody gets a code for an address that is not theirs.
  refused(await api.PUT("/api/auth/app/v1/account/email", { body: { email: "bob@example.org" } }), 400);
  const left = got(await api.PATCH("/api/auth/app/v1/account/email", { body: { email, primary: true } })).data;
  check(left.some((one) => one.email === email && one.verified && one.primary), "the old address is left");
}

export async function forgetThePassword(guide: Guide, person: Person): Promise<void> {
  const { api, store, email } = person;
  store.write({});
  person.password = "silver-lantern-19";
  // docs: reset
  const request = await api.POST("/api/auth/app/v1/auth/password/request", { body: { email } });
  if (!request.error || !("meta" in request.error)) throw new Error("no code was sent");
  const headers = { "X-Session-Token": request.error.meta.session_token };
  const key = await guide.ask(`The code from the mail to ${email}:`);
  const body = { key, password: person.password };
  const reset = await api.POST("/api/auth/app/v1/auth/password/reset", { headers, body }); // 401: sign in now
  // end docs
  done(reset, 401);
  await signIn(person);
}

export async function lookAtAResetCode(guide: Guide, { email }: Person): Promise<void> {
  const api = guide.visit(inMemory());
  const pending = refused(await api.POST("/api/auth/app/v1/auth/password/request", { body: { email } }), 401);
  check("meta" in pending, "a flow is pending");
  const headers = { "X-Session-Token": pending.meta.session_token };
  const key = await guide.ask(`The code from the mail to ${email}:`);
  const look = { headers, params: { header: { "X-Password-Reset-Key": key } } };
  got(await api.GET("/api/auth/app/v1/auth/password/reset", look));
}

export async function changeThePassword(person: Person): Promise<void> {
  const { api, store } = person;
  got(await api.POST("/api/auth/app/v1/auth/reauthenticate", { body: { password: person.password } }));
  const body = { current_password: person.password, new_password: "copper-meadow-88" };
  done(await api.POST("/api/auth/app/v1/account/password/change", { body }), 401);
  check(store.read().access_token === undefined, "the client has forgotten the tokens of a session that ended");
  person.password = body.new_password;
  await signIn(person);
}

export async function signIn({ api, store, email, password }: Person): Promise<void> {
  const { meta } = got(await api.POST("/api/auth/app/v1/auth/login", { body: { email, password } }));
  store.write(meta);
}

/** Calls go out together with a token that nobody takes any more: one refresh serves them all. */
export async function outliveAToken({ api, store }: Person): Promise<void> {
  const { refresh_token } = store.read();
  check(refresh_token !== undefined, "there is a refresh token");
  store.write({ access_token: "expired", refresh_token });
  const calls = await Promise.all([
    api.GET("/api/auth/app/v1/auth/session"),
    api.GET("/api/v1/me"),
    api.PATCH("/api/v1/me", { body: { display_name: "Alice" } }),
  ]);
  check(calls.every(({ response }) => response.status === 200), "all of them were sent again");
  check(store.read().access_token !== "expired", "the store has the new token");
  const { data } = got(await api.POST("/api/auth/app/v1/tokens/refresh", { body: { refresh_token } }));
  store.write({ access_token: data.access_token, refresh_token });
}

export async function signOut({ api, store }: Person): Promise<void> {
  done(await api.DELETE("/api/auth/app/v1/auth/session"), 401);
  check(store.read().access_token === undefined, "nothing is left of the session");
}

/** With all that was theirs. */
export async function leave({ api, email }: Person): Promise<void> {
  const everything = got(await api.GET("/api/v1/me/export"));
  check(everything.profile?.email === email && everything.habits.length > 5, "the export has the profile and the habits");
  done(await api.DELETE("/api/v1/me"));
  refused(await api.GET("/api/v1/me"), 401);
}
