"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";

type PageLinkProps = { href: "/" | "/updates"; className: string; children: ReactNode };

/** Tells when it leads to the page that is open. */
export function PageLink({ href, ...props }: PageLinkProps) {
  const path = usePathname();
  return <a href={href} aria-current={path === href ? "page" : undefined} {...props} />;
}
