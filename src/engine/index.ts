export { checksum } from "./checksum.ts";
export { BODIES, compareKeys, keyOf, rowOfKey, TABLES } from "./engine.ts";
export type { Engine, Key, Row, Scope, TableName, Transaction } from "./engine.ts";
