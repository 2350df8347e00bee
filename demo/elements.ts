/** What an element holds: other nodes, or text, which stays text whatever it looks like. */
export type Content = Node | string | number | undefined;

type Attribute = string | number | boolean | EventListener | undefined;

/**
 * Makes an element. A function under `onclick` and the like becomes a listener, `true` an empty attribute, and `false` or
 * `undefined` none. Children that are not nodes become text nodes: nothing stored is ever read as markup.
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...children: readonly Content[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(attribute.slice("on".length), value);
    else if (value !== undefined && value !== false) made.setAttribute(attribute, value === true ? "" : String(value));
  }
  made.append(...nodes(children));
  return made;
}

function nodes(children: readonly Content[]): (Node | string)[] {
  return children.flatMap((child) => (child === undefined ? [] : typeof child === "number" ? String(child) : child));
}
