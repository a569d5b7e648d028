/** How elements are made and changed: text is always a text node, and only differences are written. */

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function attribute(element: Element, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function visible(element: HTMLElement, yes: boolean): void {
  if (element.hidden === yes) element.hidden = !yes;
}

/** An id that nothing else in the page has, so that one element can name another. */
export function newId(random: () => number): string {
  return `snb-${Math.floor(random() * 2 ** 31).toString(36)}`;
}

/** Makes `parent` hold exactly `wanted`, in order; an element that is already in its place is not moved. */
export function arrange(parent: Element, wanted: readonly Element[]): void {
  for (const child of [...parent.children]) {
    if (!wanted.includes(child)) child.remove();
  }
  wanted.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}

/** The focused element in the document or shadow root that holds `element`. */
export function focused(element: Element): Element | null {
  // A detached element's root is an element, which has none.
  return (element.getRootNode() as Partial<DocumentOrShadowRoot>).activeElement ?? null;
}

