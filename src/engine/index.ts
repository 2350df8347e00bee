export { Block, Body, cutBody } from "./body.ts";
export { checksum } from "./checksum.ts";
export { BODIES, compareKeys, keyOf, rowOfKey, TABLES, TALLIES } from "./engine.ts";
export type { Engine, Key, Row, Scope, TableName, Tally, Transaction } from "./engine.ts";
