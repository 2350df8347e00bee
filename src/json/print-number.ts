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
  return `${mantissa}e${exponent < 0 ? "" : "+"}${exponent}`;
}

/** ECMAScript prints the same digits as zmij, in other notations. */
function shortestF64(value: number): Decimal {
  const [mantissa = "", exponent] = Math.abs(value).toExponential().split("e");
  return { digits: mantissa.replace(".", ""), exponent: Number(exponent) };
}

/**
 * The fewest digits that lie within half a step of the value, of those the nearest, of two as near the even one; all of it
 * exact, in integers. Half a step itself counts where the value is even, since it is rounded to when such a text is read.
 */
function shortestF32(value: number): Decimal {
  if (value === 0) return { digits: "0", exponent: 0 };
  const { significand, binaryExponent, isPowerOfTwo } = partsOfF32(value);
  const scale = 1n << BigInt(Math.max(binaryExponent, 0));
  const denominator = 4n << BigInt(Math.max(-binaryExponent, 0));
  const numerator = 4n * significand * scale;
  const halfStepUp = 2n * scale;
  const halfStepDown = isPowerOfTwo ? scale : halfStepUp;
  const isEven = significand % 2n === 0n;

  for (let power = 39; ; power--) {
    const unit = power < 0 ? denominator : denominator * 10n ** BigInt(power);
    const factor = power < 0 ? 10n ** BigInt(-power) : 1n;
    const exact = numerator * factor;
    const below = exact / unit;
    const above = below + 1n;
    const down = exact - below * unit;
    const up = above * unit - exact;
    const reachesDown = below > 0n && reaches(down, halfStepDown * factor, isEven);
    const reachesUp = reaches(up, halfStepUp * factor, isEven);
    if (!reachesDown && !reachesUp) continue;
    const isBelow = reachesDown && (!reachesUp || down < up || (down === up && below % 2n === 0n));
    const digits = String(isBelow ? below : above);
    return { digits: digits.replace(/0+$/, ""), exponent: power + digits.length - 1 };
  }
}

const reaches = (distance: bigint, limit: bigint, inclusive: boolean): boolean =>
  inclusive ? distance <= limit : distance < limit;

/** The magnitude of an f32 as `significand * 2^binaryExponent`, and whether the step below it is half as wide as the one above. */
function partsOfF32(value: number): { significand: bigint; binaryExponent: number; isPowerOfTwo: boolean } {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, Math.abs(value));
  const biased = view.getUint32(0) >>> 23;
  const fraction = view.getUint32(0) & 0x7fffff;
  return {
    significand: BigInt(biased === 0 ? fraction : fraction + 0x800000),
    binaryExponent: Math.max(biased, 1) - 150,
    isPowerOfTwo: fraction === 0 && biased > 1,
  };
}
