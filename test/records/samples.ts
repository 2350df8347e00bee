import { parseInputState } from "../../src/records/index.ts";
import type { InputState } from "../../src/records/index.ts";

export const RUN = "01890a5d-ac96-774b-bcce-b302099a8001";
export const OTHER_RUN = "01890a5d-ac96-774b-bcce-b302099a8002";
export const INPUT = "01890a5d-ac96-774b-bcce-b302099a8011";
export const OTHER_INPUT = "01890a5d-ac96-774b-bcce-b302099a8012";
export const SESSION = "01890a5d-ac96-774b-bcce-b302099a8021";
export const OPERATION = "01890a5d-ac96-774b-bcce-b302099a8031";
export const AT = "2024-01-02T03:04:05.006Z";
export const LATER = "2024-01-02T03:04:06Z";

/** The members of an accepted input, as anybody may write them. */
export const acceptedMembers = (members: object = {}): object => ({
  input_id: INPUT,
  current_state: "accepted",
  attempt_count: 0,
  recovery_count: 0,
  created_at: AT,
  updated_at: AT,
  ...members,
});

export const accepted = (members: object = {}): InputState => parseInputState(acceptedMembers(members));

export const headerMembers = (members: object = {}): object => ({
  id: INPUT,
  timestamp: AT,
  source: { type: "operator" },
  durability: "durable",
  visibility: { transcript_eligible: true, operator_eligible: true },
  ...members,
});

export const eventMembers = (payload: unknown): object => ({
  input_type: "external_event",
  header: headerMembers({ source: { type: "external", source_name: "webhook" } }),
  event_type: "order.placed",
  payload,
});

export const receiptMembers = (members: object = {}): object => ({
  run_id: RUN,
  boundary: "run_start",
  contributing_input_ids: [INPUT],
  conversation_digest: "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
  message_count: 2,
  sequence: 0,
  ...members,
});

/** Freezes a value with all that it holds, so that whoever writes to it is found out. */
export function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const member of Object.values(value)) frozen(member);
    Object.freeze(value);
  }
  return value;
}
