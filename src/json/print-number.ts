/**
 * The text that serde_json 1.0.149 (zmij 1.0.16) gives a double: the shortest digits that read back, always with a point or
 * an exponent, and `null` for what is not finite.
 */
export function printF64(value: number): string {
  return Number.isFinite(value) ? layOut(value, shortestF64(value), F64_FIXED) : "null";
}

/** The text that the native runtime gives a number that it holds as f32: `null` for what overflows to an infinity. */
export function printF32(value: number): string {
  const single = Math.fround(value);
  return Number.isFinite(single) ? layOut(single, shortestF32(single), F32_FIXED) : "null";
}

/**
 * The number that `JSON.parse` gives for the native runtime's text of a value held as f32, such as 33.3 and not
 * 33.29999923706055, or `null` when the value overflows to an infinity.
 */
export function roundToF32(value: number): number | null {
  const text = printF32(value);
  return text === "null" ? null : Number(text);
}

/** Significant digits, and the power of ten of the first of them. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

/** The least and the greatest exponent of fixed notation; scientific beyond. */
type FixedRange = readonly [least: number, greatest: number];
const F64_FIXED: FixedRange = [-5, 15];
const F32_FIXED: FixedRange = [-6, 12];

function layOut(value: number, { digits, exponent }: Decimal, [least, greatest]: FixedRange): string {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const isFixed = exponent >= least && exponent <= greatest;
  return sign + (isFixed ? fixed(digits, exponent) : scientific(digits, exponent));
}

function fixed(digits: string, exponent: number): string {
  if (exponent < 0) return "0." + "0".repeat(-exponent - 1) + digits;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${whole}.${digits.slice(exponent + 1) || "0"}`;
}

function scientific(digits: string, exponent: number): string {
  const mantissa = digits.length === 1 ? digits : `${digits.slice(0, 1)}.${digits.slice(1)}`;
  return `${mantissa}e${exponent < 0 ? "" : "+"}${String(exponent)}`;
}

/** ECMAScript prints the same digits as zmij, in other notations. */
function shortestF64(value: number): Decimal {
  const [mantissa = "", exponent] = Math.abs(value).toExponential().split("e");
  return { digits: mantissa.replace(".", ""), exponent: Number(exponent) };
}

/** Exact, over a common denominator: the fewest digits that lie within half a step of the value, then the nearest, then the even. */
function shortestF32(value: number): Decimal {
  if (value === 0) return { digits: "0", exponent: 0 };
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, Math.abs(value));
  const biased = bits.getUint32(0) >>> 23;
  const fraction = bits.getUint32(0) & 0x7fffff;
  const significand = BigInt(biased === 0 ? fraction : fraction + 0x800000);
  // The value is 4 * significand / 4 * 2^binary; below a power of two the steps are half as wide.
  const binary = Math.max(biased, 1) - 150;
  const numerator = (4n * significand) << BigInt(Math.max(binary, 0));
  const unit = 1n << BigInt(Math.max(binary, 0));
  const denominator = 4n << BigInt(Math.max(-binary, 0));
  const below = fraction === 0 && biased > 1 ? unit : 2n * unit;
  const above = 2n * unit;
  const ends = significand % 2n === 0n ? 0n : 1n;

  for (let power = 39; ; power--) {
    // One step of the last digit, in the units of the numerator.
    const step = power < 0 ? denominator : denominator * 10n ** BigInt(power);
    const shift = power < 0 ? 10n ** BigInt(-power) : 1n;
    const floor = (numerator * shift) / step;
    const near = [floor, floor + 1n].filter((digits) => {
      const distance = digits * step - numerator * shift;
      return distance < 0n ? -distance <= below * shift - ends : distance <= above * shift - ends;
    });
    const nearest = near.reduce<bigint | undefined>(
      (best, digits) => closer(best, digits, numerator * shift, step),
      undefined,
    );
    if (nearest !== undefined && nearest !== 0n) {
      const digits = String(nearest);
      return { digits: digits.replace(/0+$/, ""), exponent: power + digits.length - 1 };
    }
  }
}

function closer(best: bigint | undefined, candidate: bigint, numerator: bigint, step: bigint): bigint {
  if (best === undefined) return candidate;
  const order = 2n * numerator - (best + candidate) * step;
  return order < 0n || (order === 0n && best % 2n === 0n) ? best : candidate;
}
