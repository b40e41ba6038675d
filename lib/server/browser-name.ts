/** Edge and Opera say that they are Chrome too, and Chrome that it is Safari. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:(?:Headless)?Chrome|CriOS|Chromium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
];

const SYSTEMS: [RegExp, string][] = [
  [/\b(?:iPhone|iPad)\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** "Firefox on Linux", as far as the browser says so. */
export function browserName(userAgent: string | undefined): string {
  const said = userAgent?.slice(0, 500) ?? "";
  const find = (known: [RegExp, string][]) => known.find(([sign]) => sign.test(said))?.[1];
  const system = find(SYSTEMS);
  const browser = find(BROWSERS) ?? "A browser";
  return system ? `${browser} on ${system}` : browser;
}
