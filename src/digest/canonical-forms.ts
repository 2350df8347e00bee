import { ByteWriter, JsonCursor, JsonTape, documentBytes, writeCanonicalValue } from "../json/index.ts";
import { readWhole } from "./read-snapshot.ts";
import type { ExactTime } from "./session-members.ts";

/**
 * The digest that the native runtime writes into the receipt of a boundary that carries this snapshot: SHA-256 of the messages
 * as parsed and written again, as 64 lower-case hexadecimal digits, with the number of messages.
 * @throws {RuntimeStoreError} `invalid_snapshot`, with `byteOffset`, when the native runtime would refuse the snapshot;
 * `invalid_input` for anything but a `Uint8Array`.
 */
export function conversationDigest(snapshot: Uint8Array): { conversation_digest: string; message_count: number } {
  const { digest, messageCount } = readWhole(snapshot);
  return { conversation_digest: digest, message_count: messageCount };
}

/**
 * The very bytes that the conversation digest of a snapshot covers: its messages as a JSON array in canonical form.
 * @throws {RuntimeStoreError} `invalid_snapshot`, with `byteOffset`, when the native runtime would refuse the snapshot;
 * `invalid_input` for anything but a `Uint8Array`.
 */
export function canonicalMessages(snapshot: Uint8Array): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  readWhole(snapshot, appendTo(writer));
  return writer.take();
}

/**
 * A session as the native runtime writes it once it has read this snapshot: all seven members in their order, and nothing else.
 * Long decimals may change at each reading, so this form may have another digest than the snapshot that it was made from.
 * @throws {RuntimeStoreError} `invalid_snapshot`, with `byteOffset`, when the native runtime would refuse the snapshot;
 * `invalid_input` for anything but a `Uint8Array`.
 */
export function canonicalSession(snapshot: Uint8Array): Uint8Array<ArrayBuffer> {
  const messages = new ByteWriter();
  const { version, id, created_at, updated_at, metadata, usage } = readWhole(snapshot, appendTo(messages)).members;
  const { input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens } = usage;
  const writer = new ByteWriter(messages.length + 1024);
  const append = appendTo(writer);
  writer.ascii(`{"version":${version},"id":"${id}","messages":`);
  append(messages.view());
  writer.ascii(`,"created_at":${timeText(created_at)},"updated_at":${timeText(updated_at)},"metadata":`);
  append(encoder.encode(metadata));
  writer.ascii(`,"usage":{"input_tokens":${input_tokens},"output_tokens":${output_tokens},`);
  writer.ascii(`"cache_creation_tokens":${cache_creation_tokens},"cache_read_tokens":${cache_read_tokens}}}`);
  return writer.take();
}

/**
 * One document of free JSON, such as a tool call's arguments, as the native runtime writes it: members sorted by code point,
 * the last of a repeated one, numbers printed anew, no white space.
 * @throws {RuntimeStoreError} `invalid_snapshot`, with `byteOffset`, when the native runtime would refuse the document;
 * `invalid_input` for anything but text and a `Uint8Array`.
 */
export function canonicalValue(json: Uint8Array | string): Uint8Array<ArrayBuffer> {
  const cursor = new JsonCursor(documentBytes(json, "invalid_snapshot"), "invalid_snapshot");
  const tape = new JsonTape(cursor);
  const writer = new ByteWriter();
  const root = tape.read(0);
  cursor.expectEnd();
  writeCanonicalValue(tape, root, writer);
  return writer.take();
}

const encoder = new TextEncoder();

const appendTo =
  (writer: ByteWriter) =>
  (piece: Uint8Array): void => {
    writer.copy(piece, 0, piece.length);
  };

const timeText = ({ secs_since_epoch, nanos_since_epoch }: ExactTime): string =>
  `{"secs_since_epoch":${secs_since_epoch},"nanos_since_epoch":${nanos_since_epoch}}`;
