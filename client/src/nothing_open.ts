/** Does not compile where the document leaves open what an answer holds, so that a client could not know its type. */

import type { operations } from "./schema.js";

type IsAny<T> = 0 extends 1 & T ? true : false;
/** `any`, `unknown`, or an object of which nothing is said. */
type IsOpen<T> = IsAny<T> extends true ? true : unknown extends T ? true : Record<string, never> extends T ? true : false;

/** The paths in T to whatever is open. */
type OpenIn<T, Path extends string> =
  IsOpen<T> extends true
    ? Path
    : T extends readonly (infer Item)[]
      ? OpenIn<Item, `${Path}[]`>
      : T extends object
        ? { [Key in keyof T & string]-?: OpenIn<T[Key], `${Path}.${Key}`> }[keyof T & string]
        : never;

type Contents<Id extends keyof operations> = {
  [Status in keyof operations[Id]["responses"]]: operations[Id]["responses"][Status] extends { content: infer Content }
    ? OpenIn<Content[keyof Content], Id>
    : never;
}[keyof operations[Id]["responses"]];

/** The bot's own notes: what /undo would bring back, and a habit that is still being told. */
type Known = "exportProfile.last_deed.content" | "exportProfile.draft.content";

type Nothing<T extends never> = T;

export type NothingIsOpen = Nothing<Exclude<{ [Id in keyof operations]: Contents<Id> }[keyof operations], Known>>;
