export function mendConfig(text: string): string;
