// AssemblyScript: a host whose session lies in its own linear memory, as a Rust host's does. Only numbers cross: an i64 is a
// bigint on the other side, and a text is the address of its UTF-16.

const RUNTIME = "agent";
const SESSION = "018f8f8e-0000-7000-8000-0000000000aa";
const RUN = "018f8f8e-0000-7000-8000-0000000000bb";
const INPUT = "018f8f8e-0000-7000-8000-0000000000cc";

/** Begins a commit: it goes on after this has returned. */
declare function commitSessionBoundary(
  runtimeId: string,
  snapshot: usize,
  length: i32,
  runId: string,
  boundary: string,
  inputId: string,
  expectedRevision: u64,
): void;

/** Commits a conversation, and leaves nothing of it where it was: the memory is another and its bytes are others. */
export function commitConversation(turns: i32, expectedRevision: u64): void {
  const snapshot = heap.alloc(sizeOf(turns));
  const length = writeConversation(snapshot, turns);
  commitSessionBoundary(RUNTIME, snapshot, length, RUN, "run_start", INPUT, expectedRevision);
  memory.grow(16);
  memory.fill(snapshot, 0x20, length);
}

/** Room for bytes that are given back. */
export function reserve(length: i32): usize {
  return heap.alloc(length);
}

/** Whether the bytes at an address are the conversation that was committed. */
export function isConversation(turns: i32, at: usize, length: i32): bool {
  const due = heap.alloc(sizeOf(turns));
  return writeConversation(due, turns) == length && memory.compare(due, at, length) == 0;
}

function sizeOf(turns: i32): usize {
  return 1024 + 256 * turns;
}

/** Writes a session snapshot as UTF-8. */
function writeConversation(at: usize, turns: i32): i32 {
  let end = at;
  end = write(end, '{"version":1,"id":"' + SESSION + '","messages":[');
  for (let turn = 0; turn < turns; turn++) {
    if (turn > 0) end = write(end, ",");
    end = write(end, '{"role":"user","content":"turn ' + turn.toString() + ': Dachsbau, größer 🦡"}');
  }
  const time = '{"secs_since_epoch":1700000000,"nanos_since_epoch":0}';
  end = write(end, '],"created_at":' + time + ',"updated_at":' + time + ',"metadata":{},');
  return (write(end, '"usage":{"input_tokens":0,"output_tokens":0}}') - at) as i32;
}

function write(at: usize, text: string): usize {
  return at + String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, at);
}
