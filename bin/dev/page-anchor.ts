/** The fragment of a heading in an address, as GitHub forms it: `First steps` is `first-steps`. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .replaceAll(' ', '-')
}
