/** Greets someone, or everyone. */
export function greeting(name: string | null): string {
  return `Hello, ${name ?? "world"}!`;
}
