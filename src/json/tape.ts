import type { JsonCursor } from "./cursor.ts";
import { Kind } from "./kinds.ts";
import { readF64 } from "./read-f64.ts";
import { scanNumber } from "./scan-number.ts";
import { scanText } from "./scan-text.ts";
import { skipValue } from "./skip-value.ts";
import { decodeText, unescapedText, writeText } from "./text.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** Containers nested deeper are refused (serde_json 1.0.149 `recursion limit exceeded`). */
const MAX_DEPTH = 127;

const STRIDE = 4;

/**
 * One JSON value, read and checked in full, as a flat list of nodes in document order: each knows its kind, its bytes and
 * the node behind its subtree. A container's children follow it; an object's are name, value, name, value.
 */
export class JsonTape {
  readonly cursor: JsonCursor;
  #nodes = new Uint32Array(64 * STRIDE);
  #length = 0;

  constructor(cursor: JsonCursor) {
    this.cursor = cursor;
  }

  get bytes(): Uint8Array {
    return this.cursor.bytes;
  }

  /** Reads the value at the cursor, in place of what the tape held, and gives its node. `depth` counts the containers around it. */
  read(depth: number): number {
    this.#length = 0;
    this.#value(depth);
    return 0;
  }

  /**
   * Reads the object at the cursor as `read` does, but keeps only the members with one of `names`: the values of the others
   * are skipped, neither decoded nor limited in depth.
   */
  readKnown(depth: number, names: readonly string[]): number {
    const { cursor } = this;
    this.#length = 0;
    cursor.peek();
    const object = this.#open(cursor.position);
    for (let more = cursor.enter(0x7d); more; more = cursor.more(0x7d)) {
      const name = this.#name();
      if (this.indexIn(name, names) !== -1) {
        this.#value(depth + 1);
      } else {
        this.#length = name;
        skipValue(cursor);
      }
    }
    this.#close(object, Kind.Object);
    return object;
  }

  /** Reads the name of a member at the cursor with its colon, and tells which of `names` it is, or -1. */
  readName(names: readonly string[]): number {
    this.#length = 0;
    return this.indexIn(this.#name(), names);
  }

  kind(node: number): Kind {
    return this.#nodes[node * STRIDE] as Kind;
  }

  /** Offset of the first byte; of a string, that of its opening quote. */
  start(node: number): number {
    return this.#nodes[node * STRIDE + 1] as number;
  }

  /** Offset behind the last byte. */
  end(node: number): number {
    return this.#nodes[node * STRIDE + 2] as number;
  }

  /** The node behind this one and all inside it: its next sibling, or whatever comes behind its parent. */
  next(node: number): number {
    return this.#nodes[node * STRIDE + 3] as number;
  }

  /** The nodes of an array's elements. */
  elements(array: number): number[] {
    const elements: number[] = [];
    for (let element = array + 1; element < this.next(array); element = this.next(element)) elements.push(element);
    return elements;
  }

  /** The nodes of an object's names; the value of a member follows its name. */
  names(object: number): number[] {
    const names: number[] = [];
    for (let name = object + 1; name < this.next(object); name = this.next(name + 1)) names.push(name);
    return names;
  }

  isText(node: number): boolean {
    const kind = this.kind(node);
    return kind === Kind.PlainText || kind === Kind.CanonicalText || kind === Kind.EscapedText;
  }

  text(node: number): string {
    return decodeText(this.bytes, this.start(node), this.end(node), this.kind(node));
  }

  /** A number's text. */
  numeral(node: number): string {
    let text = "";
    for (let at = this.start(node); at < this.end(node); at++) text += String.fromCharCode(this.bytes[at] as number);
    return text;
  }

  /** A number as a double, read the native way. */
  float(node: number): number {
    return readF64(this.bytes, this.start(node), this.end(node));
  }

  /** The UTF-8 bytes of a string's text. */
  textBytes(node: number): Uint8Array {
    return unescapedText(this.bytes, this.start(node), this.end(node), this.kind(node));
  }

  /** Which of some ASCII texts a string says, or -1. */
  indexIn(node: number, texts: readonly string[]): number {
    if (this.kind(node) === Kind.PlainText)
      return indexOfText(this.bytes, this.start(node) + 1, this.end(node) - 1, texts);
    const text = this.textBytes(node);
    return indexOfText(text, 0, text.length, texts);
  }

  writeText(node: number, writer: ByteWriter): void {
    writeText(writer, this.bytes, this.start(node), this.end(node), this.kind(node));
  }

  /** Copies a value's own bytes. */
  copy(node: number, writer: ByteWriter): void {
    writer.copy(this.bytes, this.start(node), this.end(node));
  }

  fail(node: number, what: string): never {
    this.cursor.fail(what, this.start(node));
  }

  #value(depth: number): void {
    const { cursor } = this;
    const byte = cursor.peek();
    const node = this.#open(cursor.position);
    let kind: Kind;
    if (byte === 0x22) kind = scanText(cursor);
    else if (byte === 0x7b) kind = this.#object(depth);
    else if (byte === 0x5b) kind = this.#array(depth);
    else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) kind = scanNumber(cursor);
    else kind = cursor.literal();
    this.#close(node, kind);
  }

  #object(depth: number): Kind {
    const { cursor } = this;
    if (depth >= MAX_DEPTH) cursor.fail("recursion limit exceeded");
    for (let more = cursor.enter(0x7d); more; more = cursor.more(0x7d)) {
      this.#name();
      this.#value(depth + 1);
    }
    return Kind.Object;
  }

  /** Reads a member's name and the colon behind it. */
  #name(): number {
    const { cursor } = this;
    cursor.expectName();
    const name = this.#open(cursor.position);
    this.#close(name, scanText(cursor));
    cursor.expectColon();
    return name;
  }

  #array(depth: number): Kind {
    const { cursor } = this;
    if (depth >= MAX_DEPTH) cursor.fail("recursion limit exceeded");
    for (let more = cursor.enter(0x5d); more; more = cursor.more(0x5d)) this.#value(depth + 1);
    return Kind.Array;
  }

  #open(start: number): number {
    const node = this.#length++;
    if (this.#length * STRIDE > this.#nodes.length) {
      const larger = new Uint32Array(this.#nodes.length * 2);
      larger.set(this.#nodes);
      this.#nodes = larger;
    }
    this.#nodes[node * STRIDE + 1] = start;
    return node;
  }

  #close(node: number, kind: Kind): void {
    this.#nodes[node * STRIDE] = kind;
    this.#nodes[node * STRIDE + 2] = this.cursor.position;
    this.#nodes[node * STRIDE + 3] = this.#length;
  }
}

function indexOfText(bytes: Uint8Array, start: number, end: number, texts: readonly string[]): number {
  return texts.findIndex((text) => {
    if (text.length !== end - start) return false;
    for (let index = 0; index < text.length; index++) if (bytes[start + index] !== text.charCodeAt(index)) return false;
    return true;
  });
}
