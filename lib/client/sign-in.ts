export const SIGN_IN_PAGE = "/login";

let isLeaving = false;

/** Leads to the sign-in page, and from there back to here. */
export function goSignIn(): void {
  const { pathname, search, hash } = window.location;
  if (isLeaving || pathname === SIGN_IN_PAGE) return;
  isLeaving = true;
  // The way back may show this page as it was left.
  window.addEventListener("pageshow", () => (isLeaving = false), { once: true });
  const next = encodeURIComponent(`${pathname}${search}${hash}`);
  window.location.replace(`${SIGN_IN_PAGE}?next=${next}`);
}

/** Where a person wanted to go before they had to sign in. Never another site, whatever `next` says. */
export function placeAfterSignIn({ origin, search }: Pick<Location, "origin" | "search">): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  const home = `${origin}/`;
  if (!next.startsWith("/") || !URL.canParse(next, home)) return home;
  // Whole, as a path alone may begin with two slashes once it is resolved, and name a host.
  const { href, origin: itsOrigin, pathname } = new URL(next, home);
  return itsOrigin === origin && pathname !== SIGN_IN_PAGE ? href : home;
}
