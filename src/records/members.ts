export type Members = Record<string, unknown>;

/** Whether a copied or parsed value is an object with members, and not an array, a Date, a Map or the like. */
export function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

export function setMember(object: Members, name: string, value: unknown): void {
  // Assigning to `__proto__` would set the prototype.
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** A member of the object's own: `constructor` is none of `{}`. */
export function memberOf(object: Members, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
