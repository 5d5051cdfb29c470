declare const brand: unique symbol;

/** A `Base` that only one parser can make: text and bytes from outside are parsed once, then trusted by type. */
export type Brand<Base, Tag extends string> = Base & { readonly [brand]: Tag };
