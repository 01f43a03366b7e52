/** Every operation of the API, by two people: `node build/tour/main.js http://127.0.0.1:8000`.
 *
 * It prints each operation with the status that it answered with, and asks for what arrives elsewhere, by mail or in
 * Telegram. It ends with an error at the first answer that is not as it should be.
 */

import { createInterface } from "node:readline/promises";
import type { Middleware } from "openapi-fetch";
import { connect } from "../client.js";
import * as account from "./account.js";
import { answer } from "./check_ins.js";
import { editInTwoTabs } from "./editing.js";
import type { Guide } from "./guide.js";
import { beRefused, deleteHabit, makeHabits, readAllPages } from "./habits.js";
import { readTheFeed, takeOver } from "./public_habits.js";
import { lookAround } from "./service.js";
import * as telegram from "./telegram.js";

const log: Middleware = {
  onResponse({ request, schemaPath, response }) {
    console.log(request.method, schemaPath, response.status);
  },
};

const service = process.argv[2] ?? "http://127.0.0.1:8000";
const terminal = createInterface({ input: process.stdin, output: process.stdout, terminal: false });
const guide: Guide = {
  service,
  visit(store) {
    const api = connect(service, store);
    api.use(log);
    return api;
  },
  ask: async (question) => (await terminal.question(`${question}\n`)).trim(),
};

await lookAround(guide);
const alice = await account.signUp(guide, "alice@example.org", "quiet-river-42");
await account.outliveAToken(alice);
const habit = await makeHabits(alice.api);
await beRefused(alice.api);
await editInTwoTabs(alice.api, habit);
await answer(alice.api, habit);
await readTheFeed(guide, habit);
const bob = await account.signUp(guide, "bob@example.org", "loud-forest-17");
await takeOver(bob.api, habit);
await readAllPages(alice.api);
await telegram.link(guide, alice, habit.id);
await telegram.signInByCode(guide, alice);
await telegram.part(alice);
await telegram.askByName(alice);
await deleteHabit(alice.api, habit);
await account.lookAtACode(guide, "charlie@example.org");
await account.changeAddress(guide, alice);
await account.changeThePassword(alice);
await account.lookAtAResetCode(guide, bob);
await account.forgetThePassword(guide, bob);
await account.signOut(bob);
await account.leave(alice);
terminal.close();
