export { Block, Body, cutBody } from "./body.ts";
export { checksum } from "./checksum.ts";
export { BODIES, compareKeys, keyOf, rowOfKey, TABLES, TALLIES } from "./engine.ts";
export type {
  Channel,
  Engine,
  HeldLock,
  Key,
  LockRequest,
  Locks,
  Row,
  Scope,
  TableName,
  Tally,
  Transaction,
  Transactions,
} from "./engine.ts";
