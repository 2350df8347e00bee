import type { InputId } from "../core/ids.ts";
import { within } from "../core/within.ts";
import type { Transaction } from "../engine/index.ts";
import type { InputState } from "../records/index.ts";
import { parseInputState } from "../records/index.ts";
import { checkedArray } from "../arguments/checked-arguments.ts";
import {
  allSound,
  type Found,
  getRow,
  intact,
  putRow,
  readRows,
  type RecordMembers,
  recordMembers,
  recordOf,
  separate,
} from "./rows.ts";

type InputRow = RecordMembers & { readonly runtime_id: string; readonly input_id: InputId };

const TABLE = "runtime_input_states";

/** The input states in a caller's array, parsed and copied. */
export function checkedInputStates(given: unknown, path: string): InputState[] {
  return checkedArray(given, path, (state, at) => within(at, () => parseInputState(state)));
}

/** Reads what input states will replace, together with all else that a boundary reads: the engine, which counts, need not ask then. */
export async function readReplacedInputs(
  transaction: Transaction,
  runtimeId: string,
  states: readonly InputState[],
): Promise<void> {
  await Promise.all(states.map(({ input_id }) => transaction.get(TABLE, [runtimeId, input_id])));
}

/** Upserts input states in their order: of two under one id, the later stays. */
export function putInputStates(transaction: Transaction, runtimeId: string, states: readonly InputState[]): void {
  for (const state of states) {
    const row: InputRow = { runtime_id: runtimeId, input_id: state.input_id, ...recordMembers(state) };
    putRow(transaction, TABLE, row);
  }
}

export async function loadInputState(
  transaction: Transaction,
  runtimeId: string,
  inputId: InputId,
): Promise<InputState | undefined> {
  const row = await getRow<InputRow>(transaction, TABLE, [runtimeId, inputId]);
  return row && stateOf(row);
}

/** The input states of a runtime by ascending `input_id`, and what is damaged among them. */
export async function findInputStates(transaction: Transaction, runtimeId: string): Promise<Found<InputState>> {
  const rows = await readRows(transaction, TABLE, { prefix: [runtimeId] });
  return separate(rows, (row) => stateOf(intact(TABLE, row)));
}

/** All input states of a runtime by ascending `input_id`. */
export async function listInputStates(transaction: Transaction, runtimeId: string): Promise<InputState[]> {
  return allSound(await findInputStates(transaction, runtimeId));
}

export function deleteInputState(transaction: Transaction, runtimeId: string, inputId: InputId): void {
  transaction.delete(TABLE, [runtimeId, inputId]);
}

// The checksum has told that the row holds what a schema let in when it was written.
const stateOf = (row: InputRow): InputState => recordOf(TABLE, row) as InputState;
