// A file that is dropped beside its place would be opened by the browser in place of the exam.

/** Files dropped anywhere on the page go nowhere, unless a part of the page takes them. */
export function keepDropsOut(page: Document): void {
  for (const type of ['dragover', 'drop'])
    page.addEventListener(type, (event) => event.preventDefault(), { passive: false });
}
