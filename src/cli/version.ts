/** The version of this program: that of package.json, which a test compares. */
export const VERSION = "0.1.0";

/** When it came out, as man pages write it. */
export const VERSION_DATE = "November 20, 2026";
