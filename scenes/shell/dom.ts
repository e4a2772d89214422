/** Elements in one expression, and text that is written only when it changed. */
type Properties<K extends keyof HTMLElementTagNameMap> = Partial<
  Omit<HTMLElementTagNameMap[K], 'style' | 'dataset' | 'children' | 'classList'>
> & { readonly dataset?: Readonly<Record<string, string>> };

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties<K> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const { dataset, ...rest } = properties;
  const created = document.createElement(tag);
  Object.assign(created, rest);
  if (dataset) Object.assign(created.dataset, dataset);
  created.append(...children);
  return created;
}

export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
