/** Numbers as Python 2 prints them: the original hashed such text (spec 03 §4.2). */

/** Significant digits of Python 2's `str(float)`. */
const PRECISION = 12;
/** More fraction digits than a double of this size can have; the most that JavaScript gives exactly. */
const FRACTION_DIGITS = 100;

/** The first `PRECISION` significant digits of a positive number, rounded half to even, and its decimal exponent. */
function significant(value: number): { readonly digits: string; readonly exponent: number } {
  // Exact decimal expansion: doubles of 2^70 and above are integers, the others end within the fraction digits.
  const exact = value < 2 ** 69 ? value.toFixed(FRACTION_DIGITS) : `${BigInt(value).toString()}.`;
  const point = exact.indexOf(".");
  const all = exact.replace(".", "");
  const lead = /[1-9]/u.exec(all)?.index ?? 0;
  const exponent = point - 1 - lead;
  const kept = BigInt(all.slice(lead, lead + PRECISION).padEnd(PRECISION, "0"));
  const rest = all.slice(lead + PRECISION);
  const half = `5${"0".repeat(Math.max(0, rest.length - 1))}`;
  const roundUp = rest !== "" && (rest > half || (rest === half && kept % 2n === 1n));
  const digits = (kept + (roundUp ? 1n : 0n)).toString();
  return digits.length > PRECISION
    ? { digits: digits.slice(0, PRECISION), exponent: exponent + 1 }
    : { digits, exponent };
}

/**
 * Python 2 `str(float)` of a finite number: 12 significant digits rounded half to even, ".0" behind whole numbers, an
 * exponent of two digits at least from 1e11 up and below 1e-4.
 */
export function pythonFloat(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const sign = value < 0 ? "-" : "";
  const { digits, exponent } = significant(Math.abs(value));
  const short = digits.replace(/0+$/u, "");
  if (exponent >= PRECISION - 1 || exponent < -4) {
    const mantissa = short.length > 1 ? `${short.charAt(0)}.${short.slice(1)}` : short;
    return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent).toString().padStart(2, "0")}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${short}`;
  const whole = short.padEnd(exponent + 1, "0");
  return `${sign}${whole.slice(0, exponent + 1)}.${whole.slice(exponent + 1) || "0"}`;
}

/** `[6, 5, 0]`: a list of integers as Python prints it. */
export function pythonList(values: readonly number[]): string {
  return `[${values.join(", ")}]`;
}

/** `True` or `False`. */
export function pythonBoolean(value: boolean): string {
  return value ? "True" : "False";
}
