import { eventInputState, fullInputState, opsSnapshot } from "../../src/conformance/samples.ts";
import { decodeRecord, type EncodedRecord, encodeRecord } from "../../src/records/index.ts";
import { mutatedBytes } from "./fuzz-bytes.ts";
import type { Random } from "./fuzz-random.ts";
import { answerOf, demand, demandEqual, type FuzzTarget, sameTwice } from "./fuzz-run.ts";
import { mutatedJson } from "./fuzz-values.ts";

const RICH_RECORDS: readonly unknown[] = [
  eventInputState(1, { when: new Date(0), list: [1n, undefined, Number.NaN, -0, Infinity] }),
  eventInputState(
    2,
    new Map<unknown, unknown>([
      ["a", new Set([1n])],
      [{ b: 1 }, new Date(9)],
    ]),
  ),
  { constructor: new Uint8Array([1, 2, 3]), "~prototype": new BigInt64Array([1n]), "a.b": { "c\\d": undefined } },
  [new Map([[new Map([[1, 1n]]), new Set([new Set([undefined])])]]), new Float64Array([1, Number.NaN])],
];
const RECORDS: readonly EncodedRecord[] = [fullInputState(1), opsSnapshot(1), ...RICH_RECORDS].map(encodeRecord);
const META =
  '{"json":{"a":"https://x.y/","b":"/x/g","c":{"message":"m","name":"Error"},"d":[["k",1]],"e":"1","f":["Uint8Array","AAAA"]},' +
  '"meta":{"values":{"a":["URL"],"b":["regexp"],"c":["Error"],"d":["map",{"0.1":["Date"]}],"e":["bigint"],' +
  '"f":[["custom","typed-array"]],"g":["undefined"],"h":[["class","Point"]],"i":[["symbol","s"]]},' +
  '"referentialEqualities":{"a":["b","c.x"]},"v":1}}';
const CORPUS: readonly Uint8Array[] = [...RECORDS.map(({ text }) => text), META].map((text) => Buffer.from(text));

/** Texts of stored records, changed in their bytes or in their members, in either format. */
export const storedTexts: FuzzTarget = {
  name: "stored texts",
  share: 0.03,
  attempt(random, evidence) {
    const text = decodedLoosely(random.once(2) ? mutatedJson(random, CORPUS) : mutatedBytes(random, CORPUS));
    const format = formatOf(random);
    evidence.input = { format, text };
    const inherited = Reflect.ownKeys(Object.prototype).length;
    const read = sameTwice(["corrupt_record"], () => decodeRecord({ format, text }));
    demand(Reflect.ownKeys(Object.prototype).length === inherited, "no text reaches the prototype of all objects");
    if (!("value" in read)) return "refused";
    const written = answerOf(["invalid_input"], () => encodeRecord(read.value));
    if (!("value" in written)) return "accepted, holds what is never written";
    demandEqual(decodeRecord(written.value), read.value, "the record once more");
    return "accepted";
  },
};

const formatOf = (random: Random): string =>
  random.once(20) ? random.pick(["", "JSON", "cbor", "__proto__"]) : random.pick(["json", "superjson", "superjson"]);

/** What is no UTF-8 becomes U+FFFD: a stored text is a string already. */
const decodedLoosely = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
