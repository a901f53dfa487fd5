/** Prices come as decimal texts; they are counted in cents, which are exact. */

const EURO = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

export function centsOf(price: string): number {
  return Math.round(Number(price) * 100);
}

export function shown(price: string): string {
  return EURO.format(Number(price));
}

export function priceOf(cents: number): string {
  return (cents / 100).toFixed(2);
}
