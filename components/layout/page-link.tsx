"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";

type PageLinkProps = {
  href: "/" | "/logs" | "/updates" | "/activity" | "/settings";
  className: string;
  children: ReactNode;
};

/** Tells when it leads to the page that is open. */
export function PageLink({ href, ...props }: PageLinkProps) {
  const path = usePathname();
  return <a href={href} aria-current={isAt(path, href) ? "page" : undefined} {...props} />;
}

/** The log of a service has an address of its own. */
function isAt(path: string, href: PageLinkProps["href"]): boolean {
  return path === href || (href === "/logs" && /^\/services\/[^/]+\/log$/.test(path));
}
