/** Room between two numbers that follow on one another, for what comes between them later. */
const STRIDE = 2 ** 20;

/** Numbers that rise with the place in a list, for what is added to it at its end, its front or inside. */
export class Order {
  private first = 0;
  private last = 0;

  /** Behind all others. */
  next(): number {
    this.last += STRIDE;
    return this.last;
  }

  /** `count` rising ones between two others; null stands for the front or the end. Null without room. */
  between(low: number | null, high: number | null, count: number): number[] | null {
    if (high === null) return Array.from({ length: count }, () => this.next());
    if (low === null) {
      this.first -= count * STRIDE;
      return Array.from({ length: count }, (_, i) => this.first + i * STRIDE);
    }
    return inside(low, high, count);
  }
}

/** In the middle third, so that more find room before and behind them. */
function inside(low: number, high: number, count: number): number[] | null {
  const third = (high - low) / 3;
  const step = third / count;
  if (low + step / 2 <= low || high - step / 2 >= high) return null;
  return Array.from({ length: count }, (_, i) => low + third + i * step);
}
