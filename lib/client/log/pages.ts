import { type Item, type Page, type PageView, viewOf } from "./items";
import { Order } from "./order";

const PAGE_ITEMS = 50;

/** The items of a book in their order, in pages that come and go as a whole. */
export class Pages {
  private pages: Page[] = [];
  private readonly order = new Order();
  /** How many items there are. */
  size = 0;

  push(item: Item): void {
    let page = this.pages.at(-1);
    if (!page || page.items.length >= PAGE_ITEMS) {
      page = { key: this.order.next(), items: [], built: null };
      this.pages.push(page);
    }
    item.id = this.order.next();
    item.page = page;
    item.changed();
    page.items.push(item);
    this.size += 1;
  }

  remove(item: Item): void {
    const { page } = item;
    if (page === null) return;
    page.items.splice(page.items.indexOf(item), 1);
    item.changed();
    item.page = null;
    this.size -= 1;
    if (page.items.length === 0) this.pages.splice(this.pages.indexOf(page), 1);
  }

  /** Puts others in the place of an item; it may be one of them. */
  replace(item: Item, others: readonly Item[]): void {
    if (item.page === null) return;
    const at = this.pages.indexOf(item.page);
    const items = item.page.items.flatMap((each) => (each === item ? others : [each]));
    item.page = null;
    this.rebuild(at, at + 1, items);
  }

  /** Puts items among those in front of `limit`, or of the end, in the order of `when`. */
  merge(items: readonly Item[], limit: Item | null): void {
    const earliest = items[0]?.when ?? 0;
    const stop = limit?.page ? this.pages.indexOf(limit.page) : this.pages.length;
    const cut = this.pages[stop]?.items ?? [];
    const head = limit ? cut.slice(0, cut.indexOf(limit)) : [];
    const later = this.pages.findIndex(
      (page, i) => i === stop || page.items.some(({ when }) => when > earliest),
    );
    const start = later === -1 ? stop : later;
    const before = this.pages.slice(start, stop).flatMap((page) => page.items);
    const merged = byTime([...before, ...head], items);
    if (head.length === 0) this.rebuild(start, stop, merged);
    else this.rebuild(start, stop + 1, [...merged, ...cut.slice(head.length)]);
  }

  /** Drops pages at the front until no more than `most` items are left. */
  dropFront(most: number): Item[] {
    let left = this.size;
    let count = 0;
    for (; left > most; count++) left -= this.pages[count]?.items.length ?? left;
    return this.drop(this.pages.splice(0, count));
  }

  /** Drops the pages that do not fit into the first `most` items. */
  dropEnd(most: number): Item[] {
    return this.drop(this.pages.splice(this.pagesWithin(most)));
  }

  /** What `dropEnd` would drop. */
  beyond(most: number): Item[] {
    return this.pages.slice(this.pagesWithin(most)).flatMap((page) => page.items);
  }

  /** From an item, or from the first one on. */
  *from(item: Item | null): Generator<Item> {
    const start = item?.page ? this.pages.indexOf(item.page) : 0;
    const skipped = item?.page ? item.page.items.indexOf(item) : 0;
    for (const page of this.pages.slice(start)) {
      yield* page === item?.page ? page.items.slice(skipped) : page.items;
    }
  }

  find<T extends Item>(isWanted: (item: Item) => item is T): T | null {
    for (const item of this.from(null)) if (isWanted(item)) return item;
    return null;
  }

  views(): PageView[] {
    return this.pages.map(viewOf);
  }

  private pagesWithin(most: number): number {
    let fit = 0;
    const first = this.pages.findIndex(({ items }) => {
      fit += items.length;
      return fit > most;
    });
    return first === -1 ? this.pages.length : first;
  }

  private drop(pages: readonly Page[]): Item[] {
    const items = pages.flatMap((page) => page.items);
    for (const item of items) item.page = null;
    this.size -= items.length;
    return items;
  }

  /** Puts new pages with these items in the place of some. */
  private rebuild(start: number, stop: number, items: readonly Item[]): void {
    const pages: Page[] = [];
    for (let at = 0; at < items.length; at += PAGE_ITEMS) {
      const page: Page = { key: Number.NaN, items: items.slice(at, at + PAGE_ITEMS), built: null };
      for (const item of page.items) item.page = page;
      pages.push(page);
    }
    const before = this.pages[start - 1];
    const behind = this.pages[stop];
    const old = this.pages.slice(start, stop);
    this.pages = [...this.pages.slice(0, start), ...pages, ...this.pages.slice(stop)];
    this.size += items.length - old.reduce((sum, page) => sum + page.items.length, 0);
    const keys = this.order.between(before?.key ?? null, behind?.key ?? null, pages.length);
    pages.forEach((page, i) => {
      page.key = keys?.[i] ?? Number.NaN;
    });
    const hasIds = this.numberNew(items, before?.items.at(-1)?.id, behind?.items[0]?.id);
    if (keys === null || !hasIds) this.numberAll();
  }

  /** Gives ids to those that have none yet. False where there is no room for them. */
  private numberNew(
    items: readonly Item[],
    low: number | undefined,
    high: number | undefined,
  ): boolean {
    for (let at = 0; at < items.length; at++) {
      if (!Number.isNaN(items[at]?.id)) continue;
      let end = at;
      while (end < items.length && Number.isNaN(items[end]?.id)) end++;
      const after = items[end]?.id ?? high ?? null;
      const ids = this.order.between(items[at - 1]?.id ?? low ?? null, after, end - at);
      if (ids === null) return false;
      for (const [i, item] of items.slice(at, end).entries()) item.id = ids[i] ?? Number.NaN;
      at = end;
    }
    return true;
  }

  private numberAll(): void {
    for (const page of this.pages) {
      page.key = this.order.next();
      for (const item of page.items) {
        item.id = this.order.next();
        item.changed();
      }
    }
  }
}

/** Of two with the same time the one that is held already comes first. */
function byTime(held: readonly Item[], added: readonly Item[]): Item[] {
  const merged: Item[] = [];
  let at = 0;
  for (const item of added) {
    for (let next = held[at]; next && next.when <= item.when; next = held[++at]) merged.push(next);
    merged.push(item);
  }
  return [...merged, ...held.slice(at)];
}
