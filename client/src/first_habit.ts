/** The least there is to it: from nothing to a first habit, on a service without a mail server, as `make run` is. */

// docs: first habit
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const api = createClient<paths>({ baseUrl: process.argv[2] ?? "http://127.0.0.1:8000" });
const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const who = { email: "dana@example.org", password: "quiet-river-42", timezone };
const { data: signedUp } = await api.POST("/api/auth/app/v1/auth/signup", { body: who });
const headers = { Authorization: `Bearer ${signedUp?.meta.access_token}` };
const stretch = { action: "stretch", time: "07:30", place: "the kitchen", reward: "a cup of tea" };
const { data: habit, error } = await api.POST("/api/v1/habits", { headers, body: stretch });
console.log(habit?.sentence ?? error); // I will stretch at 07:30 in the kitchen
// end docs

process.exitCode = habit ? 0 : 1;
